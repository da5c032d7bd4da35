// SPDX-License-Identifier: BSD-3-Clause
//
// Chains of the index: keys that were chosen to share one, and chains that hostile bytes make.

#include "core/region/index.h"

#include <linux/futex.h>

#include <set>
#include <vector>

#include "core/base/shared_access.h"
#include "test_region.h"

namespace shmpack {
namespace {

int loads;
void CountLoads(const void*) { ++loads; }

TEST(IndexTest, ARingIsLeftWhenAnEntryIsToBeUnlinked) {
  TestRegion region(1'000);
  for (const int64_t key : {1, 2}) ASSERT_EQ(Put(*region, key, "v"), Code::kOk);
  const RegionView view(*region);
  const uint32_t entry_count = view.LoadEntryCount();
  for (uint32_t bucket = 0; bucket < 2 * entry_count; ++bucket) BucketShm(view, bucket) = 1;
  view.entry(0).next = 1;
  EXPECT_FALSE(UnlinkLocked(view, entry_count, 1));
}

TEST(IndexTest, WhoChoosesKeysCannotChooseTheirChain) {
  Region region;
  ASSERT_TRUE(Region::Attach(0, 1'000'000, 0600, kTestTimeoutMs, &region).ok());
  EXPECT_NE(RegionTestPeer::Header(region).index.hash_key, 0U);
  Region other;
  ASSERT_TRUE(Region::Attach(0, 1'000, 0600, kTestTimeoutMs, &other).ok());
  EXPECT_NE(RegionTestPeer::Header(region).index.hash_key, RegionTestPeer::Header(other).index.hash_key);
  // Without a key, all of them in the same bucket of any number of buckets that there will be.
  std::vector<int64_t> keys;
  for (int64_t key = 0; keys.size() < 1'500; ++key) {
    if ((HashOf(static_cast<uint64_t>(key)) & 0xfff) == 0) keys.push_back(key);
  }
  for (const int64_t key : keys) ASSERT_EQ(Put(region, key, "v"), Code::kOk);
  const RegionView view(region);
  for (const int64_t key : keys) {
    uint32_t entry = 0;
    loads = 0;
    load_hook = CountLoads;
    const Found found = FindEntry(view, key, view.LoadEntryCount(), &entry);
    load_hook = nullptr;
    EXPECT_EQ(found, Found::kYes);
    EXPECT_LT(loads, 100);
  }
  std::set<uint32_t> stripes;
  for (uint64_t i = 0; i < 10'000; ++i) {
    const uint64_t key = HashOf(i);
    if (StripeOfKeyed(key) == 0) stripes.insert(StripeOf(view, static_cast<int64_t>(key)));
  }
  EXPECT_EQ(stripes.size(), kStripeCount);
  other.Detach();
  region.Detach();
}

TEST(IndexTest, ALongChainEndsInAStatusAfterABoundedWalk) {
  TestRegion region(4'000'000);
  constexpr uint32_t kEntries = 50'000;
  for (int64_t key = 0; key < kEntries; ++key) ASSERT_EQ(Put(*region, key, "v"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  const RegionView view(*region);
  const auto make_chain = [&](uint64_t sequence) {
    for (uint32_t i = 0; i < kEntries; ++i) {
      for (SharedU32& bucket : view.tail(i).bucket) bucket = 1;
      view.entry(i).next = i + 2 <= kEntries ? i + 2 : 0;
    }
    header.index.structure_sequence = sequence;
  };
  const auto loads_of = [&](auto&& call) {
    loads = 0;
    load_hook = CountLoads;
    call();
    load_hook = nullptr;
    return loads;
  };
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  const int64_t absent = kEntries + 1;
  for (const uint64_t sequence : {2, 3}) {
    make_chain(sequence);
    EXPECT_LT(loads_of([&] { EXPECT_EQ(reader.Peek(absent, 0, &peeked).code(), Code::kCorrupt); }), 20'000);
    EXPECT_LT(loads_of([&] { EXPECT_EQ(region->Peek(absent, kTestTimeoutMs, &peeked).code(), Code::kCorrupt); }),
              20'000);
    make_chain(sequence);
    header.lock.word = 0;
    EXPECT_LT(loads_of([&] { EXPECT_EQ(Put(*region, absent, "v"), Code::kCorrupt); }), 20'000);
    // What was found damaged under the lock, the next one to take it repairs.
    EXPECT_EQ(Put(*region, absent, "v"), Code::kOk);
    EXPECT_EQ(Get(*region, 1), "v");
    ASSERT_TRUE(region->Remove(absent, kTestTimeoutMs).ok());
    ASSERT_EQ(view.LoadEntryCount(), kEntries + 1);
  }
}

TEST(IndexTest, ALongChainIsNeitherSplitNorUnlinkedFrom) {
  TestRegion region(1'000'000);
  constexpr uint32_t kEntries = 2'000;
  for (int64_t key = 0; key < kEntries; ++key) ASSERT_EQ(Put(*region, key, "v"), Code::kOk);
  const RegionView view(*region);
  ASSERT_EQ(view.LoadEntryCount(), kEntries);
  // All entries in the one chain that the next entry's first bucket is split from.
  const uint32_t split = 2 * kEntries - 2'048;
  for (uint32_t i = 0; i < kEntries; ++i) {
    for (SharedU32& bucket : view.tail(i).bucket) bucket = 0;
    view.entry(i).next = i + 1 < kEntries ? i + 2 : 0;
  }
  BucketShm(view, split) = 1;
  int64_t last = 0;
  while (BucketOf(HashOf(static_cast<uint64_t>(last)), 2 * kEntries) != split) ++last;
  view.entry(kEntries - 1).key = static_cast<uint64_t>(last);
  EXPECT_FALSE(UnlinkLocked(view, kEntries, kEntries - 1));
  int64_t fresh = kEntries;
  while (BucketOf(HashOf(static_cast<uint64_t>(fresh)), 2 * kEntries) == split) ++fresh;
  EXPECT_EQ(Put(*region, fresh, "w"), Code::kCorrupt);
}

TEST(IndexTest, OnlyAFreeEntryOfTheTableIsTakenForANewKey) {
  for (const uint32_t link : {1U, 20U}) {
    TestRegion region(2'000);
    ASSERT_EQ(Put(*region, 1, std::string(1, '\0')), Code::kOk);
    RegionTestPeer::Header(*region).writer.free_entry = link;
    // A list that leads out of the table is damage, which the next one repairs.
    if (link != 1) {
      EXPECT_EQ(Put(*region, 2, "w"), Code::kCorrupt);
    }
    EXPECT_EQ(Put(*region, 2, "w"), Code::kOk);
    EXPECT_EQ(Get(*region, 1), std::string(1, '\0'));
    EXPECT_EQ(Get(*region, 2), "w");
  }
}

TEST(IndexTest, ARepairFreesAnEntryThatNoRecordCanPutBack) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "v"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  SharedU64& version = RegionView(*region).entry(0).version;
  version = version | 1;
  header.lock.word = FUTEX_OWNER_DIED;
  EXPECT_EQ(Put(*region, 2, "w"), Code::kOk);
  EXPECT_EQ(Get(*region, 1), std::nullopt);
  EXPECT_EQ(Get(*region, 2), "w");
}

TEST(IndexTest, AReaderBehindADeadWriterDoesNotLookAtEntriesForLongerThanItMay) {
  TestRegion region(4'000'000);
  for (int64_t key = 0; key < 50'000; ++key) ASSERT_EQ(Put(*region, key, "v"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  header.lock.word = FUTEX_OWNER_DIED;
  header.index.structure_sequence = 3;
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  loads = 0;
  load_hook = CountLoads;
  EXPECT_EQ(reader.Peek(60'000, 0, &peeked).code(), Code::kTimeout);
  load_hook = nullptr;
  EXPECT_LT(loads, 30'000);
  EXPECT_EQ(reader.Peek(60'000, kTestTimeoutMs, &peeked).code(), Code::kNotFound);
}

}  // namespace
}  // namespace shmpack
