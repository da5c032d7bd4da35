// SPDX-License-Identifier: BSD-3-Clause
//
// Slot tables whose bytes somebody else wrote: every operation ends in bounded time with some Status, and touches
// nothing outside the table (AddressSanitizer would see it: the mapping ends where the file ends).

#include <cstring>
#include <random>

#include "port/fault_point.h"
#include "test_slot_table.h"

namespace shmpack {
namespace {

constexpr uint32_t kShortMs = 2;
constexpr uint32_t kOwnerDied = 0x40000000;  // A lock's word, as the kernel leaves it.

void Operate(const SlotTable& table, std::mt19937_64& random) {
  static char buffer[4096];
  for (int i = 0; i < 12; ++i) {
    const auto id = static_cast<uint32_t>(random() % (table.slot_count() + 2));
    const auto length = static_cast<uint32_t>(random() % (table.slot_bytes() + 2));
    uint32_t granted = 0;
    void* address;
    switch (random() % 8) {
      case 0:
        if (table.Grab(kShortMs, &granted).ok()) {
          EXPECT_LT(granted, table.slot_count());
        }
        break;
      case 1:
        (void)table.GrabThis(id, kShortMs);
        break;
      case 2:
        (void)table.Release(id, kShortMs);
        break;
      case 3:
        (void)table.Reclaim(id, kShortMs);
        EXPECT_LE(table.FreeSlots(), table.slot_count());
        if (id < table.slot_count()) (void)table.Owner(id);
        break;
      case 4:
        (void)table.Window(id, kShortMs, &address);
        break;
      case 5:
        for (uint32_t at = table.NextVisited(0); at < table.slot_count(); at = table.NextVisited(at + 1)) {
        }
        break;
      case 6:
        (void)table.Put(id, buffer, length, kShortMs);
        break;
      default:
        (void)table.Get(id, buffer, length, kShortMs);
    }
  }
}

class HostileSlotsTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(HostileSlotsTest, AnyBytesEndInAStatus) {
  std::mt19937_64 random(GetParam());
  for (int round = 0; round < 100; ++round) {
    TestFolder folder;
    const std::string path = folder.File("t");
    const SlotTableOptions options = {.slot_bytes = static_cast<uint32_t>(1 + random() % 200),
                                      .slot_count = static_cast<uint32_t>(1 + random() % 300),
                                      .type = static_cast<uint32_t>(random() % 16)};
    SlotTable table = MakeTable(path, options);
    auto* const bytes = reinterpret_cast<uint8_t*>(&SlotTableTestPeer::Header(table));
    const uint64_t total = SlotTableTestPeer::Bytes(table);
    for (int step = 0; step < 6; ++step) {
      const uint64_t flips = random() % 20 + 1;
      for (uint64_t i = 0; i < flips; ++i) {
        // Mostly where the structure is: header and bits.
        const uint64_t at = random() % 3 == 0 ? random() % total : random() % (total < 400 ? total : 400);
        const uint64_t choice = random() % 4;
        bytes[at] = choice == 0   ? 0xff
                    : choice == 1 ? 0
                    : choice == 2 ? static_cast<uint8_t>(random() % 16)
                                  : static_cast<uint8_t>(random());
      }
      if (random() % 3 == 0) {  // The next one repairs, and trusts no more than any other.
        std::memcpy(bytes + 64, &kOwnerDied, sizeof kOwnerDied);
      }
      Operate(table, random);
      SlotTable other;
      if (SlotTable::Attach(path.c_str(), true, &other).ok()) {
        Operate(other, random);
        other.Detach();
      }
      Status restored;
      if (SlotTable::Create(path.c_str(), options, kShortMs, &other, &restored).ok()) other.Detach();
    }
    table.Detach();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, HostileSlotsTest, ::testing::Range<uint64_t>(1, 9));

TEST(HostileSlotTest, AGrantThatWasRefusedIsRepairedByTheNext) {
  SlotTable table = MakeTable("", {.slot_bytes = 8, .slot_count = 130});
  SlotTableShm& header = SlotTableTestPeer::Header(table);
  auto* const in_use = reinterpret_cast<SharedU64*>(reinterpret_cast<uint8_t*>(&header) + sizeof header);
  uint32_t id = 0;
  for (const uint32_t full_words : {3U, 4U, 1U << 26, UINT32_MAX}) {
    header.full_words = full_words;
    EXPECT_EQ(table.Grab(0, &id).code(), Code::kCorrupt) << full_words;
    EXPECT_EQ(GrabSlot(table), 0);
    EXPECT_TRUE(table.Release(0, 0).ok());
  }
  in_use[0] = UINT64_MAX;        // Which nobody counted.
  in_use[2] = ~uint64_t{3} | 1;  // Bits behind the last one mean nothing.
  for (int64_t next = 64; next < 128; ++next) EXPECT_EQ(GrabSlot(table), next);
  EXPECT_EQ(GrabSlot(table), 129);
  EXPECT_EQ(table.Grab(0, &id).code(), Code::kCorrupt);
  EXPECT_EQ(table.Grab(0, &id).code(), Code::kNoRoom);
  EXPECT_EQ(CountInUse(table), 130U);
  EXPECT_EQ(table.NextVisited(129), 129U);
  EXPECT_EQ(table.FreeSlots(), 0U);
  table.Detach();
}

TEST(HostileSlotTest, MarksOfUsedSlotsAreRepaired) {
  SlotTable table = MakeTable("", {.slot_bytes = 8, .slot_count = 130, .type = kSlotsClearInUse});
  SlotTableShm& header = SlotTableTestPeer::Header(table);
  auto* const in_use = reinterpret_cast<SharedU64*>(reinterpret_cast<uint8_t*>(&header) + sizeof header);
  uint32_t id = 0;
  in_use[0] = UINT64_MAX;  // Without having been used.
  EXPECT_EQ(table.Grab(0, &id).code(), Code::kCorrupt);
  EXPECT_EQ(GrabSlot(table), 64);
  EXPECT_EQ(table.FreeSlots(), 65U);
  EXPECT_TRUE(table.Release(64, 0).ok());
  header.ever_used_words = UINT32_MAX;
  EXPECT_EQ(GrabSlot(table), 64);  // Not one that was never used, but a free one.
  EXPECT_TRUE(table.Release(64, 0).ok());
  header.lock.word = kOwnerDied;
  EXPECT_EQ(GrabSlot(table), 65);
  table.Detach();
}

TEST(HostileSlotTest, ALengthThatNoPutHadIsCut) {
  SlotTable table = MakeTable("", {.slot_bytes = 8, .slot_count = 1});
  ASSERT_EQ(PutSlot(table, 0, "value"), Code::kOk);
  auto* const bytes = reinterpret_cast<uint8_t*>(&SlotTableTestPeer::Header(table));
  auto* const slot = reinterpret_cast<SlotShm*>(bytes + SlotGeometry{1, 8}.slots_at());
  slot->pinned = 1;
  slot->state = UINT64_MAX;
  slot->put_bytes = UINT32_MAX;
  EXPECT_EQ(PutSlot(table, 0, "v"), Code::kOk);
  EXPECT_EQ(GetSlot(table, 0)[0], 'v');
  table.Detach();
}

}  // namespace
}  // namespace shmpack
