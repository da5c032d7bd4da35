// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock and its stripes: who waits for whom, and what a stopped or killed holder of a stripe costs.

#include "core/region/stripe.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "core/base/shared_access.h"
#include "core/region/compact.h"
#include "core/region/heap.h"
#include "core/region/overwrite.h"
#include "core/region/region_lock.h"
#include "fault_injection.h"
#include "port/robust_lock.h"
#include "test_region.h"

namespace shmpack {
namespace {

constexpr uint32_t kPromptMs = 100;
constexpr int64_t kMine = 1;

/// The first key above `key` that is in the same stripe as kMine, or in another.
int64_t NextKey(int64_t key, bool same_stripe) {
  do {
    ++key;
  } while ((TestStripeOf(key) == TestStripeOf(kMine)) != same_stripe);
  return key;
}

void StopSelf(const char*, int) {
  if (--fault_points_left == 0) raise(SIGSTOP);
}

/// A child that stands still after its n-th store of a put under kMine.
class StoppedPut {
 public:
  StoppedPut(Region& region, int point, const std::string& value = "new") {
    child_ = fork();
    if (child_ == 0) {
      fault_points_left = point;
      fault_hook = StopSelf;
      _exit(Put(region, kMine, value) == Code::kOk ? 0 : 1);
    }
    int status = 0;
    waitpid(child_, &status, WUNTRACED);
    EXPECT_TRUE(WIFSTOPPED(status));
  }
  /// Lets it go on, or kills it, and returns how it ended.
  int End(int signal) {
    int status = 0;
    kill(child_, signal);
    waitpid(child_, &status, 0);
    return status;
  }

