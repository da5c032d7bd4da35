// SPDX-License-Identifier: BSD-3-Clause
//
// Random puts and removes in small regions, and after each of them every word that can be computed from others is held
// to them: sizes and flags of blocks, bins, owners, spare blocks, free entries, chains, counters. The same with
// processes killed on the way, and killed again in the repair. Values are held to a std::map.

#include "core/region/heap.h"

#include <map>
#include <random>
#include <set>

#include "core/region/index.h"
#include "core/region/overwrite.h"
#include "core/region/stripe.h"
#include "fault_injection.h"
#include "test_region.h"

namespace shmpack {
namespace {

/// Holds everything in a region to everything else. The lock must be free and the region repaired.
class Checker {
 public:
  explicit Checker(const Region& region) : view_(region), header_(view_.header()) {}

  void Check() {
    entry_count_ = view_.LoadEntryCount();
    heap_end_ = header_.writer.heap_end;
    ASSERT_NE(entry_count_, kNoEntry);
    ASSERT_GE(heap_end_, view_.heap_begin());
    ASSERT_LE(heap_end_, view_.entries_begin(entry_count_));
    EXPECT_EQ(header_.lock.word, 0U);
    EXPECT_EQ(header_.move.armed | header_.move.entry_from, 0U);
    for (const StripeShm& stripe : header_.stripes) EXPECT_EQ(stripe.lock.word | stripe.undo.armed, 0U);
    EXPECT_EQ(header_.index.structure_sequence & 1, 0U);
    CheckEntries();
    CheckBlocks();
    CheckBins();
  }

 private:
  void CheckEntries() {
    std::set<uint32_t> free_entries;
    std::set<uint64_t> versions;
    uint64_t data_bytes = 0;
    for (uint32_t i = 0; i < entry_count_; ++i) {
      const EntryShm& entry = view_.entry(i);
      if (entry.version == 0) {
        free_entries.insert(i);
        continue;
      }
      EXPECT_EQ(entry.version & 1, 0U) << "entry " << i;
      EXPECT_LE(entry.version, header_.stripes[TestStripeOf(static_cast<int64_t>(entry.key.load()))].last_version);
      EXPECT_TRUE(versions.insert(entry.version).second) << "a version that two entries have";
      uint32_t found = kNoEntry;
      EXPECT_EQ(FindEntry(view_, static_cast<int64_t>(entry.key.load()), entry_count_, &found), Found::kYes);
      EXPECT_EQ(found, i) << "an entry that its chain does not lead to";
      const ValueWords words = LoadValueWords(view_, i);
      if (!words.in_heap()) continue;
      EXPECT_TRUE(block_of_entry_.emplace(words.offset(), i).second) << "a block that two entries own";
      data_bytes += ChargedBytes(words.length());
    }
    EXPECT_EQ(header_.writer.live_entries, versions.size());
    EXPECT_EQ(header_.writer.data_bytes, data_bytes);
    for (uint32_t link = header_.writer.free_entry; link != 0;) {
      ASSERT_EQ(free_entries.erase(link - 1), 1U) << "in the list of free entries, and not free, or twice";
      link = static_cast<uint32_t>(view_.entry(link - 1).payload);
    }
    EXPECT_TRUE(free_entries.empty()) << "a free entry in no list";
  }

  void CheckBlocks() {
    uint32_t live_units = 0;
    std::set<uint32_t> spares;
    for (const StripeShm& stripe : header_.stripes) {
      if (stripe.spare_block == 0) continue;
      EXPECT_TRUE(spares.insert(stripe.spare_block).second) << "spared twice";
    }
    bool previous_free = false;
    uint32_t offset = view_.heap_begin();
    while (offset < heap_end_) {
      SCOPED_TRACE("block at " + std::to_string(offset));
      const uint32_t size = BlockSizeLocked(view_, offset, heap_end_);
      ASSERT_GE(size, 3U);
      const uint32_t owner = view_.block(offset).owner;
      EXPECT_EQ((view_.block(offset).units & kPreviousFree) != 0, previous_free);
      EXPECT_FALSE(previous_free && owner == 0) << "free neighbours that were not joined";
      if (owner == 0) {
        EXPECT_EQ(*reinterpret_cast<uint32_t*>(view_.at(offset + size) - 4), size);
        free_blocks_[offset] = size;
      } else if (spares.erase(offset) == 0) {
        const auto entry = block_of_entry_.find(offset);
        ASSERT_TRUE(entry != block_of_entry_.end()) << "not free, and nobody's; entry " << owner - 1 << " had it last";
        EXPECT_TRUE(Suits(size, BlockUnits(LoadValueWords(view_, entry->second).length())));
        block_of_entry_.erase(entry);
        live_units += size;
      }
      previous_free = owner == 0;
      offset += size;
    }
    EXPECT_EQ(offset, heap_end_);
    EXPECT_FALSE(previous_free) << "a free block at the heap's end";
    EXPECT_TRUE(block_of_entry_.empty()) << "a value in a block that is not its entry's";
    EXPECT_TRUE(spares.empty()) << "a spare block that is none, or free";
    EXPECT_EQ(header_.writer.live_units, live_units);
  }

