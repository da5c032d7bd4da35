// SPDX-License-Identifier: BSD-3-Clause
//
// A process killed after each single store of an operation, and amid each copy: the next process goes on at once, finds
// the touched value old or new, all others untouched, and no room lost. Then the same with a second kill, at each store
// of the repair.

#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "core/region/stripe.h"
#include "fault_injection.h"
#include "kill_points.h"
#include "test_region.h"

namespace shmpack {
namespace {

constexpr uint64_t kSize = 1'700;
constexpr uint32_t kPromptMs = 100;
constexpr int64_t kTouched = 1;

/// The first key from `key` on that is of the touched one's stripe.
constexpr int64_t OfTheSameStripe(int64_t key) {
  while (TestStripeOf(key) != TestStripeOf(kTouched)) ++key;
  return key;
}

/// One that nothing else uses.
constexpr int64_t kBeside = OfTheSameStripe(100'000);

using Values = std::map<int64_t, std::string>;

enum class Filling {
  kMixed,      // Neighbours around the touched value, free blocks between them, and entries both used and free.
  kSpareTop,   // The stripe's spare block is the heap's last.
  kTwins,      // Free blocks of one size, and the stripe's spare one between two of them.
  kSwapping,   // The stripe's spare block is of the size of the touched value's.
  kPacked,     // No entry and no block is free: a new one is one more, and splits chains of several.
  kScattered,  // Enough free room, but not in one piece: the operation has to compact the region.
  kSmallGaps,  // The same with large blocks that slide by less than their length.
};

struct Operation {
  const char* name;
  std::optional<std::string> before;  // Of kTouched.
  std::optional<std::string> after;   // Of kTouched; nothing: it is removed.
  Filling filling = Filling::kMixed;
  bool is_refused = false;  // For want of room: `before` stays.
};

/// Of all operations, for the figures at the end.
int kills = 0;
int repair_kills = 0;

void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

const Operation kOperations[] = {
    {"NewInline", std::nullopt, "new"},
    {"NewInHeap", std::nullopt, Text(100, 'n')},
    {"InlineByInline", "old", "new"},
    {"LongInlineByInline", "twelve bytes", "new"},
    {"InlineByHeap", "old", Text(100, 'n')},
    {"HeapByInline", Text(100, 'o'), "new"},
    {"HeapBySmaller", Text(100, 'o'), Text(60, 'n')},
    {"HeapByEqual", Text(100, 'o'), Text(100, 'n')},
    {"HeapByEqualInTheStripe", Text(100, 'o'), Text(100, 'n'), Filling::kSwapping},
    {"HeapByLarger", Text(100, 'o'), Text(300, 'n')},
    {"RemoveInline", "old", std::nullopt},
    {"RemoveInHeap", Text(100, 'o'), std::nullopt},
    {"SpareBesideFreeBlocks", Text(100, 'o'), "new", Filling::kTwins},
    {"SpareAtTheHeapsEnd", Text(100, 'o'), "new", Filling::kSpareTop},
    {"NewInTheSpareBlock", std::nullopt, Text(40, 'n'), Filling::kTwins},
    {"NewWithIndexGrowth", std::nullopt, Text(100, 'n'), Filling::kPacked},
    {"RemoveFromChains", Text(100, 'o'), std::nullopt, Filling::kPacked},
    {"NewWithCompaction", std::nullopt, Text(1'700, 'n'), Filling::kScattered},
    {"OverwriteWithCompaction", Text(40, 'o'), Text(1'500, 'n'), Filling::kScattered},
    {"NewWithCompactionInSmallSteps", std::nullopt, Text(160, 'n'), Filling::kSmallGaps},
    {"HeapExhausted", Text(100, 'o'), Text(2'450, 'n'), Filling::kScattered, true},
};

class KillTest : public ::testing::TestWithParam<Operation> {
 protected:
  uint64_t Size() const { return GetParam().filling == Filling::kSmallGaps ? 512 : kSize; }

  /// 20 entries, and behind the heap's end 144 bytes: with the two gaps of 32 there is room for the new value.
  Values FillWithSmallGaps(Region& region) {
    Values values;
    for (const int64_t key : {11, 13}) {
      values[key] = Text(272, static_cast<char>('a' + key));
      EXPECT_EQ(Put(region, key - 1, Text(24, 'g')), Code::kOk);
      EXPECT_EQ(Put(region, key, values[key]), Code::kOk);
    }
    for (int64_t key = 14; key < 30; ++key) {
      values[key] = "inline";
      EXPECT_EQ(Put(region, key, values[key]), Code::kOk);
    }
    for (const int64_t key : {10, 12}) EXPECT_TRUE(region.Remove(key, kTestTimeoutMs).ok());
    return values;
  }

  Values Fill(Region& region) {
    Values values;
    const Filling filling = GetParam().filling;
    if (filling == Filling::kSmallGaps) return FillWithSmallGaps(region);
    if (GetParam().before) {
      EXPECT_EQ(Put(region, kTouched, *GetParam().before), Code::kOk);
    }
    const int64_t count = filling == Filling::kPacked || filling == Filling::kScattered ? 40 : 12;
    const auto key_of = [filling](int64_t number) {
      return filling == Filling::kTwins || filling == Filling::kSpareTop ? OfTheSameStripe(number * 1'000) : number;
    };
    for (int64_t number = 10; number < 10 + count; ++number) {
      const int64_t key = key_of(number);
      const size_t various = key % 4 == 0 ? 9 : 40 + static_cast<size_t>(key % 5) * 8;
      values[key] = Text(filling == Filling::kTwins ? 40 : various, static_cast<char>('a' + number % 26));
      EXPECT_EQ(Put(region, key, values[key]), Code::kOk);
    }
    for (int64_t number = 10; number < 10 + count; ++number) {
      const bool goes = filling == Filling::kMixed       ? number % 3 == 1
                        : filling == Filling::kTwins     ? number % 2 == 0
                        : filling == Filling::kScattered ? number % 3 != 1
                                                         : false;
      if (goes) {
        EXPECT_TRUE(region.Remove(key_of(number), kTestTimeoutMs).ok());
        values.erase(key_of(number));
      }
    }
    if (filling == Filling::kSwapping) {
      EXPECT_EQ(Put(region, kTouched, *GetParam().before), Code::kOk);
    }
    if (filling == Filling::kTwins || filling == Filling::kSpareTop) {
      const int64_t last_freed = key_of(filling == Filling::kTwins ? 13 : 9 + count);
      EXPECT_TRUE(region.Remove(last_freed, kTestTimeoutMs).ok());
      values.erase(last_freed);
    }
    return values;
  }

  bool Operate(Region& region) {
    if (!GetParam().after) return region.Remove(kTouched, kTestTimeoutMs).ok();
    const std::string& text = *GetParam().after;
    const size_t head = text.size() / 3;  // As PHP's strings come: a head made on the spot, and the rest.
    const ValueBytes value = {text.data(), head, text.data() + head, text.size() - head};
    return region.Put(kTouched, value, kTestTimeoutMs).code() == (GetParam().is_refused ? Code::kNoRoom : Code::kOk);
  }

  /// For two versions of a value.
  bool LeavesRoom() const { return GetParam().filling != Filling::kSmallGaps; }

  bool Compacts() const { return GetParam().filling >= Filling::kScattered && !GetParam().is_refused; }

  bool IsOldOrNew(const std::optional<std::string>& touched) const {
    return touched == GetParam().before || (touched == GetParam().after && !GetParam().is_refused);
  }

  /// Who may only read cannot repair, and reads around the dead writer all the same. Returns the touched value.
  std::optional<std::string> ExpectReadableWithoutRepair(Region& region, const Values& others) {
    Region reader = RegionTestPeer::ReadOnly(region);
    Peeked peeked;
    EXPECT_EQ(reader.Peek(12'345, kPromptMs, &peeked).code(), Code::kNotFound);
    for (const auto& [key, value] : others) {
      EXPECT_EQ(Get(reader, key), value) << "read-only, key " << key;
    }
    const std::optional<std::string> touched = Get(reader, kTouched);
    EXPECT_TRUE(IsOldOrNew(touched)) << touched.value_or("(none)");
    return touched;
  }

  void ExpectWhole(Region& region, const Values& others, uint64_t fresh_bytes) {
    const auto put_again = [&](const auto& other) {
      const Code code = region.Put(other.first, other.second.data(), other.second.size(), kPromptMs).code();
      EXPECT_TRUE(code == Code::kOk || (code == Code::kNoRoom && !LeavesRoom())) << "key " << other.first;
    };
    // The first operations after the kill do not wait for the dead: those that want a stripe only, and the others. All
    // values are looked at once one of them has repaired, and before another is put in the place of one that was lost.
    put_again(*others.rbegin());
    for (const auto& [key, value] : others) EXPECT_EQ(Get(region, key), value) << "key " << key;
    for (const auto& other : others) put_again(other);
    EXPECT_TRUE(region.Put(99, "x", 1, kPromptMs).ok());
    const std::optional<std::string> touched = Get(region, kTouched);
    EXPECT_TRUE(IsOldOrNew(touched)) << touched.value_or("(none)");
    for (const auto& [key, value] : others) EXPECT_EQ(Get(region, key), value) << "key " << key;
    EXPECT_TRUE(region.Remove(99, kTestTimeoutMs).ok());
    for (const auto& [key, value] : others) EXPECT_TRUE(region.Remove(key, kTestTimeoutMs).ok());
    if (touched) {
      EXPECT_TRUE(region.Remove(kTouched, kTestTimeoutMs).ok());
    }
    EXPECT_EQ(FreeBytes(region), fresh_bytes);
    // What is free on paper can be had.
    EXPECT_EQ(Put(region, 5, std::string(Size(), 'f')), Code::kOk);
  }
};

TEST_P(KillTest, AtEveryStore) {
  int point = 1;
  for (;; ++point) {
    SCOPED_TRACE(point);
    TestRegion region(Size());
    const uint64_t fresh_bytes = FreeBytes(*region);
    const Values others = Fill(*region);
    const ChildEnd end = RunAndKillAtPoint(point, [&] { return Operate(*region); });
    ASSERT_NE(end, ChildEnd::kFailed);
    if (end == ChildEnd::kKilled) ++kills;
    // A block on the move lies in two places, and only a repair puts it together.
    if (!Compacts()) {
      const std::optional<std::string> seen = ExpectReadableWithoutRepair(*region, others);
      // A repair takes nothing back that somebody may have seen.
      EXPECT_TRUE(region->Put(99, "x", 1, kPromptMs).ok());
      EXPECT_EQ(Get(*region, kTouched), seen);
    }
    ExpectWhole(*region, others, fresh_bytes);
    if (end == ChildEnd::kFinished || HasFailure()) break;
  }
  // Fewer stores than this, and the operation was not the one that is meant.
  EXPECT_GT(point, Compacts() ? 250 : GetParam().is_refused ? 2 : 8);
}

TEST_P(KillTest, AndAgainAtEveryStoreOfTheRepair) {
  int tries = 0;
  bool finished = false;
  const int step = Compacts() ? 29 : 3;
  for (int point = 1; !finished && !HasFailure(); point += step) {
    bool repaired = false;
    for (int repair_point = 1; !repaired && !HasFailure(); repair_point += 5) {
      SCOPED_TRACE(std::to_string(point) + ", then " + std::to_string(repair_point));
      TestRegion region(Size());
      const uint64_t fresh_bytes = FreeBytes(*region);
      const Values others = Fill(*region);
      const ChildEnd end = RunAndKillAtPoint(point, [&] { return Operate(*region); });
      ASSERT_NE(end, ChildEnd::kFailed);
      finished = end == ChildEnd::kFinished;
      const ChildEnd second = RunAndKillAtPoint(repair_point, [&] {
        return Put(*region, kBeside, "y") == Code::kOk && region->Remove(kBeside, kTestTimeoutMs).ok();
      });
      ASSERT_NE(second, ChildEnd::kFailed);
      repaired = second == ChildEnd::kFinished;
      if (!Compacts() && second == ChildEnd::kKilled) (void)ExpectReadableWithoutRepair(*region, others);
      (void)region->Remove(kBeside, kPromptMs);
      ++tries;
      if (end == ChildEnd::kKilled && !repaired) ++repair_kills;
      ExpectWhole(*region, others, fresh_bytes);
    }
  }
  EXPECT_GT(tries, GetParam().is_refused ? 0 : 20);
}

INSTANTIATE_TEST_SUITE_P(Operations, KillTest, ::testing::ValuesIn(kOperations),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(KillTest, RecordsItsPoints) {
  // In this process, with nobody killed: what an operation stores. And what the repair behind each of its points
  // stores.
  {
    TestRegion region(Size());
    fault_hook = RecordPoint;
    (void)Fill(*region);
    EXPECT_TRUE(Operate(*region));
    fault_hook = nullptr;
  }
  int point = 1;
  for (ChildEnd end = ChildEnd::kKilled; end == ChildEnd::kKilled; ++point) {
    TestRegion region(Size());
    (void)Fill(*region);
    end = RunAndKillAtPoint(point, [&] { return Operate(*region); });
    fault_hook = RecordPoint;
    EXPECT_EQ(Put(*region, kBeside, "y"), Code::kOk);
    EXPECT_TRUE(Operate(*region) || !GetParam().after || !LeavesRoom());
    fault_hook = nullptr;
  }
  EXPECT_GT(point, 2);
}

TEST(KillWhileCreatingTest, TheNextOneFinishesTheRegion) {
  int point = 1;
  for (;; ++point) {
    SCOPED_TRACE(point);
    const int32_t key = FreshKey();
    const ChildEnd end = RunAndKillAtPoint(point, [&] {
      Region region;
      return Region::Attach(key, kSize, 0644, kTestTimeoutMs, &region).ok();
    });
    Region region;
    ASSERT_TRUE(Region::Attach(key, 40, 0644, kPromptMs, &region).ok());
    EXPECT_EQ(Put(region, 1, std::string(kSize, 'v')), Code::kOk);
    EXPECT_EQ(Get(region, 1), std::string(kSize, 'v'));
    shmid_ds info;
    ASSERT_EQ(shmctl(region.segment_id(), IPC_STAT, &info), 0);
    EXPECT_EQ(info.shm_perm.mode & 0777, 0644);
    EXPECT_TRUE(region.RemoveSegment().ok());
    region.Detach();
    ASSERT_NE(end, ChildEnd::kFailed);
    if (end == ChildEnd::kFinished || HasFailure()) break;
  }
  EXPECT_GT(point, 10);
  std::cout << "figure: " << point - 1 << " kills while a region was made\n";
}

/// With a parameter only because such suites run after one another: the one above has met its points by then.
class KillPointsTest : public ::testing::TestWithParam<int> {};

TEST_P(KillPointsTest, EveryStoreOfTheCoreIsOneThatSomeOperationMeets) {
  fault_hook = RecordPoint;
  { TestRegion region(kSize); }
  fault_hook = nullptr;
  const std::set<std::string> stores = StoresOf("region");
  EXPECT_GT(stores.size(), 60U);
  for (const std::string& store : stores) {
    // A new mutation without an operation in kOperations that meets it.
    EXPECT_TRUE(met_points.count(store) == 1) << "no kill test meets " << store;
  }
  std::cout << "figure: " << stores.size() << " kill points in the core's sources, " << std::size(kOperations)
            << " operations, " << kills << " kills, " << repair_kills << " second kills in the repair\n";
}

INSTANTIATE_TEST_SUITE_P(AfterAllOperations, KillPointsTest, ::testing::Values(0));

}  // namespace
}  // namespace shmpack
