// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/region.h"

#include <linux/futex.h>
#include <sys/wait.h>

#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "core/base/shared_access.h"
#include "core/region/index.h"
#include "core/region/stripe.h"
#include "port/fault_point.h"
#include "port/robust_lock.h"
#include "test_region.h"

namespace shmpack {
namespace {

std::string Pattern(int64_t key, uint64_t serial, size_t size) {
  std::string value(size, '\0');
  for (size_t i = 0; i < size; ++i) value[i] = static_cast<char>(key * 31 + static_cast<int64_t>(serial * 7 + i));
  return value;
}

TEST(RegionTest, ReadsBackWhatAnotherMappingWrote) {
  TestRegion region(10'000);
  Region again = region.AttachAgain();
  EXPECT_EQ(Put(*region, 1, "small"), Code::kOk);
  EXPECT_EQ(Put(again, -2, Pattern(2, 1, 5'000)), Code::kOk);
  EXPECT_EQ(Get(again, 1), "small");
  EXPECT_EQ(Get(*region, -2), Pattern(2, 1, 5'000));
  EXPECT_EQ(Get(*region, 3), std::nullopt);
  again.Detach();
}

TEST(RegionTest, EverySizeAroundTheInlineLimitRoundTrips) {
  TestRegion region(100'000);
  for (size_t size = 0; size < 70; ++size)
    EXPECT_EQ(Put(*region, static_cast<int64_t>(size), Pattern(1, size, size)), Code::kOk);
  for (size_t size = 0; size < 70; ++size) EXPECT_EQ(Get(*region, static_cast<int64_t>(size)), Pattern(1, size, size));
}

TEST(RegionTest, BehavesLikeAMapUnderRandomOperationsInLittleRoom) {
  for (const uint64_t size : {400, 3'000, 60'000}) {
    TestRegion region(size);
    const uint64_t fresh = FreeBytes(*region);
    std::map<int64_t, std::string> model;
    std::mt19937_64 random(size);
    uint64_t refused = 0;
    for (uint64_t serial = 0; serial < 60'000; ++serial) {
      const auto key = static_cast<int64_t>(random() % (size / 40)) - 5;
      const uint64_t choice = random() % 10;
      if (choice < 6) {
        const size_t longest = choice == 0 ? size / 2 : choice < 3 ? 16 : 120;
        const std::string value = Pattern(key, serial, random() % (longest + 1));
        const Code code = Put(*region, key, value);
        if (code == Code::kOk) {
          model[key] = value;
        } else {
          ASSERT_EQ(code, Code::kNoRoom);
          ++refused;
        }
      } else if (choice < 8) {
        const Code code = region->Remove(key, kTestTimeoutMs).code();
        ASSERT_EQ(code, model.erase(key) == 1 ? Code::kOk : Code::kNotFound);
      } else {
        const auto found = model.find(key);
        ASSERT_EQ(Get(*region, key), found == model.end() ? std::nullopt : std::optional(found->second));
      }
    }
    for (const auto& [key, value] : model) ASSERT_EQ(Get(*region, key), value);
    EXPECT_GT(refused, 0U);
    for (const auto& [key, value] : model) ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
    EXPECT_EQ(FreeBytes(*region), fresh);
  }
}

TEST(RegionTest, IndexFindsEveryKeyWhileItGrows) {
  TestRegion region(4'000'000);
  constexpr int64_t kCount = 50'000;
  for (int64_t i = 0; i < kCount; ++i) {
    const int64_t key = i * 0x9e3779b97f4a7c15LL;
    ASSERT_EQ(region->Put(key, &i, sizeof i, kTestTimeoutMs).code(), Code::kOk);
  }
  for (int64_t i = 0; i < kCount; ++i) {
    Peeked peeked;
    ASSERT_TRUE(region->Peek(i * 0x9e3779b97f4a7c15LL, kTestTimeoutMs, &peeked).ok());
    ASSERT_EQ(std::memcmp(peeked.head, &i, sizeof i), 0);
  }
}

// ext/sysvshm takes 40 bytes for itself and, for a value of L bytes in serialize()'s text, this much.
uint64_t StockBytes(uint64_t length) { return (length + 31) / 8 * 8 + 8; }

TEST(RegionTest, WhateverFitsAStockSegmentFits) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 304; ++round) {
    // The last ones are large, where compaction has to be worth it.
    const bool large = round >= 300;
    const uint64_t size = large ? 600'000 + random() % 400'000 : 40 + random() % 4'000;
    const uint64_t keys = large ? size / 70 : 60;
    TestRegion region(size);
    std::map<int64_t, uint64_t> lengths;
    uint64_t stock_used = 40;
    for (int step = 0; step < (large ? 60'000 : 400); ++step) {
      const auto key = static_cast<int64_t>(random() % keys);
      const uint64_t length = 4 + random() % (step % (large ? 1'000 : 3) == 0 ? size : 60);
      const auto old = lengths.find(key);
      const uint64_t freed = old == lengths.end() ? 0 : StockBytes(old->second);
      if (step % 5 == 0) {
        if (old == lengths.end()) continue;
        ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
        stock_used -= freed;
        lengths.erase(old);
      } else if (stock_used - freed + StockBytes(length) <= size) {
        // The worst case: msgpack as long as the text of serialize().
        ASSERT_EQ(Put(*region, key, Pattern(key, 0, length)), Code::kOk) << "size " << size << " length " << length;
        stock_used += StockBytes(length) - freed;
        lengths[key] = length;
      }
    }
  }
}

TEST(RegionTest, AllRoomCanBeHadAgainAfterRemovingEverything) {
  for (uint64_t size = 40; size < 1'000; size += 7) {
    TestRegion region(size);
    int64_t key = 0;
    while (Put(*region, key, std::string(static_cast<size_t>(key % 40), 'v')) == Code::kOk) ++key;
    while (key-- > 0) ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
    EXPECT_EQ(Put(*region, 1, std::string(size, 'b')), Code::kOk) << size;
  }
}

TEST(RegionTest, AValueThatAnEntryCannotDescribeIsRefused) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  const char byte = 'x';
  EXPECT_EQ(region->Put(1, {&byte, 1, &byte, kMaxValueBytes}, kTestTimeoutMs).code(), Code::kTooLarge);
  EXPECT_EQ(Get(*region, 1), "old");
}

TEST(RegionTest, ShortBytesAreTheSameValue) {
  TestRegion region(1'000);
  for (uint32_t count = 0; count <= kInlineBytes; ++count) {
    ShortBytes value;
    value.count = count;
    std::memcpy(value.words, "0123456789abcdef", kInlineBytes);
    // New, in the place of another, and in the heap's.
    for (const size_t before : {0, 3, 12, 100}) {
      if (before != 0) {
        ASSERT_EQ(Put(*region, count, std::string(before, 'o')), Code::kOk);
      }
      ASSERT_TRUE(region->Put(count, value, kTestTimeoutMs).ok());
      EXPECT_EQ(Get(*region, count), std::string("0123456789abcdef", count));
    }
  }
}

TEST(RegionTest, ARefusedPutLeavesTheFreeEntryToTheNext) {
  TestRegion region(1'000);
  int64_t count = 0;
  while (Put(*region, count, "x") == Code::kOk) ++count;
  ASSERT_TRUE(region->Remove(0, kTestTimeoutMs).ok());
  const uint32_t free_entry = RegionTestPeer::Header(*region).writer.free_entry;
  ASSERT_NE(free_entry, 0U);
  EXPECT_EQ(Put(*region, count + 1, std::string(200, 'n')), Code::kNoRoom);
  EXPECT_EQ(RegionTestPeer::Header(*region).writer.free_entry, free_entry);
  EXPECT_EQ(Put(*region, count + 2, "y"), Code::kOk);
}

TEST(RegionTest, FailedPutKeepsTheOldValue) {
  TestRegion region(1'000);
  EXPECT_EQ(Put(*region, 1, Pattern(1, 1, 500)), Code::kOk);
  EXPECT_EQ(Put(*region, 1, Pattern(1, 2, 5'000)), Code::kNoRoom);
  EXPECT_EQ(Put(*region, 2, Pattern(2, 2, 1'200)), Code::kNoRoom);
  EXPECT_EQ(Get(*region, 1), Pattern(1, 1, 500));
  EXPECT_EQ(Get(*region, 2), std::nullopt);
}

TEST(RegionTest, AMillionBytesOfIntsTakeAtMost64BytesEach) {
  TestRegion region(100'000);
  RegionStats stats{};
  for (int64_t key = 0; Put(*region, key, "\x05") == Code::kOk; ++key) {
  }
  ASSERT_TRUE(region->Stats(kTestTimeoutMs, &stats).ok());
  EXPECT_GT(stats.variables, 1'000U);
  EXPECT_LE(stats.total_bytes, 64 * stats.variables);
}

TEST(RegionTest, CopyOfAReplacedVersionSaysSo) {
  TestRegion region(10'000);
  ASSERT_EQ(Put(*region, 1, Pattern(1, 1, 100)), Code::kOk);
  Peeked peeked;
  ASSERT_TRUE(region->Peek(1, kTestTimeoutMs, &peeked).ok());
  ASSERT_EQ(Put(*region, 1, Pattern(1, 2, 100)), Code::kOk);
  std::string out(100, '\0');
  EXPECT_EQ(region->Copy(peeked, 0, out.data()).code(), Code::kChanged);
}

TEST(RegionTest, ARemovedRegionLivesOnForThoseAttached) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  ASSERT_TRUE(region->RemoveSegment().ok());
  Region fresh = region.AttachAgain();
  EXPECT_EQ(Get(fresh, 1), std::nullopt);
  EXPECT_EQ(Get(*region, 1), "old");
  EXPECT_EQ(Put(*region, 1, "still mine"), Code::kOk);
  EXPECT_TRUE(fresh.RemoveSegment().ok());
  fresh.Detach();
}

TEST(RegionTest, CopyFromAnEntryThatCompactionGaveBackSaysSo) {
  TestRegion region(3'392);
  ASSERT_EQ(Put(*region, 1, std::string(300, 'f')), Code::kOk);
  for (int64_t key = 2; key < 150; ++key) ASSERT_EQ(Put(*region, key, "x"), Code::kOk);
  ASSERT_EQ(Put(*region, 1'000, std::string(100, 'k')), Code::kOk);
  Peeked peeked;
  ASSERT_TRUE(region->Peek(1'000, kTestTimeoutMs, &peeked).ok());
  for (int64_t key = 1; key < 150; ++key) ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
  // Compacts, and takes the room of the entries given back; everywhere in it stands the version that was peeked at.
  std::string versions;
  while (versions.size() < 4'800)
    versions.append(reinterpret_cast<const char*>(&peeked.version), sizeof peeked.version);
  ASSERT_EQ(Put(*region, 2'000, versions), Code::kOk);
  std::string out(100, '\0');
  EXPECT_EQ(region->Copy(peeked, 0, out.data()).code(), Code::kChanged);
}

TEST(RegionTest, AnEntryThatWasGivenBackIsNoVariable) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "one"), Code::kOk);
  InlineValue value;
  ASSERT_TRUE(region->ReadInline(0, 1, &value));
  ASSERT_TRUE(region->IsCurrent(0, value.version));
  // A value's bytes lie there by now, and look like what was there.
  RegionTestPeer::Header(*region).index.entry_count = 0;
  EXPECT_FALSE(region->ReadInline(0, 1, &value));
  EXPECT_FALSE(region->IsCurrent(0, value.version));
}

/// What others do when `watched_word` is about to be loaded for the n-th time.
const void* watched_word;
std::function<void(int)> at_load;
int watched_loads;

void CallAtLoad(const void* word) {
  if (word == watched_word) at_load(++watched_loads);
}

void WatchLoads(const void* word, std::function<void(int)> call) {
  watched_word = word;
  at_load = std::move(call);
  watched_loads = 0;
  load_hook = CallAtLoad;
}

TEST(RegionTest, CopyFromAnEntryThatWasGivenBackAndIsThereAgainSaysSo) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, std::string(100, 'v')), Code::kOk);
  Peeked peeked;
  ASSERT_TRUE(region->Peek(1, kTestTimeoutMs, &peeked).ok());
  HeaderShm& header = RegionTestPeer::Header(*region);
  EntryShm& entry = RegionView(*region).entry(0);
  std::string out(100, '\0');
  // It is given back, with its version in a value's bytes, and comes again between two looks.
  header.index.entry_count = 0;
  WatchLoads(&header.index.entry_count, [&](int) {
    entry.version = 0;
    header.index.entry_count = 1;
  });
  EXPECT_EQ(region->Copy(peeked, 0, out.data()).code(), Code::kChanged);
  EXPECT_EQ(watched_loads, 1);
  // It was just overwritten when the bytes were copied; then it is given back, and its old version is a value's bytes.
  entry.version = peeked.version | 1;
  WatchLoads(&header.index.entry_count, [&](int) { entry.version = peeked.version; });
  EXPECT_EQ(region->Copy(peeked, 0, out.data()).code(), Code::kChanged);
  load_hook = nullptr;
}

TEST(RegionTest, AKeyWhoseChainIsJustChangingIsNotMissed) {
  for (const bool from_the_beginning : {false, true}) {
    TestRegion region(1'000);
    ASSERT_EQ(Put(*region, 1, "one"), Code::kOk);
    const RegionView view(*region);
    SharedU64& sequence = view.header().index.structure_sequence;
    SharedU32& bucket = BucketShm(view, BucketOf(HashOf(1), 2));
    const uint32_t head = bucket;
    if (from_the_beginning) sequence = sequence | 1;
    WatchLoads(&bucket, [&](int loads) {
      if (loads == 1) sequence = sequence | 1;
      bucket = loads == 1 ? 0 : head;
    });
    EXPECT_EQ(Get(*region, 1), "one");
    load_hook = nullptr;
    EXPECT_EQ(watched_loads, 2);
  }
}

/// After each store of a put, somebody reads.
struct Onlooker {
  Region region;
  std::set<std::string> seen;
};
Onlooker* onlooker;

void LookOn(const char*, int) {
  fault_hook = nullptr;
  Peeked peeked;
  if (onlooker->region.Peek(1, 0, &peeked).ok()) {
    std::string value(peeked.length, '\0');
    if (onlooker->region.Copy(peeked, 0, value.data()).ok()) onlooker->seen.insert(value);
  }
  fault_hook = LookOn;
}

TEST(RegionTest, WhoReadsBetweenTwoStoresOfAPutSeesTheOldValueOrTheNew) {
  for (const size_t before : {0, 3, 12, 100, 200}) {
    for (const size_t after : {3, 12, 100, 200}) {
      TestRegion region(3'000);
      // Blocks with other bytes in them, so that those of the new value are not there before it is.
      for (const size_t size : {100, 200}) {
        for (const int64_t key : {2, 3}) ASSERT_EQ(Put(*region, key, std::string(size, 'x')), Code::kOk);
      }
      for (const int64_t key : {2, 3}) ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
      const std::string old_value(before, 'o');
      const std::string new_value(after, 'n');
      if (before != 0) {
        // Twice: from then on a value of that size needs its stripe only.
        ASSERT_EQ(Put(*region, 1, std::string(before, 'y')), Code::kOk);
        ASSERT_EQ(Put(*region, 1, old_value), Code::kOk);
      }
      Onlooker looks{RegionTestPeer::ReadOnly(*region), {}};
      onlooker = &looks;
      fault_hook = LookOn;
      ASSERT_EQ(Put(*region, 1, new_value), Code::kOk);
      fault_hook = nullptr;
      std::set<std::string> expected = {new_value};
      if (before != 0) expected.insert(old_value);
      EXPECT_EQ(looks.seen, expected) << before << " by " << after;
    }
  }
}

TEST(RegionTest, CountersThatCannotBeAreDamageThatTheNextWriterRepairs) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, std::string(100, 'v')), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  header.writer.data_bytes = uint64_t{1} << 40;
  EXPECT_EQ(Put(*region, 2, std::string(100, 'v')), Code::kCorrupt);
  EXPECT_EQ(Put(*region, 2, std::string(100, 'v')), Code::kOk);
  header.stripes[TestStripeOf(1)].last_version = ~uint64_t{0};
  EXPECT_EQ(Put(*region, 1, "new"), Code::kCorrupt);
  EXPECT_EQ(Get(*region, 1), std::string(100, 'v'));
}

TEST(RegionTest, DamageMetAfterTheCommitDoesNotFailWhatWasDone) {
  for (const bool removes : {false, true}) {
    TestRegion region(3'000);
    ASSERT_EQ(Put(*region, 1, std::string(100, 'o')), Code::kOk);
    ASSERT_EQ(Put(*region, 2, std::string(100, 'o')), Code::kOk);
    // The old value's block has no size any more: it cannot be freed, and the heap cannot be walked.
    auto* const base = reinterpret_cast<uint8_t*>(&RegionTestPeer::Header(*region));
    reinterpret_cast<BlockShm*>(base + sizeof(HeaderShm))->units = 0;
    if (removes) {
      EXPECT_EQ(region->Remove(1, kTestTimeoutMs).code(), Code::kOk);
      EXPECT_EQ(Get(*region, 1), std::nullopt);
    } else {
      EXPECT_EQ(Put(*region, 1, "new"), Code::kOk);
      EXPECT_EQ(Get(*region, 1), "new");
    }
    EXPECT_EQ(Get(*region, 2), std::string(100, 'o'));
    // The next ones say so.
    for (int i = 0; i < 2; ++i) EXPECT_EQ(Put(*region, 3, std::string(100, 'n')), Code::kCorrupt);
    EXPECT_EQ(Get(*region, 2), std::string(100, 'o'));
  }
}

TEST(RegionTest, WhatWasSeenInAnEntryIsFoundThereAgain) {
  TestRegion region(3'000);
  ASSERT_EQ(Put(*region, 1, "one"), Code::kOk);
  ASSERT_EQ(Put(*region, 2, std::string(40, 'h')), Code::kOk);
  Peeked one;
  Peeked two;
  ASSERT_TRUE(region->Peek(1, kTestTimeoutMs, &one).ok());
  ASSERT_TRUE(region->Peek(2, kTestTimeoutMs, &two).ok());
  EXPECT_TRUE(region->IsCurrent(one.entry, one.version));
  EXPECT_FALSE(region->IsCurrent(one.entry, two.version));
  EXPECT_FALSE(region->IsCurrent(UINT32_MAX, one.version));
  InlineValue value;
  ASSERT_TRUE(region->ReadInline(one.entry, 1, &value));
  EXPECT_EQ(value.version, one.version);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(value.bytes.words), value.bytes.count), "one");
  EXPECT_FALSE(region->ReadInline(one.entry, 2, &value));
  EXPECT_FALSE(region->ReadInline(two.entry, 2, &value));  // It lies in the heap.
  EXPECT_FALSE(region->ReadInline(UINT32_MAX, 1, &value));
  Peeked again;
  ASSERT_TRUE(region->PeekAt(two.entry, 2, &again).ok());
  EXPECT_EQ(again.version, two.version);
  EXPECT_EQ(region->PeekAt(two.entry, 1, &again).code(), Code::kChanged);
  EXPECT_EQ(region->PeekAt(UINT32_MAX, 1, &again).code(), Code::kChanged);
  // Chains that change do not concern an entry that was found already.
  HeaderShm& header = RegionTestPeer::Header(*region);
  header.index.structure_sequence += 1;
  EXPECT_TRUE(region->IsCurrent(one.entry, one.version));
  EXPECT_TRUE(region->ReadInline(one.entry, 1, &value));
  header.index.structure_sequence += 1;
  ASSERT_EQ(Put(*region, 1, "two"), Code::kOk);
  EXPECT_FALSE(region->IsCurrent(one.entry, one.version));
  for (const std::string text : {"", "8 bytes.", "twelve bytes", "sixteen bytes..."}) {
    ASSERT_EQ(Put(*region, 1, text), Code::kOk);
    ASSERT_TRUE(region->ReadInline(one.entry, 1, &value));
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(value.bytes.words), value.bytes.count), text);
  }
  ASSERT_TRUE(region->Remove(1, kTestTimeoutMs).ok());
  EXPECT_FALSE(region->ReadInline(one.entry, 1, &value));
}

TEST(RegionTest, ACircleInTheIndexEndsInAStatus) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "v"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  auto& group = reinterpret_cast<EntryGroupShm*>(reinterpret_cast<uint8_t*>(&header) + Region::BytesFor(1'000))[-1];
  Region reader = RegionTestPeer::ReadOnly(*region);
  for (const uint64_t sequence : {2, 3}) {
    header.index.structure_sequence = sequence;
    // One entry, so both of its buckets are all there are, and every key's chain goes round in it.
    for (SharedU32& bucket : group.tails[0].bucket) bucket = 1;
    group.entries[0].next = 1;
    header.lock.word = 1;  // Nobody repairs meanwhile.
    Peeked peeked;
    EXPECT_EQ(reader.Peek(2, 1, &peeked).code(), Code::kCorrupt);
    EXPECT_EQ(region->Peek(2, 1, &peeked).code(), Code::kTimeout);
    header.lock.word = 0;
    EXPECT_EQ(region->Peek(2, 1, &peeked).code(), Code::kCorrupt);
    // What was found damaged under the lock, the next one to take it repairs.
    EXPECT_EQ(Put(*region, 2, "w"), Code::kOk);
    EXPECT_EQ(Get(*region, 1), "v");
    ASSERT_TRUE(region->Remove(2, kTestTimeoutMs).ok());
    header.index.entry_count = 1;
  }
}

TEST(RegionTest, APrivateRegionIsSharedWithForksAndNoSegment) {
  Region region;
  ASSERT_TRUE(Region::Attach(0, 1'000, 0600, kTestTimeoutMs, &region).ok());
  EXPECT_EQ(region.segment_id(), -1);
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = Put(region, 1, "from the child") == Code::kOk;
    region.Detach();
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(Get(region, 1), "from the child");
  EXPECT_TRUE(region.RemoveSegment().ok());
  region.Detach();
  EXPECT_FALSE(region.attached());
}

TEST_F(AttachOverTest, RefusesForeignAndZeroFilledSegmentsAndLeavesThemAlone) {
  uint8_t* bytes = Foreign(5'000);
  EXPECT_EQ(AttachCode(), Code::kForeign);
  std::strcpy(reinterpret_cast<char*>(bytes), "something else");
  EXPECT_EQ(AttachCode(), Code::kForeign);
  EXPECT_STREQ(reinterpret_cast<char*>(bytes), "something else");
  for (int i = 20; i < 5'000; ++i) ASSERT_EQ(bytes[i], 0);
}

TEST_F(AttachOverTest, RefusesASegmentOfOneByte) {
  Foreign(1);
  EXPECT_EQ(AttachCode(), Code::kForeign);
}

TEST_F(AttachOverTest, FinishesARegionWhoseMakerWasKilled) {
  Foreign(Region::BytesFor(600), 0677);
  EXPECT_EQ(AttachCode(), Code::kOk);
  shmid_ds info;
  ASSERT_EQ(shmctl(id_, IPC_STAT, &info), 0);
  EXPECT_EQ(info.shm_perm.mode & 0777, 0666);
}

TEST_F(AttachOverTest, AMakerThatIsStuckCostsTheTimeoutAndKeepsItsSegment) {
  auto* header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  header->lock.word = static_cast<uint32_t>(getppid());
  EXPECT_EQ(AttachCode(), Code::kTimeout);
  header->lock.word = 0;
  EXPECT_EQ(AttachCode(), Code::kOk);
  EXPECT_EQ(shmget(key_, 0, 0), id_);
}

/// Where the lock of a half-made region has just been taken: another one has finished it before that.
HeaderShm* half_made;
const HeaderShm* finished;

void FinishBefore(const char*, int) {
  fault_hook = nullptr;
  constexpr size_t kBehindLock = offsetof(HeaderShm, index);
  std::memcpy(static_cast<void*>(half_made), finished, offsetof(HeaderShm, lock));
  std::memcpy(reinterpret_cast<char*>(half_made) + kBehindLock, reinterpret_cast<const char*>(finished) + kBehindLock,
              sizeof(HeaderShm) - kBehindLock);
}

TEST_F(AttachOverTest, AMakerThatComesLateLeavesTheRegionAsItIs) {
  TestRegion other(600);
  half_made = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  finished = &RegionTestPeer::Header(*other);
  // Who finished it died writing to it.
  half_made->lock.word = FUTEX_OWNER_DIED;
  fault_hook = FinishBefore;
  EXPECT_EQ(AttachCode(), Code::kOk);
  EXPECT_EQ(fault_hook, nullptr);
  EXPECT_EQ(half_made->origin.region_id, finished->origin.region_id);
  EXPECT_EQ(half_made->lock.word, FUTEX_OWNER_DIED) << "the repair is still to be done";
}

TEST_F(AttachOverTest, GetsTheModeThatWasAskedForWhoeverFinishesIt) {
  for (const int asked : {0666, 0440, 0200, 0066, 0600}) {
    // Without read permission only root attaches, or looks at the mode.
    if (geteuid() != 0 && (asked & 0400) == 0) continue;
    for (int round = 0; round < 60; ++round) {
      pid_t children[3];
      for (pid_t& child : children) {
        child = fork();
        if (child == 0) {
          Region region;
          _exit(Region::Attach(key_, 1'000, static_cast<uint32_t>(asked), kTestTimeoutMs, &region).ok() ? 0 : 1);
        }
      }
      for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
      }
      id_ = shmget(key_, 0, 0);
      shmid_ds info;
      ASSERT_EQ(shmctl(id_, IPC_STAT, &info), 0);
      ASSERT_EQ(info.shm_perm.mode & 0777, asked);
      shmctl(id_, IPC_RMID, nullptr);
    }
  }
}

TEST_F(AttachOverTest, TellsVersionAndByteOrder) {
  auto* header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  ASSERT_EQ(AttachCode(), Code::kOk);
  header->format_version = kFormatVersion + 1;
  EXPECT_EQ(AttachCode(), Code::kVersion);
  header->format_version = kFormatVersion;
  header->origin.group_bytes = 100;
  EXPECT_EQ(AttachCode(), Code::kCorrupt);
  header->magic = __builtin_bswap64(kMagic);
  EXPECT_EQ(AttachCode(), Code::kByteOrder);
}

TEST(RegionAttachTest, TooSmallAndTooLargeLeaveNothingBehind) {
  Region region;
  const int32_t key = FreshKey();
  EXPECT_EQ(Region::Attach(key, 39, 0666, 100, &region).code(), Code::kTooSmall);
  EXPECT_EQ(Region::Attach(key, UINT64_MAX, 0666, 100, &region).code(), Code::kTooLarge);
  EXPECT_FALSE(region.attached());
  EXPECT_EQ(shmget(key, 0, 0), -1);
}

}  // namespace
}  // namespace shmpack