  void CheckBins() {
    for (uint32_t bin = 0; bin < kBinCount; ++bin) {
      if ((header_.bins.used[bin / 64] >> (bin % 64) & 1) == 0) continue;
      uint32_t previous = 0;
      uint32_t offset = header_.bins.head[bin];
      EXPECT_NE(offset, 0U);
      while (offset != 0) {
        const auto block = free_blocks_.find(offset);
        ASSERT_TRUE(block != free_blocks_.end()) << offset << " is in bin " << bin << ", and not free, or twice";
        EXPECT_EQ(BinOf(block->second), bin);
        free_blocks_.erase(block);
        const auto& links = *reinterpret_cast<FreeLinksShm*>(view_.at(offset) + sizeof(BlockShm));
        EXPECT_EQ(links.previous, previous);
        previous = offset;
        offset = links.next;
      }
    }
    EXPECT_TRUE(free_blocks_.empty()) << "a free block in no bin";
  }

  RegionView view_;
  HeaderShm& header_;
  uint32_t entry_count_ = 0;
  uint32_t heap_end_ = 0;
  std::map<uint64_t, uint32_t> block_of_entry_;  // Taken out as the heap is walked.
  std::map<uint32_t, uint32_t> free_blocks_;     // Size by offset; taken out as the bins are walked.
};

struct Step {
  int64_t key = 0;
  std::optional<std::string> value;  // Nothing: it is removed.
};

class HeapTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  Step MakeStep() {
    Step step;
    step.key = Pick(keys_);
    if (Pick(4) == 0) return step;
    // Few sizes at a time, so that the spare one fits now and then; at times one that needs much of what there is.
    const uint64_t size = Pick(8) == 0 ? Pick(most_) : Pick(3) == 0 ? Pick(20) : 17 + Pick(6) * 8 + Pick(2) * 40;
    step.value.emplace(size, static_cast<char>('a' + Pick(26)));
    return step;
  }

  Code Run(Region& region, const Step& step) {
    return step.value ? Put(region, step.key, *step.value) : region.Remove(step.key, kTestTimeoutMs).code();
  }

  /// Whether a put may be refused. In regions as small as these, only if it would not fit in compact form either.
  bool MayBeRefused(const Region& region, const Step& step) {
    const HeaderShm& header = RegionTestPeer::Header(region);
    const auto old = values_.find(step.key);
    const bool is_new = old == values_.end();
    const uint64_t size = step.value->size();
    if (size > kInlineBytes) {
      const uint64_t freed = is_new || old->second.size() <= kInlineBytes ? 0 : ChargedBytes(old->second.size());
      if (header.writer.data_bytes - freed + ChargedBytes(size) > header.quota_bytes) return true;
    }
    const uint64_t entries = header.writer.live_entries + (is_new ? 1 : 0);
    const uint64_t units = header.writer.live_units + (size > kInlineBytes ? BlockUnits(size) : 0);
    return sizeof(HeaderShm) + EntryBytes(entries) + units * kUnitBytes >
           RegionTestPeer::Header(region).decoy.total_bytes;
  }

  void Apply(const Step& step) {
    if (step.value) {
      values_[step.key] = *step.value;
    } else {
      values_.erase(step.key);
    }
  }

