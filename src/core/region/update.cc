// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/update.h"

#include "core/base/short_bytes.h"
#include "core/region/compact.h"
#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/overwrite.h"
#include "core/region/rebuild.h"
#include "core/region/region_status.h"
#include "core/region/stripe.h"

namespace shmpack {

namespace {

void AddTo(SharedU32& word, int64_t amount) noexcept {
  Store(word, static_cast<uint32_t>(static_cast<int64_t>(Load(word)) + amount));
}

/// An entry for a new key: a free one, or one more. kNoEntry with *status telling why.
uint32_t TakeEntryLocked(RegionView view, uint32_t* entry_count, Status* status) noexcept {
  uint32_t index = PopFreeEntryLocked(view, *entry_count);
  if (index != kNoEntry) return index;
  if (*entry_count == view.max_entries() ||
      view.entries_begin(*entry_count + 1) < Load(view.header().writer.heap_end)) {
    *status = Status(Code::kNoRoom);
    return kNoEntry;
  }
  BeginStructureLocked(view);
  const bool split = AppendEntryLocked(view, *entry_count);
  EndStructureLocked(view);
  if (split) {
    ++*entry_count;
    index = PopFreeEntryLocked(view, *entry_count);
  }
  if (index == kNoEntry) *status = IndexCorrupt();
  return index;
}

/// What a live entry owned before its value was replaced or removed.
struct OldValue {
  Offset block = Offset::kNone;
  uint64_t length = 0;
};

[[gnu::always_inline]] inline OldValue OldValueOf(RegionView view, uint32_t index) noexcept {
  const ValueWords words = LoadValueWords(view, index);
  if (!view.HoldsInHeap(words)) return {};
  return {Offset{words.offset()}, words.length()};
}

/// Computes what is derived anew, after a committed operation met damage. The operation has done what was asked, so it
/// does not fail. kDamaged: this failed; the words are half computed, and to go on with them would damage other values.
Left MendAfterCommitLocked(RegionView view, uint32_t entry_count) noexcept {
  Deadline brief(kBriefMs);
  const bool mended = AwaitAllStripesLocked(view, brief).ok() && RebuildLocked(view, entry_count).ok();
  return mended ? Left::kWhole : Left::kDamaged;
}

/// What a value takes of the heap: units, and bytes that count against the quota.
struct Taken {
  uint32_t units = 0;
  uint64_t charge = 0;
};

/// Ends a committed change: frees the old value's block, if there is one, and counts what was taken instead.
[[gnu::always_inline]] inline Left SettleLocked(RegionView view, uint32_t stripe, const Taken& taken,
                                                const OldValue& old, uint32_t entry_count) noexcept {
  WriterShm& writer = view.header().writer;
  Taken given;
  if (old.block != Offset::kNone) {
    if (!FreeLocked(view, stripe, old.block, &given.units)) return MendAfterCommitLocked(view, entry_count);
    given.charge = ChargedBytes(old.length);
  }
  if (taken.units != given.units) AddTo(writer.live_units, int64_t{taken.units} - given.units);
  if (taken.charge != given.charge) {
    Store(writer.data_bytes, Load(writer.data_bytes) + taken.charge - given.charge);
  }
  return Left::kWhole;
}

/// Makes free entry `index` the variable `key`. A kill before the commit leaves it free; a repair links what has a
/// version.
[[gnu::always_inline]] inline void AddVariableLocked(RegionView view, int64_t key, uint32_t stripe, uint32_t index,
                                                     const ValueWords& words, uint32_t entry_count) noexcept {
  EntryShm& entry = view.entry(index);
  BeginStructureLocked(view);
  Store(entry.key, static_cast<uint64_t>(key));
  StoreValueWords(view, index, words);
  Store(entry.version, NextVersionInStripe(view, stripe));  // The commit.
  LinkLocked(view, entry_count, index);
  EndStructureLocked(view);
  AddTo(view.header().writer.live_entries, 1);
}

/// Puts a value where there is room for it in one piece. kNoRoom: nowhere, and nothing has changed that counts. `index`
/// is the entry of `old`; kNoEntry: the variable is new.
[[gnu::always_inline]] inline Status PlaceLocked(RegionView view, int64_t key, const ValueBytes& value, uint32_t index,
                                                 const OldValue& old, uint32_t entry_count, Left* left) noexcept {
  const uint64_t size = value.bytes();
  const bool is_new = index == kNoEntry;
  if (is_new) {
    Status status;
    index = TakeEntryLocked(view, &entry_count, &status);
    if (!status.ok()) return status;
  }
  const uint32_t stripe = StripeOf(view, key);
  ValueWords words;
  Taken taken;
  if (size > kInlineBytes) {
    taken = {BlockUnits(size), ChargedBytes(size)};
    const Offset block = AllocateLocked(view, stripe, &taken.units, index + 1, view.entries_begin(entry_count));
    if (block == Offset::kNone) {
      if (is_new) PushFreeEntryLocked(view, index);
      return Status(Code::kNoRoom);
    }
    FillBlock(view, static_cast<uint32_t>(block), value);
    words = ValueWords::InHeap(block, size);
  } else {
    words = ValueWords::InEntry(ToShort(value));
  }
  if (is_new) {
    AddVariableLocked(view, key, stripe, index, words, entry_count);
  } else {
    OverwriteInStripe(view, stripe, index, LoadValueWords(view, index), words);
  }
  *left = SettleLocked(view, stripe, taken, old, entry_count);
  return {};
}

/// Frees the spare blocks of all stripes that are free, or soon are. A stripe whose holder does not let go keeps its
/// one. kCorrupt.
Status FreeSparesOfAllStripesLocked(RegionView view, Deadline& deadline) noexcept {
  Deadline brief(kBriefMs, deadline);
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    // Not waited for: no holder of a stripe makes a spare block where there was none.
    if (Load(view.header().stripes[stripe].spare_block) == 0) continue;
    const Status free = AwaitStripeLocked(view, stripe, brief);
    if (free.code() == Code::kTimeout) continue;
    if (!free.ok()) return free;
    if (!FreeSpareBlockLocked(view, stripe)) return HeapCorrupt();
  }
  return {};
}

/// Where a put goes: the variable's entry, if there is one, and what it owns.
struct Target {
  uint32_t entry_count = 0;
  uint32_t index = kNoEntry;  // kNoEntry: the variable is new.
  OldValue old;
};

[[gnu::always_inline]] inline Status FindTargetLocked(RegionView view, int64_t key, Target* target) noexcept {
  target->entry_count = view.LoadEntryCount();
  if (target->entry_count == kNoEntry) return EntryCountCorrupt();
  const Found found = FindEntry(view, key, target->entry_count, &target->index);
  if (found == Found::kCorrupt) return IndexCorrupt();
  if (found == Found::kYes) target->old = OldValueOf(view, target->index);
  return {};
}

[[gnu::always_inline]] inline bool ExceedsQuota(RegionView view, const OldValue& old, uint64_t size) noexcept {
  if (size <= kInlineBytes) return false;
  const uint64_t data_bytes = Load(view.header().writer.data_bytes);
  return size > view.bytes() ||
         data_bytes - ChargedBytes(old.length) + ChargedBytes(size) > Load(view.header().quota_bytes);
}

[[gnu::always_inline]] inline bool CountersAreCorrupt(RegionView view, uint32_t stripe) noexcept {
  const HeaderShm& header = view.header();
  return Load(header.stripes[stripe].last_version) >= kLastVersion || Load(header.writer.data_bytes) > view.bytes();
}

/// Compacts if that makes room for `value`. kNoRoom: it would not.
Status CompactForLocked(RegionView view, const ValueBytes& value, bool is_new, Deadline& deadline) noexcept {
  const uint32_t units = value.bytes() > kInlineBytes ? BlockUnits(value.bytes()) : 0;
  return FitsCompactedLocked(view, is_new ? 1 : 0, units) ? CompactLocked(view, deadline) : Status(Code::kNoRoom);
}

}  // namespace

