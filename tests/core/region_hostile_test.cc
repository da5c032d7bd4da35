// SPDX-License-Identifier: BSD-3-Clause
//
// Regions whose bytes somebody else wrote: every operation ends in bounded time with some Status, and touches nothing
// outside the region (AddressSanitizer would see it: the mapping ends where the segment ends).

#include <cstring>
#include <random>

#include "port/fault_point.h"
#include "test_region.h"

namespace shmpack {
namespace {

constexpr uint64_t kSize = 3'000;
constexpr uint32_t kShortMs = 2;

void Operate(Region& region, std::mt19937_64& random) {
  static char buffer[1 << 16];
  const std::string value(random() % 300, 'v');
  for (int64_t key = 0; key < 12; ++key) {
    Peeked peeked;
    switch (random() % 6) {
      case 0:
      case 1:
        (void)region.Put(key, value.data(), value.size(), kShortMs);
        break;
      case 2:
        (void)region.Remove(key, kShortMs);
        break;
      case 3:
        (void)region.ReadLocked(key, kShortMs, buffer, sizeof buffer, &peeked);
        break;
      default:
        if (region.Peek(key, kShortMs, &peeked).ok() && peeked.length <= sizeof buffer) {
          (void)region.Copy(peeked, 0, buffer);
        }
    }
  }
}

class HostileBytesTest : public ::testing::TestWithParam<int> {};

TEST_P(HostileBytesTest, AnyBytesEndInAStatus) {
  std::mt19937_64 random(static_cast<uint64_t>(GetParam()));
  for (int round = 0; round < 120; ++round) {
    TestRegion region(kSize);
    for (int64_t key = 0; key < 10; ++key) ASSERT_EQ(Put(*region, key, std::string(random() % 100, 'o')), Code::kOk);
    auto* const bytes = static_cast<uint8_t*>(shmat(region->segment_id(), nullptr, 0));
    const uint64_t total = Region::BytesFor(kSize);
    for (int step = 0; step < 6; ++step) {
      const uint64_t flips = random() % 20 + 1;
      for (uint64_t i = 0; i < flips; ++i) {
        // Mostly where the structure is: header, entries at the end, and block headers.
        const uint64_t zone = random() % 3;
        const uint64_t at = zone == 0 ? 64 + random() % 400 : zone == 1 ? total - 1 - random() % 600 : random() % total;
        const uint64_t choice = random() % 4;
        bytes[at] = choice == 0   ? 0xff
                    : choice == 1 ? 0
                    : choice == 2 ? static_cast<uint8_t>(random() % 16)
                                  : static_cast<uint8_t>(random());
      }
      if (random() % 4 == 0) {  // The next one repairs, and trusts no more than any other.
        const uint32_t owner_died = 0x40000000;
        std::memcpy(bytes + 64, &owner_died, sizeof owner_died);
      }
      Operate(*region, random);
    }
    shmdt(bytes);
  }
}

TEST(HostileTest, ValueEndsWithTheRegionOrIsRefused) {
  TestRegion region(kSize);
  ASSERT_EQ(Put(*region, 0, std::string(100, 'v')), Code::kOk);
  Region reader = RegionTestPeer::ReadOnly(*region);
  const uint64_t total = Region::BytesFor(kSize);
  auto* const base = reinterpret_cast<uint8_t*>(&RegionTestPeer::Header(*region));
  const std::string whole(reinterpret_cast<char*>(base), total);
  std::string copy(total, '\0');
  Peeked peeked;
  // Says in the variable's entry that its value is `length` bytes in the block at `offset`; all else is as it was.
  const auto point_to = [&](uint64_t offset, uint64_t length) -> Region& {
    std::memcpy(base, whole.data(), total);
    auto& entry = *reinterpret_cast<EntryShm*>(base + total - EntryBelowEnd(0));
    entry.payload = length << 32 | offset;
    return *region;
  };
  // The heap's first block, and the last one that can hold a value too long for its entry.
  for (const uint64_t offset : {sizeof(HeaderShm) / kUnitBytes, total / kUnitBytes - 4}) {
    const uint64_t begin = offset * kUnitBytes + sizeof(BlockShm);
    const uint64_t most = total - begin;
    EXPECT_TRUE(point_to(offset, most).ReadLocked(0, kShortMs, copy.data(), total, &peeked).ok());
    EXPECT_TRUE(reader.Peek(0, kShortMs, &peeked).ok());
    ASSERT_TRUE(point_to(offset, most).Peek(0, kShortMs, &peeked).ok());
    ASSERT_EQ(peeked.length, most);
    ASSERT_TRUE(region->Copy(peeked, 0, copy.data()).ok());
    EXPECT_EQ(std::memcmp(copy.data(), base + begin, most), 0);
    for (const uint64_t beyond : {1, 8}) {
      Peeked refused = peeked;
      refused.length = most + beyond;
      EXPECT_EQ(region->Copy(refused, 0, copy.data()).code(), Code::kCorrupt) << beyond;
      EXPECT_EQ(point_to(offset, most + beyond).Peek(0, kShortMs, &refused).code(), Code::kCorrupt) << beyond;
      point_to(offset, most + beyond);
      EXPECT_EQ(reader.Peek(0, kShortMs, &refused).code(), Code::kCorrupt) << beyond;
      const Status locked = point_to(offset, most + beyond).ReadLocked(0, kShortMs, copy.data(), copy.size(), &refused);
      EXPECT_EQ(locked.code(), Code::kCorrupt) << beyond;
    }
  }
  // No value begins at the region's end, or beyond.
  for (const uint64_t offset : {total / kUnitBytes - 1, total / kUnitBytes, uint64_t{UINT32_MAX}}) {
    EXPECT_EQ(point_to(offset, 24).Peek(0, kShortMs, &peeked).code(), Code::kCorrupt) << offset;
  }
}

TEST(HostileTest, AListOfFreeEntriesThatLeadsToAValueDoesNotLoseIt) {
  TestRegion region(kSize);
  const std::string kept(4, '\0');  // As a link, the list's last one.
  ASSERT_EQ(Put(*region, 1, kept), Code::kOk);
  RegionTestPeer::Header(*region).writer.free_entry = 1;
  EXPECT_EQ(Put(*region, 2, "new"), Code::kOk);
  EXPECT_EQ(Get(*region, 1), kept);
  EXPECT_EQ(Get(*region, 2), "new");
}

HeaderShm* header_with_entries_that_come_back = nullptr;

/// After each store: the entries that compaction moves from are live again, and those that it moves to are free.
void MakeMovedEntriesComeBack(const char*, int) {
  HeaderShm& header = *header_with_entries_that_come_back;
  uint8_t* const end = reinterpret_cast<uint8_t*>(&header) + Region::BytesFor(kSize);
  for (int i = 0; i < 60; ++i) reinterpret_cast<EntryShm*>(end - EntryBelowEnd(i))->version = i < 30 ? 0 : 2;
}

TEST(HostileTest, CompactionEndsWhenMovedEntriesComeBack) {
  TestRegion region(kSize);
  int64_t count = 0;
  while (Put(*region, count, std::string(30, 'o')) == Code::kOk) ++count;
  ASSERT_GT(count, 60);
  for (int64_t key = 0; key < count; key += 2) ASSERT_TRUE(region->Remove(key, kTestTimeoutMs).ok());
  header_with_entries_that_come_back = &RegionTestPeer::Header(*region);
  fault_hook = MakeMovedEntriesComeBack;
  // Needs all free room in one piece. That it ends is what counts; whatever it says is right.
  (void)Put(*region, 1'000, std::string(1'500, 'n'));
  fault_hook = nullptr;
  EXPECT_EQ(RegionTestPeer::Header(*region).lock.word & 0x3fffffff, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileBytesTest, ::testing::Range(1, 9));

}  // namespace
}  // namespace shmpack
