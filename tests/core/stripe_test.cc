// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock and its stripes: who waits for whom, and what a stopped or killed holder of a stripe costs.

#include "core/stripe.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "core/compact.h"
#include "core/region_lock.h"
#include "core/shared_access.h"
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
  } while ((StripeOf(key) == StripeOf(kMine)) != same_stripe);
  return key;
}

void StopSelf(const char*, int) {
  if (--fault_points_left == 0) raise(SIGSTOP);
}

/// A child that stands still after its n-th store of a put of "new" under kMine.
class StoppedPut {
 public:
  StoppedPut(Region& region, int point) {
    child_ = fork();
    if (child_ == 0) {
      fault_points_left = point;
      fault_hook = StopSelf;
      _exit(Put(region, kMine, "new") == Code::kOk ? 0 : 1);
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

TEST(StripeTest, StripesTakeAboutEvenShares) {
  for (const int64_t stride : {1, 16, 4096, -7}) {
    int shares[kStripeCount] = {};
    for (int64_t i = 0; i < 16'000; ++i) ++shares[StripeOf(i * stride)];
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
  EXPECT_NE(region->lock_holder(), 0U);
  Peeked peeked;
  EXPECT_EQ(region->Peek(kMine, kPromptMs, &peeked).code(), Code::kTimeout);
  EXPECT_EQ(stopped.End(SIGCONT), 0);
  EXPECT_EQ(Get(*region, kMine), "new");
  EXPECT_EQ(Get(*region, beside), "old");
  EXPECT_EQ(region->lock_holder(), 0U);
}

TEST(StripeTest, NobodyCompactsUnderAStoppedHolder) {
  TestRegion region(2'000);
  ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
  std::vector<int64_t> keys;
  for (int64_t key = NextKey(100, false); PutSoon(*region, key, std::string(90, 'x')) == Code::kOk;
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
  while (PutSoon(*region, key = NextKey(key, false), std::string(90, 'x')) == Code::kOk) keys.push_back(key);
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
    EXPECT_EQ(region->Put(keys[1], std::string(90, 'y').data(), 90, kTestTimeoutMs).code(), Code::kOk);
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
  HeaderShm& header = RegionTestPeer::Header(*region);
  auto* const slots_end = reinterpret_cast<SlotShm*>(reinterpret_cast<char*>(&header) + header.total_bytes);
  // While the reader, which looks at every slot behind the dead holder, is between slot 0 and slot 1, the value moves
  // from slot 1 to slot 0, and who moved it is killed.
  meanwhile = [&] {
    const pid_t mover = fork();
    if (mover == 0) {
      const RegionView view(*region, kPromptMs);
      (void)LockRegion(view);
      (void)CompactLocked(view);
      _exit(0);
    }
    waitpid(mover, nullptr, 0);
  };
  first_word = &slots_end[-1].version;
  then_word = &slots_end[-2].version;
  Region reader = RegionTestPeer::ReadOnly(*region);
  load_hook = MeanwhileBetweenLoads;
  EXPECT_EQ(Get(reader, kMine), "old");
  EXPECT_EQ(load_hook, nullptr);
  EXPECT_EQ(static_cast<int64_t>(slots_end[-1].key.load()), kMine);
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
    TestRegion region(2'000);
    ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
    ASSERT_EQ(Put(*region, NextKey(100, true), "old"), Code::kOk);
    StoppedPut killed(*region, 8);
    (void)killed.End(SIGKILL);
    const StripeShm& stripe = RegionTestPeer::Header(*region).stripes[StripeOf(kMine)];
    EXPECT_TRUE(RobustLockOwnerDied(stripe.lock));
    EXPECT_EQ(come(*region), Code::kOk);
    EXPECT_TRUE(RobustLockIsFree(stripe.lock));
    EXPECT_EQ(stripe.undo.armed, 0U);
    EXPECT_NE(Get(*region, kMine), "new");
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
  EXPECT_EQ(header.stripes[StripeOf(kMine)].lock.word, 0U);
  EXPECT_EQ(Get(*region, kMine), "old");
  header.lock.word = 0;
  EXPECT_EQ(PutSoon(*region, kMine, "new"), Code::kOk);
}

TEST(StripeTest, TheSlotIsLookedAtOnceTheStripeIsTaken) {
  for (const int change : {0, 1, 2, 3}) {
    SCOPED_TRACE(change);
    TestRegion region(2'000);
    ASSERT_EQ(Put(*region, kMine, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    auto* const slots_end = reinterpret_cast<SlotShm*>(reinterpret_cast<char*>(&header) + header.total_bytes);
    SlotShm& slot = slots_end[-1];
    uint64_t version = 0;
    // What another process may have done since the slot was found.
    meanwhile = [&] {
      if (change == 0) slot.key = 2;
      if (change == 1) slot.version = 0;
      if (change == 2) slot.meta = kMetaHeap;
      if (change == 3) header.index.slot_count = 0;
      version = slot.version;
    };
    fault_hook = Meanwhile;
    EXPECT_FALSE(ReplaceInStripe(RegionView(*region), kMine, {3 << kMetaInlineShift, {0x77656e, 0}}));
    EXPECT_EQ(fault_hook, nullptr);
    EXPECT_EQ(slot.version, version);
    EXPECT_EQ(slot.payload[0] & 0xffffff, 0x646c6fU) << "not \"old\" any more";
  }
}

/// Each thread owns one key, whose small value it counts up; others take the room away around it, which needs the
/// region's lock and moves slots. A value that was put back, or put where another is now, is seen at once.
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
      for (int round = 0; round < kRounds; ++round) {
        const std::string value = std::to_string(key * 1'000'000 + round);
        if (Put(mine, key, value) != Code::kOk || Get(mine, key) != value) ++wrong;
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