Status PutLocked(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline, Left* left) noexcept {
  // Room is made once by each means: hostile bytes could make either look worth it for ever.
  for (int tries = 0;; ++tries) {
    if (CountersAreCorrupt(view, StripeOf(view, key))) return CountersCorrupt();
    Target target;
    Status status = FindTargetLocked(view, key, &target);
    if (!status.ok()) return status;
    if (ExceedsQuota(view, target.old, value.bytes())) return Status(Code::kNoRoom);
    status = PlaceLocked(view, key, value, target.index, target.old, target.entry_count, left);
    if (status.code() != Code::kNoRoom || tries == 2) return status;
    status = tries == 0 ? FreeSparesOfAllStripesLocked(view, deadline)
                        : CompactForLocked(view, value, target.index == kNoEntry, deadline);
    if (!status.ok()) return status;
  }
}

Status RemoveLocked(RegionView view, int64_t key, Left* left) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return EntryCountCorrupt();
  uint32_t index = 0;
  const Found found = FindEntry(view, key, entry_count, &index);
  if (found != Found::kYes) return found == Found::kNo ? Status(Code::kNotFound) : IndexCorrupt();
  const OldValue old = OldValueOf(view, index);
  BeginStructureLocked(view);
  Store(view.entry(index).version, uint64_t{0});  // The commit.
  const bool unlinked = UnlinkLocked(view, entry_count, index);
  if (unlinked) PushFreeEntryLocked(view, index);
  EndStructureLocked(view);
  if (unlinked) {
    AddTo(view.header().writer.live_entries, -1);
    *left = SettleLocked(view, StripeOf(view, key), {}, old, entry_count);
  } else {
    *left = MendAfterCommitLocked(view, entry_count);
  }
  return {};
}

}  // namespace shmpack
