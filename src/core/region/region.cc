// SPDX-License-Identifier: BSD-3-Clause
//
// The operations on a region's variables.

#include "shmpack/region.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/region/compact.h"
#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/overwrite.h"
#include "core/region/peek.h"
#include "core/region/region_lock.h"
#include "core/region/region_view.h"
#include "core/region/repair.h"
#include "core/region/stripe.h"
#include "port/clock.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr int kLockFreeTries = 64;
constexpr int kTriesBeforeYield = 16;

Status EntryCountCorrupt() noexcept { return Status(Code::kCorrupt, "its entry count exceeds the region"); }
Status ChainCorrupt() noexcept { return Status(Code::kCorrupt, "its index leads nowhere"); }
Status ValueCorrupt() noexcept { return Status(Code::kCorrupt, "a value lies outside of it"); }

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
  if (!split) {
    *status = ChainCorrupt();
    return kNoEntry;
  }
  ++*entry_count;
  return PopFreeEntryLocked(view, *entry_count);
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

/// Up to 8 bytes as the word whose memory they would be. In registers: what was just written in other pieces than it is
/// read costs a stall each time.
[[gnu::always_inline]] inline uint64_t WordOf(const uint8_t* from, uint64_t bytes) noexcept {
  if (bytes >= 4 && bytes < 8) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + bytes - sizeof last, sizeof last);
    return first | uint64_t{last} << (8 * (bytes - sizeof last));
  }
  uint64_t word = 0;
  if (bytes == 8) {
    std::memcpy(&word, from, sizeof word);
  } else {
    for (uint64_t i = 0; i < bytes; ++i) word |= uint64_t{from[i]} << (8 * i);
  }
  return word;
}

/// REQUIRES: at most kInlineBytes.
ShortBytes ToShort(const ValueBytes& value) noexcept {
  ShortBytes bytes;
  bytes.count = static_cast<uint32_t>(value.bytes());
  if (std::endian::native == std::endian::little && value.body_bytes == 0) {
    const auto* const head = static_cast<const uint8_t*>(value.head);
    const uint64_t low = value.head_bytes < 8 ? value.head_bytes : 8;
    bytes.words[0] = WordOf(head, low);
    bytes.words[1] = WordOf(head + low, value.head_bytes - low);
    return bytes;
  }
  auto* const to = reinterpret_cast<uint8_t*>(bytes.words);
  if (value.head_bytes != 0) std::memcpy(to, value.head, value.head_bytes);
  if (value.body_bytes != 0) std::memcpy(to + value.head_bytes, value.body, value.body_bytes);
  return bytes;
}

/// Computes anew what is derived, after an operation that has committed met damage. It has done what was asked, so it
/// does not fail; but if this cannot be mended, the next holder of the lock has to try a repair, and says so: the words
/// are half computed, and to go on with them would damage other values. False: that is so.
bool MendAfterCommitLocked(RegionView view, uint32_t entry_count) noexcept {
  Deadline brief(kBriefMs);
  return AwaitAllStripesLocked(view, brief).ok() && RebuildLocked(view, entry_count).ok();
}

/// What a value takes of the heap: units, and bytes that count against the quota.
struct Taken {
  uint32_t units = 0;
  uint64_t charge = 0;
};

/// Ends a committed change: frees the old value's block, if there is one, and counts what was taken instead.
[[gnu::always_inline]] inline bool SettleLocked(RegionView view, uint32_t stripe, const Taken& taken,
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
  return true;
}

/// Puts a value where there is room for it in one piece; kNoRoom where there is none, with nothing changed that counts.
/// `index` is the entry of `old`; kNoEntry: the variable is new.
[[gnu::always_inline]] inline Status PlaceLocked(RegionView view, int64_t key, const ValueBytes& value, uint32_t index,
                                                 const OldValue& old, uint32_t entry_count, bool* whole) noexcept {
  const uint64_t size = value.bytes();
  const bool is_new = index == kNoEntry;
  if (is_new) {
    Status status;
    index = TakeEntryLocked(view, &entry_count, &status);
    if (!status.ok()) return status;
    if (index == kNoEntry) return ChainCorrupt();
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
  if (!is_new) {
    OverwriteLocked(view, stripe, index, LoadValueWords(view, index), words);
    *whole = SettleLocked(view, stripe, taken, old, entry_count);
    return {};
  }
  EntryShm& entry = view.entry(index);
  BeginStructureLocked(view);
  Store(entry.key, static_cast<uint64_t>(key));
  StoreValueWords(view, index, words);
  Store(entry.version, NextVersionLocked(view, stripe));  // The commit: a repair links what has a version.
  LinkLocked(view, entry_count, index);
  EndStructureLocked(view);
  AddTo(view.header().writer.live_entries, 1);
  *whole = SettleLocked(view, stripe, taken, old, entry_count);
  return {};
}

/// Gives the spare blocks back of all stripes that are free, or soon are: who does not let go of one keeps that one
/// block. kCorrupt.
Status JoinSparesLocked(RegionView view, Deadline& deadline) noexcept {
  Deadline brief(kBriefMs, deadline);
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    // Not waited for: no holder of a stripe makes a spare block where there was none.
    if (Load(view.header().stripes[stripe].spare_block) == 0) continue;
    const Status free = AwaitStripeLocked(view, stripe, brief);
    if (free.code() == Code::kTimeout) continue;
    if (!free.ok()) return free;
    if (!JoinSpareLocked(view, stripe)) return Status(Code::kCorrupt, "its heap contradicts itself");
  }
  return {};
}