  std::optional<std::string> ValueOf(int64_t key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

  void ExpectValues(Region& region) {
    for (const auto& [key, value] : values_) ASSERT_EQ(Get(region, key), value) << "key " << key;
  }

  /// All room is there again, and can be had.
  void Empty(Region& region) {
    for (const auto& [key, value] : values_) ASSERT_TRUE(region.Remove(key, kTestTimeoutMs).ok());
    values_.clear();
    EXPECT_EQ(FreeBytes(region), RegionTestPeer::Header(region).decoy.total_bytes - sizeof(HeaderShm));
    const uint64_t quota = RegionTestPeer::Header(region).quota_bytes;
    ASSERT_EQ(Put(region, 1, std::string(quota, 'f')), Code::kOk);
    ASSERT_TRUE(region.Remove(1, kTestTimeoutMs).ok());
    Checker(region).Check();
  }

  uint64_t Pick(uint64_t below) { return random_() % below; }

  std::mt19937_64 random_{GetParam()};
  uint64_t keys_ = 0;
  uint64_t most_ = 0;
  std::map<int64_t, std::string> values_;
};

TEST_P(HeapTest, EachOperationLeavesAllDerivedWordsRight) {
  for (int round = 0; round < 12 && !HasFatalFailure(); ++round) {
    const uint64_t size = 200 + Pick(4'000);
    TestRegion region(size);
    keys_ = 3 + Pick(60);
    most_ = size + size / 2;
    for (int i = 0; i < 700; ++i) {
      const Step step = MakeStep();
      SCOPED_TRACE("round " + std::to_string(round) + ", step " + std::to_string(i));
      const bool may_be_refused = step.value && MayBeRefused(*region, step);
      const Code code = Run(*region, step);
      if (step.value) {
        EXPECT_EQ(code, may_be_refused ? Code::kNoRoom : Code::kOk);
      } else {
        EXPECT_EQ(code, ValueOf(step.key) ? Code::kOk : Code::kNotFound);
      }
      if (code == Code::kOk) Apply(step);
      Checker(*region).Check();
      ASSERT_EQ(Get(*region, step.key), ValueOf(step.key));
      if (i % 16 == 0) ExpectValues(*region);
      if (HasFailure()) return;
    }
    ExpectValues(*region);
    Empty(*region);
  }
}

TEST_P(HeapTest, SoDoesARepairBehindAKill) {
  int kills = 0;
  for (int round = 0; round < 6; ++round) {
    const uint64_t size = 200 + Pick(2'000);
    TestRegion region(size);
    keys_ = 3 + Pick(30);
    most_ = size + size / 2;
    for (int i = 0; i < 240; ++i) {
      const Step step = MakeStep();
      SCOPED_TRACE("round " + std::to_string(round) + ", step " + std::to_string(i));
      if (i % 3 != 0) {  // Whole, so that there is something to damage.
        if (Run(*region, step) == Code::kOk) Apply(step);
        continue;
      }
      const std::optional<std::string> old = ValueOf(step.key);
      const auto point = static_cast<int>(1 + Pick(Pick(4) == 0 ? 400 : 40));
      const ChildEnd end = RunAndKillAtPoint(point, [&] { return (void)Run(*region, step), true; });
      ASSERT_NE(end, ChildEnd::kFailed);
      // Takes the region's lock, waits for the key's stripe, so repairs both; and does nothing else.
      const auto repair = [&] {
        Peeked peeked;
        const Code code = region->ReadLocked(step.key, kTestTimeoutMs, nullptr, 0, &peeked).code();
        return code == Code::kOk || code == Code::kTooSmall || code == Code::kNotFound;
      };
      for (uint64_t again = end == ChildEnd::kKilled ? Pick(3) : 0; again > 0; --again) {
        const auto repair_point = static_cast<int>(1 + Pick(150));
        (void)RunAndKillAtPoint(repair_point, repair);
      }
      if (end == ChildEnd::kKilled) ++kills;
      ASSERT_TRUE(repair());
      Checker(*region).Check();
      const std::optional<std::string> now = Get(*region, step.key);
      ASSERT_TRUE(now == old || now == step.value);
      if (now != old) Apply(step);
      ExpectValues(*region);
      if (HasFailure()) return;
    }
    Empty(*region);
  }
  EXPECT_GT(kills, 50);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HeapTest, ::testing::Range(1U, 5U));

}  // namespace
}  // namespace shmpack