 private:
  pid_t child_;
};

Code PutSoon(Region& region, int64_t key, const std::string& value) {
  return region.Put(key, value.data(), value.size(), kPromptMs).code();
}

/// Puts a value so often that the next one of its size needs the stripe only.
void MakeReplaceable(Region& region, int64_t key, const std::string& value) {
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Put(region, key, value), Code::kOk);
}

TEST(StripeTest, StripesTakeAboutEvenShares) {
  for (const int64_t stride : {1, 16, 4096, -7}) {
    int shares[kStripeCount] = {};
    for (int64_t i = 0; i < 16'000; ++i) ++shares[TestStripeOf(i * stride)];
    for (const int share : shares) EXPECT_NEAR(share, 1'000, 300) << stride;
  }
}

TEST(StripeTest, AStoppedHolderDelaysItsOwnKeysOnly) {
  TestRegion region(4'000);
  const int64_t beside = NextKey(100, true);
  const int64_t elsewhere = NextKey(100, false);
  for (const int64_t key : {kMine, beside, elsewhere}) ASSERT_EQ(Put(*region, key, "old"), Code::kOk);
  StoppedPut stopped(*region, 8);
  EXPECT_EQ(PutSoon(*region, elsewhere, "new"), Code::kOk);
  EXPECT_EQ(PutSoon(*region, elsewhere, std::string(200, 'n')), Code::kOk);
  EXPECT_EQ(PutSoon(*region, NextKey(elsewhere, false), "a new one"), Code::kOk);
  EXPECT_TRUE(region->Remove(elsewhere, kPromptMs).ok());
  EXPECT_EQ(Get(*region, beside), "old");
  for (const int64_t key : {kMine, beside}) {
    EXPECT_EQ(PutSoon(*region, key, "newer"), Code::kTimeout);
    EXPECT_EQ(PutSoon(*region, key, std::string(200, 'n')), Code::kTimeout);
    EXPECT_EQ(region->Remove(key, kPromptMs).code(), Code::kTimeout);
  }
  EXPECT_EQ(region->lock_holder().kind, LockHolder::Kind::kProcess);
  Peeked peeked;
  EXPECT_EQ(region->Peek(kMine, kPromptMs, &peeked).code(), Code::kTimeout);
  EXPECT_EQ(stopped.End(SIGCONT), 0);
  EXPECT_EQ(Get(*region, kMine), "new");
  EXPECT_EQ(Get(*region, beside), "old");
  EXPECT_EQ(region->lock_holder().kind, LockHolder::Kind::kNobody);
}

TEST(StripeTest, NobodyCompactsUnderAStoppedHolder) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  std::vector<int64_t> keys;
  for (int64_t key = NextKey(100, false); PutSoon(*region, key, std::string(80, 'x')) == Code::kOk;
       key = NextKey(key, false)) {
    keys.push_back(key);
  }
  // Room enough, but in pieces.
  for (size_t i = 0; i < keys.size(); i += 2) ASSERT_TRUE(region->Remove(keys[i], kPromptMs).ok());
  StoppedPut stopped(*region, 8);
  const int64_t large = NextKey(keys.back(), false);
  EXPECT_EQ(PutSoon(*region, large, std::string(1'200, 'l')), Code::kTimeout);
  EXPECT_EQ(Get(*region, large), std::nullopt);
  EXPECT_EQ(stopped.End(SIGCONT), 0);
  EXPECT_EQ(PutSoon(*region, large, std::string(1'200, 'l')), Code::kOk);
  EXPECT_EQ(Get(*region, kMine), "new");
}

/// Somebody waits for a stopped holder's stripe, doing `work`: all others go on.
void ExpectOthersGoOnBeside(const std::function<Code(Region&)>& work) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  int64_t key = kMine;
  std::vector<int64_t> keys;
  while (PutSoon(*region, key = NextKey(key, false), std::string(80, 'x')) == Code::kOk) keys.push_back(key);
  // Room enough for a large value, but in pieces.
  for (size_t i = 0; i < keys.size(); i += 2) ASSERT_TRUE(region->Remove(keys[i], kPromptMs).ok());
  ASSERT_EQ(PutSoon(*region, keys[0], "small"), Code::kOk);
  StoppedPut stopped(*region, 8);
  std::atomic<bool> has_ended = false;
  std::thread waiter([&] {
    Region mine = *region;
    EXPECT_EQ(work(mine), Code::kTimeout);
    has_ended = true;
  });
  usleep(50'000);
  int rounds = 0;
  for (; !has_ended; ++rounds) {
    EXPECT_EQ(region->Put(keys[0], "small", 5, kTestTimeoutMs).code(), Code::kOk);
    EXPECT_EQ(region->Put(keys[1], std::string(80, 'y').data(), 80, kTestTimeoutMs).code(), Code::kOk);
  }
  waiter.join();
  EXPECT_GT(rounds, 100);
  EXPECT_EQ(stopped.End(SIGCONT), 0);
}

TEST(StripeTest, AReaderWhoWaitsForAStripeDelaysNobody) {
  ExpectOthersGoOnBeside([](Region& region) {
    Peeked peeked;
    return region.Peek(kMine, 1'000, &peeked).code();
  });
}

TEST(StripeTest, AWriterWhoWaitsForAStripeDelaysNobody) {
  ExpectOthersGoOnBeside([](Region& region) { return region.Remove(kMine, 1'000).code(); });
}

TEST(StripeTest, WhoWaitsToCompactDelaysNobody) {
  ExpectOthersGoOnBeside([](Region& region) {
    return region.Put(NextKey(5'000, false), std::string(1'200, 'l').data(), 1'200, 1'000).code();
  });
}

TEST(StripeTest, ADeadHolderCostsNoWait) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  StoppedPut killed(*region, 8);
  (void)killed.End(SIGKILL);
  EXPECT_EQ(region->Put(kMine, "newer", 5, 0).code(), Code::kOk);
}

/// What others do meanwhile, called by a hook.
std::function<void()> meanwhile;

/// Two words: meanwhile is when the second is loaded for the first time after the first.
const void* first_word = nullptr;
const void* then_word = nullptr;

void MeanwhileBetweenLoads(const void* word) {
  if (word == first_word) {
    first_word = nullptr;
  } else if (first_word == nullptr && word == then_word) {
    load_hook = nullptr;
    meanwhile();
  }
}

TEST(StripeTest, AReaderWithoutTheRightToWriteMissesNoKeyThatMoves) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, NextKey(kMine, false), "gone"), Code::kOk);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  ASSERT_TRUE(region->Remove(NextKey(kMine, false), kTestTimeoutMs).ok());
  StoppedPut killed(*region, 8);
  (void)killed.End(SIGKILL);
  const RegionView view(*region);
  // While the reader, which looks at every entry behind the dead holder, is between entry 0 and entry 1, the value
  // moves from entry 1 to entry 0, and who moved it is killed.
  meanwhile = [&] {
    const pid_t mover = fork();
    if (mover == 0) {
      Deadline deadline(kPromptMs);
      (void)LockRegion(view, deadline);
      (void)CompactLocked(view, deadline);
      _exit(0);
    }
    waitpid(mover, nullptr, 0);
  };
  first_word = &view.entry(0).version;
  then_word = &view.entry(1).version;
  Region reader = RegionTestPeer::ReadOnly(*region);
  load_hook = MeanwhileBetweenLoads;
  EXPECT_EQ(Get(reader, kMine), "old");
  EXPECT_EQ(load_hook, nullptr);
  EXPECT_EQ(static_cast<int64_t>(view.entry(0).key.load()), kMine);
}

/// The same behind a dead holder of the region's lock, which left nothing that a chain leads to.
TEST(StripeTest, AReaderMissesNoKeyThatMovesBetweenTwoDeaths) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, NextKey(kMine, false), "gone"), Code::kOk);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  ASSERT_TRUE(region->Remove(NextKey(kMine, false), kTestTimeoutMs).ok());
  const RegionView view(*region);
  const auto die_after = [&](auto&& work) {
    const pid_t child = fork();
    if (child == 0) {
      Deadline deadline(kPromptMs);
      (void)LockRegion(view, deadline);
      work(deadline);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
  };
  die_after([&](Deadline&) {
    BeginStructureLocked(view);
    for (uint32_t bucket = 0; bucket < 2 * view.LoadEntryCount(); ++bucket) BucketShm(view, bucket) = 0;
  });
  meanwhile = [&] {
    die_after([&](Deadline& deadline) {
      (void)CompactLocked(view, deadline);
      BeginStructureLocked(view);
      BucketShm(view, 0) = 0;
      BucketShm(view, 1) = 0;
    });
  };
  first_word = &view.entry(0).version;
  then_word = &view.entry(1).version;
  Region reader = RegionTestPeer::ReadOnly(*region);
  load_hook = MeanwhileBetweenLoads;
  EXPECT_EQ(Get(reader, kMine), "old");
  EXPECT_EQ(load_hook, nullptr);
  EXPECT_EQ(static_cast<int64_t>(view.entry(0).key.load()), kMine);
}

/// The same behind a dead holder of the stripe, while one of the region's lock that lives moves it.
TEST(StripeTest, AReaderMissesNoKeyThatALivingWriterMoves) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, NextKey(kMine, false), "gone"), Code::kOk);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  ASSERT_TRUE(region->Remove(NextKey(kMine, false), kTestTimeoutMs).ok());
  const RegionView view(*region);
  view.header().lock.word = static_cast<uint32_t>(getppid());
  view.header().stripes[TestStripeOf(kMine)].lock.word = FUTEX_OWNER_DIED;
  BeginStructureLocked(view);
  for (uint32_t bucket = 0; bucket < 2 * view.LoadEntryCount(); ++bucket) BucketShm(view, bucket) = 0;
  EntryShm& from = view.entry(1);
  EntryShm& to = view.entry(0);
  meanwhile = [&] {
    to.key = from.key.load();
    StoreValueWords(view, 0, LoadValueWords(view, 1));
    to.version = from.version + 2 * kStripeCount;
    from.version = 0;
  };
  first_word = &to.version;
  then_word = &from.version;
  Region reader = RegionTestPeer::ReadOnly(*region);
  load_hook = MeanwhileBetweenLoads;
  EXPECT_EQ(Get(reader, kMine), "old");
  EXPECT_EQ(load_hook, nullptr);
}

TEST(StripeTest, AReaderTakesNoRecordForAValueThatIsNotArmed) {
  TestRegion region(2'000);
  for (const char* value : {"older", "old"}) ASSERT_EQ(Put(*region, kMine, value), Code::kOk);
  const RegionView view(*region);
  // As a compaction leaves it that was killed: the record is of the overwrite before.
  EntryShm& entry = view.entry(0);
  entry.version = entry.version | 1;
  view.header().lock.word = FUTEX_OWNER_DIED;
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  EXPECT_EQ(reader.Peek(kMine, 20, &peeked).code(), Code::kTimeout);
}

TEST(StripeTest, NobodyRepairsTheRegionUnderALivingHolderOfAnyStripe) {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    TestRegion region(2'000);
    ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    header.stripes[stripe].lock.word = static_cast<uint32_t>(getppid());
    header.lock.word = FUTEX_OWNER_DIED;
    EXPECT_EQ(region->Put(kMine, "new", 3, 20).code(), Code::kTimeout) << stripe;
    EXPECT_TRUE(RobustLockOwnerDied(header.lock));
    header.stripes[stripe].lock.word = 0;
    EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kOk);
  }
}

TEST(StripeTest, AnUndoRecordThatLeadsOutOfTheTableIsDamage) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  const RegionView view(*region);
  StripeShm& stripe = view.header().stripes[TestStripeOf(kMine)];
  stripe.undo.armed = 2;
  stripe.lock.word = FUTEX_OWNER_DIED;
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kCorrupt);
  EXPECT_EQ(view.entry(1).version, 0U);
  EXPECT_TRUE(RobustLockOwnerDied(stripe.lock));
  EXPECT_TRUE(RobustLockOwnerDied(view.header().lock));
}

TEST(StripeTest, AKilledHolderIsPutBackByWhoeverComes) {
  const std::function<Code(Region&)> comers[] = {
      [](Region& region) { return PutSoon(region, NextKey(100, true), "new"); },
      [](Region& region) { return PutSoon(region, kMine, "newer"); },
      [](Region& region) { return PutSoon(region, kMine, std::string(100, 'n')); },
      [](Region& region) { return region.Remove(kMine, kPromptMs).code(); },
      [](Region& region) {
        Peeked peeked;
        return region.Peek(kMine, kPromptMs, &peeked).code();
      },
  };
  for (const auto& come : comers) {
    for (const size_t size : {3, 100}) {  // In the entry, and in the heap.
      TestRegion region(2'000);
      MakeReplaceable(*region, kMine, std::string(size, 'o'));
      ASSERT_EQ(Put(*region, NextKey(100, true), "old"), Code::kOk);
      const StripeShm& stripe = RegionTestPeer::Header(*region).stripes[TestStripeOf(kMine)];
      const uint32_t spare = stripe.spare_block;
      // In the heap four more points come first: those of the copy.
      StoppedPut killed(*region, size > kInlineBytes ? 12 : 8, std::string(size, 'k'));
      (void)killed.End(SIGKILL);
      EXPECT_TRUE(RobustLockOwnerDied(stripe.lock));
      EXPECT_EQ(stripe.spare_block, spare) << "the commit was not to be reached";
      EXPECT_EQ(come(*region), Code::kOk);
      EXPECT_TRUE(RobustLockIsFree(stripe.lock));
      EXPECT_EQ(stripe.undo.armed, 0U);
      EXPECT_NE(Get(*region, kMine), std::string(size, 'k'));
    }
  }
}

/// Kills at each step of a replacement in the heap, and no repair of the whole heap behind them: the stripe's undo
/// record alone has to tell who has which block.
TEST(StripeTest, AKilledReplacementLeavesItsTwoBlocks) {
  const std::string old_value(100, 'o');
  const std::string new_value(100, 'n');
  bool was_old = false;
  bool was_new = false;
  for (int point = 1;; ++point) {
    SCOPED_TRACE(point);
    TestRegion region(2'000);
    MakeReplaceable(*region, kMine, old_value);
    const RegionView view(*region);
    const StripeShm& stripe = view.header().stripes[TestStripeOf(kMine)];
    const std::set<uint32_t> blocks = {stripe.spare_block, LoadValueWords(view, 0).offset()};
    ASSERT_EQ(blocks.size(), 2U);
    const uint32_t heap_end = view.header().writer.heap_end;
    const ChildEnd end = RunAndKillAtPoint(point, [&] {
      Deadline deadline(kPromptMs);
      return ReplaceInBlock(view, kMine, {new_value.data(), new_value.size()}, deadline);
    });
    ASSERT_NE(end, ChildEnd::kFailed);
    EXPECT_EQ(PutSoon(*region, NextKey(kMine, true), "a new one"), Code::kOk);
    const auto value = Get(*region, kMine);
    EXPECT_TRUE(value == old_value || value == new_value);
    (value == new_value ? was_new : was_old) = true;
    EXPECT_EQ((std::set<uint32_t>{stripe.spare_block, LoadValueWords(view, 0).offset()}), blocks);
    EXPECT_EQ(stripe.undo.armed, 0U);
    EXPECT_EQ(view.header().writer.heap_end, heap_end);
    if (end == ChildEnd::kFinished || HasFailure()) break;
  }
  EXPECT_TRUE(was_old && was_new);
}

TEST(StripeTest, OnlyWhatTakesAsMuchRoomIsReplacedInTheHeap) {
  TestRegion region(4'000);
  const RegionView view(*region);
  const auto replaces = [&](int64_t key, size_t size) {
    Deadline deadline(kPromptMs);
    const std::string value(size, 'r');
    const bool replaced = ReplaceInBlock(view, key, {value.data(), size}, deadline);
    if (replaced) {
      EXPECT_EQ(Get(*region, key), value);
    }
    return replaced;
  };
  const int64_t beside = NextKey(100, true);
  ASSERT_EQ(Put(*region, kMine, std::string(100, 'o')), Code::kOk);
  EXPECT_FALSE(replaces(kMine, 100)) << "there is no spare block yet";
  MakeReplaceable(*region, kMine, std::string(100, 'o'));
  for (const size_t size : {97, 104, 100}) EXPECT_TRUE(replaces(kMine, size)) << size;
  for (const size_t size : {96, 105, 17}) EXPECT_FALSE(replaces(kMine, size)) << size;
  EXPECT_FALSE(replaces(beside, 100)) << "a new key";
  ASSERT_EQ(Put(*region, beside, std::string(90, 'o')), Code::kOk);
  EXPECT_FALSE(replaces(beside, 100)) << "it takes less than the spare block";
  ASSERT_EQ(Put(*region, beside, "short"), Code::kOk);
  EXPECT_FALSE(replaces(beside, 100)) << "it is kept in its entry";
  // Bytes that cannot be: nothing is done, nothing is stored.
  StripeShm& stripe = view.header().stripes[TestStripeOf(kMine)];
  MakeReplaceable(*region, kMine, std::string(100, 'o'));
  const uint32_t spare = stripe.spare_block;
  const uint32_t mine = LoadValueWords(view, 0).offset();
  for (const uint32_t wrong : {1U, mine, static_cast<uint32_t>(view.bytes() / kUnitBytes) - 1,
                               static_cast<uint32_t>(view.bytes() / kUnitBytes), UINT32_MAX}) {
    stripe.spare_block = wrong;
    EXPECT_FALSE(replaces(kMine, 100)) << wrong;
  }
  // It would suit, and ends behind the region: it lies in entries that are not used.
  stripe.spare_block = static_cast<uint32_t>(view.bytes() / kUnitBytes) - 3;
  view.block(stripe.spare_block).units = view.block(spare).units.load();
  view.block(stripe.spare_block).owner = 1;
  EXPECT_FALSE(replaces(kMine, 100));
  stripe.spare_block = spare;
  const uint32_t units = view.block(spare).units;
  for (const uint32_t wrong : {0U, units - 1, units + 3, UINT32_MAX}) {
    view.block(spare).units = wrong;
    EXPECT_FALSE(replaces(kMine, 100)) << wrong;
  }
  view.block(spare).units = units;
  view.block(mine).units = view.block(mine).units + 1;
  EXPECT_FALSE(replaces(kMine, 100)) << "the old block would be a larger spare one";
  view.block(mine).units = view.block(mine).units - 1;
  EXPECT_EQ(Get(*region, kMine), std::string(100, 'o'));
  EXPECT_TRUE(replaces(kMine, 100));
}

TEST(StripeTest, SpareBlocksGiveWayWhenRoomIsMissing) {
  TestRegion region(16'700);
  // A spare block in each stripe, and one value behind all of them.
  std::set<uint32_t> stripes;
  int64_t key = 0;
  for (; stripes.size() < kStripeCount; ++key) {
    if (stripes.insert(TestStripeOf(key)).second) MakeReplaceable(*region, key, std::string(1'520, 'o'));
  }
  const HeaderShm& header = RegionTestPeer::Header(*region);
  const auto spares = [&] {
    size_t count = 0;
    for (const StripeShm& stripe : header.stripes) count += stripe.spare_block != 0;
    return count;
  };
  ASSERT_EQ(spares(), kStripeCount);
  // It suits none of them, and there is no other room.
  EXPECT_EQ(Put(*region, ++key, std::string(600, 'n')), Code::kOk);
  EXPECT_EQ(spares(), 0U);
  // What is too large to be copied in an instant is never spared.
  TestRegion large(4'000'000);
  MakeReplaceable(*large, kMine, std::string(kMaxSpareUnits * kUnitBytes, 'l'));
  EXPECT_EQ(RegionTestPeer::Header(*large).stripes[TestStripeOf(kMine)].spare_block, 0U);
}

TEST(StripeTest, AStoppedHolderKeepsItsOwnSpareBlockOnly) {
  for (const bool has_spare : {false, true}) {
    TestRegion region(16'700);
    MakeReplaceable(*region, kMine, has_spare ? std::string(40, 'o') : "old");
    std::set<uint32_t> stripes = {TestStripeOf(kMine)};
    int64_t key = kMine;
    for (; stripes.size() < kStripeCount; ++key) {
      if (stripes.insert(TestStripeOf(key)).second) MakeReplaceable(*region, key, std::string(1'624, 'o'));
    }
    StoppedPut stopped(*region, 8, std::string(has_spare ? 40 : 3, 'n'));
    // There is no room but in the others' spare blocks, of stripes that come before it and behind it.
    EXPECT_EQ(PutSoon(*region, NextKey(key, false), std::string(600, 'n')), Code::kOk);
    EXPECT_EQ(stopped.End(SIGCONT), 0);
    for (const StripeShm& stripe : RegionTestPeer::Header(*region).stripes) {
      EXPECT_EQ(stripe.spare_block != 0,
                has_spare && &stripe == &RegionView(*region).header().stripes[TestStripeOf(kMine)]);
    }
    EXPECT_EQ(Get(*region, kMine), std::string(has_spare ? 40 : 3, 'n'));
  }
}

TEST(StripeTest, NobodyReplacesWhileTheRegionIsLocked) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  std::atomic<bool> locked = false;
  std::atomic<bool> done = false;
  std::thread holder([&] {
    ASSERT_EQ(AcquireRobustLock(header.lock, kPromptMs), Acquired::kClean);
    locked = true;
    while (!done) usleep(100);
    ReleaseRobustLock(header.lock, true);
  });
  while (!locked) usleep(100);
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kTimeout);
  EXPECT_EQ(Get(*region, kMine), "old");
  done = true;
  holder.join();
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kOk);
}

/// At the first fault point: where the stripe's lock has just been taken.
void Meanwhile(const char*, int) {
  fault_hook = nullptr;
  meanwhile();
}

TEST(StripeTest, TheRegionsLockIsLookedAtOnceTheStripeIsTaken) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  meanwhile = [&] { header.lock.word = 1; };  // Somebody of another pid namespace.
  fault_hook = Meanwhile;
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kTimeout);
  EXPECT_EQ(header.stripes[TestStripeOf(kMine)].lock.word, 0U);
  EXPECT_EQ(Get(*region, kMine), "old");
  header.lock.word = 0;
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kOk);
}

TEST(StripeTest, TheEntryIsLookedAtOnceTheStripeIsTaken) {
  for (const int change : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE(change);
    TestRegion region(2'000);
    ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    EntryShm& entry = RegionView(*region).entry(0);
    uint64_t version = 0;
    // What another process may have done since the entry was found.
    meanwhile = [&] {
      if (change == 0) entry.key = 2;
      if (change == 1) entry.version = 0;
      if (change == 2) entry.meta = kMetaHeap;
      if (change == 3) header.index.entry_count = 0;
      if (change == 4) header.stripes[TestStripeOf(kMine)].last_version = kLastVersion;
      version = entry.version;
    };
    fault_hook = Meanwhile;
    Deadline deadline(kPromptMs);
    EXPECT_FALSE(ReplaceInEntry(RegionView(*region), kMine, {3 << kMetaInlineShift, {0x77656e, 0}}, deadline));
    EXPECT_EQ(fault_hook, nullptr);
    EXPECT_EQ(entry.version, version);
    EXPECT_EQ(entry.payload & 0xffffff, 0x646c6fU) << "not \"old\" any more";
  }
}

TEST(StripeTest, TheBlocksAreLookedAtOnceTheStripeIsTaken) {
  for (const int change : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE(change);
    TestRegion region(2'000);
    MakeReplaceable(*region, kMine, std::string(100, 'o'));
    const RegionView view(*region);
    EntryShm& entry = view.entry(0);
    StripeShm& stripe = view.header().stripes[TestStripeOf(kMine)];
    const uint32_t spare = stripe.spare_block;
    // What another process may have done since the spare block was found to suit, or bytes of which nobody says so.
    meanwhile = [&] {
      if (change == 0) stripe.spare_block = 0;
      if (change == 1) stripe.spare_block = LoadValueWords(view, 0).offset();
      if (change == 2) view.block(spare).units = 3;
      if (change == 3) entry.meta = 3 << kMetaInlineShift;
      if (change == 4) entry.payload = ValueWords::InHeap(Offset{LoadValueWords(view, 0).offset()}, 20).payload[0];
      if (change >= 3) entry.version = entry.version + 2 * kStripeCount;
    };
    fault_hook = Meanwhile;
    const std::string value(100, 'n');
    Deadline deadline(kPromptMs);
    EXPECT_FALSE(ReplaceInBlock(view, kMine, {value.data(), value.size()}, deadline));
    EXPECT_EQ(fault_hook, nullptr);
    EXPECT_EQ(stripe.undo.armed, 0U);
    EXPECT_NE(*(view.at(spare) + sizeof(BlockShm)), 'n') << "something was stored";
  }
}

/// Each thread owns one key, whose value it counts up; others take the room away around it, which needs the
/// region's lock and moves entries. A value that was put back, or put where another is now, is seen at once.
TEST(StripeTest, NoReplacementIsLost) {
#if defined(SHMPACK_TSAN) || defined(__SANITIZE_ADDRESS__)
  constexpr int kRounds = 4'000;
#else
  constexpr int kRounds = 60'000;
#endif
  TestRegion region(1'500);
  std::atomic<int> wrong = 0;
  std::atomic<int> counting = 2;
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, key = t == 0 ? kMine : NextKey(50, true)] {
      Region mine = *region;
      std::optional<std::string> last;
      for (int round = 0; round < kRounds; ++round) {
        // By turns in the entry and in the heap, where there may be no room for it.
        const std::string counted = std::to_string(key * 1'000'000 + round);
        const std::string value = round / 16 % 2 == 0 ? counted : std::string(40, '.') + counted;
        const Code code = Put(mine, key, value);
        if (code == Code::kOk) last = value;
        if ((code != Code::kOk && code != Code::kNoRoom) || Get(mine, key) != last) ++wrong;
      }
      --counting;
    });
  }
  threads.emplace_back([&] {
    Region mine = *region;
    for (int64_t i = 0; counting > 0; ++i) {
      const int64_t key = 100 + i * 7 % 20;
      if (i % 3 == 0) {
        (void)mine.Remove(key, kTestTimeoutMs);
      } else {
        (void)Put(mine, key, std::string(static_cast<size_t>(i * 13 % 700), 'x'));
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace shmpack