Status PutLocked(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline, bool* whole) noexcept {
  const WriterShm& writer = view.header().writer;
  const uint64_t size = value.bytes();
  bool joined = false;  // Once each: hostile bytes could make either look worth it for ever.
  bool compacted = false;
  for (;;) {
    const uint32_t entry_count = view.LoadEntryCount();
    if (entry_count == kNoEntry) return EntryCountCorrupt();
    const StripeShm& stripe = view.header().stripes[StripeOf(view, key)];
    if (Load(stripe.last_version) >= kLastVersion || Load(writer.data_bytes) > view.bytes()) {
      return Status(Code::kCorrupt, "its counters cannot be");
    }
    uint32_t index = kNoEntry;
    const Found found = FindEntry(view, key, entry_count, &index);
    if (found == Found::kCorrupt) return ChainCorrupt();
    const OldValue old = found == Found::kYes ? OldValueOf(view, index) : OldValue{};
    if (size > kInlineBytes) {
      const uint64_t quota = Load(view.header().quota_bytes);
      if (size > view.bytes() || Load(writer.data_bytes) - ChargedBytes(old.length) + ChargedBytes(size) > quota) {
        return Status(Code::kNoRoom);
      }
    }
    const Status status = PlaceLocked(view, key, value, index, old, entry_count, whole);
    if (status.code() != Code::kNoRoom) return status;
    if (!joined) {
      joined = true;
      const Status spares = JoinSparesLocked(view, deadline);
      if (!spares.ok()) return spares;
      continue;
    }
    if (compacted) return status;
    compacted = true;
    const uint32_t units = size > kInlineBytes ? BlockUnits(size) : 0;
    if (!FitsCompactedLocked(view, index == kNoEntry ? 1 : 0, units)) return status;
    const Status compact = CompactLocked(view, deadline);
    if (!compact.ok()) return compact;
  }
}

Status RemoveLocked(RegionView view, int64_t key, bool* whole) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return EntryCountCorrupt();
  uint32_t index = 0;
  const Found found = FindEntry(view, key, entry_count, &index);
  if (found != Found::kYes) return found == Found::kNo ? Status(Code::kNotFound) : ChainCorrupt();
  const OldValue old = OldValueOf(view, index);
  BeginStructureLocked(view);
  Store(view.entry(index).version, uint64_t{0});  // The commit.
  const bool unlinked = UnlinkLocked(view, entry_count, index);
  if (unlinked) PushFreeEntryLocked(view, index);
  EndStructureLocked(view);
  if (unlinked) {
    AddTo(view.header().writer.live_entries, -1);
    *whole = SettleLocked(view, StripeOf(view, key), {}, old, entry_count);
  } else {
    *whole = MendAfterCommitLocked(view, entry_count);
  }
  return {};
}

}  // namespace

Status Region::Put(int64_t key, const ValueBytes& value, uint32_t timeout_ms) noexcept {
  if (value.bytes() <= kInlineBytes) return Put(key, ToShort(value), timeout_ms);
  if (read_only_) return Status(Code::kReadOnly);
  if (value.bytes() > kMaxValueBytes) return Status(Code::kTooLarge, "a variable takes at most 4294967295 bytes");
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  return ReplaceInBlock(RegionView(*this), key, value, deadline) ? Status() : PutAnywhere(key, value, deadline);
}

Status Region::Put(int64_t key, const ShortBytes& value, uint32_t timeout_ms) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  if (ReplaceInEntry(RegionView(*this), key, ValueWords::InEntry(value), deadline)) return {};
  return PutAnywhere(key, {value.words, value.count}, deadline);
}

Status Region::PutAnywhere(int64_t key, const ValueBytes& value, Deadline& deadline) noexcept {
  const RegionView view(*this);
  for (;;) {
    Status status = LockKey(view, key, deadline);
    if (!status.ok()) return status;
    bool whole = true;
    status = PutLocked(view, key, value, deadline, &whole);
    UnlockRegion(view, whole ? status : ChainCorrupt());
    if (status.code() != Code::kChanged) return status;
    // It has to be compacted, and somebody does not let go of a stripe.
    status = AwaitAllStripesUnlocked(view, deadline);
    if (!status.ok()) return status;
  }
}

Status Region::Remove(int64_t key, uint32_t timeout_ms) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  bool whole = true;
  status = RemoveLocked(view, key, &whole);
  UnlockRegion(view, whole ? status : ChainCorrupt());
  return status;
}

Status Region::Peek(int64_t key, uint32_t timeout_ms, Peeked* out) noexcept {
  const RegionView view(*this);
  const Status intact = CheckIntact(view.header());
  if (!intact.ok()) return intact;
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  for (int tries = 0; tries < kLockFreeTries; ++tries) {
    const Status status = PeekLockFree(view, key, out);
    // What looks damaged is looked at again under the lock, so that the next writer repairs what can be.
    if (status.code() == Code::kCorrupt) break;
    if (status.code() != Code::kChanged) return status;
    if (tries >= kTriesBeforeYield) YieldProcessor();
  }
  if (read_only_) return PeekWithoutLock(view, key, deadline, out);
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  status = PeekLocked(view, key, out);
  UnlockRegion(view, status);
  return status;
}

Status Region::PeekAt(uint32_t entry, int64_t key, Peeked* out) noexcept {
  const RegionView view(*this);
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry || entry >= entry_count || !HeaderIsIntact(view.header())) return Status(Code::kChanged);
  return PeekEntry(view, entry, key, out);
}

Status Region::Copy(const Peeked& peeked, uint64_t skip, void* out) noexcept {
  if (skip >= peeked.length) return {};
  if (peeked.block == Offset::kNone) {
    std::memcpy(out, peeked.head + skip, peeked.length - skip);
    return {};
  }
  const RegionView view(*this);
  const auto offset = static_cast<uint32_t>(peeked.block);
  if (peeked.entry >= view.max_entries() || !view.ValueInBounds(offset, peeked.length)) return ValueCorrupt();
  CopyOut(out, view.at(offset) + sizeof(BlockShm) + skip, peeked.length - skip);
  if (!IsUnchanged(view, peeked.entry, peeked.version)) return Status(Code::kChanged);
  return CheckIntact(view.header());
}

Status Region::ReadLocked(int64_t key, uint32_t timeout_ms, void* out, uint64_t capacity, Peeked* peeked) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  status = PeekLocked(view, key, peeked);
  if (status.ok()) status = peeked->length > capacity ? Status(Code::kTooSmall) : Copy(*peeked, 0, out);
  UnlockRegion(view, status);
  return status;
}

Status Region::Stats(uint32_t timeout_ms, RegionStats* out) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockRegion(view, deadline);
  if (!status.ok()) return status;
  *out = StatsNow();
  UnlockRegion(view, status);
  return status;
}

RegionStats Region::StatsNow() const noexcept {
  const RegionView view(*this);
  const WriterShm& writer = view.header().writer;
  const uint64_t entries = Load(writer.live_entries);
  const uint64_t used = sizeof(HeaderShm) + EntryBytes(entries) + uint64_t{Load(writer.live_units)} * kUnitBytes;
  return {bytes_, entries, Load(writer.data_bytes), bytes_ - std::min(used, bytes_), Load(view.header().quota_bytes)};
}

RegionRoom Region::Room(int64_t key, uint64_t size) const noexcept {
  const RegionView view(*this);
  const RegionStats stats = StatsNow();
  Peeked old;
  const bool replaces = PeekLockFree(view, key, &old).ok();
  const uint64_t old_charge = !replaces || old.length <= kInlineBytes ? 0 : ChargedBytes(old.length);
  const uint64_t taken = stats.data_bytes - std::min(stats.data_bytes, old_charge);
  RegionRoom room = {};
  room.replaces = replaces;
  room.quota_bytes = stats.quota_bytes;
  room.free_quota = stats.quota_bytes - std::min(stats.quota_bytes, taken);
  room.total_bytes = bytes_;
  room.free_bytes = stats.free_bytes - std::min(stats.free_bytes, LeastGain(bytes_));
  if (size > kInlineBytes) {
    room.charge = ChargedBytes(size);
    room.bytes = (sizeof(BlockShm) + size + kUnitBytes - 1) / kUnitBytes * kUnitBytes;
  }
  if (!replaces) room.bytes += EntryBytes(stats.variables + 1) - EntryBytes(stats.variables);
  return room;
}

LockHolder Region::lock_holder() const noexcept {
  LockHolder holder = DescribeHolder(header_->lock);
  for (const StripeShm& stripe : header_->stripes) {
    if (holder.kind == LockHolder::Kind::kNobody) holder = DescribeHolder(stripe.lock);
  }
  return holder;
}

}  // namespace shmpack
