// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/read.h"

#include <cstring>

#include "core/region/index.h"
#include "core/region/overwrite.h"
#include "core/region/region_header.h"
#include "core/region/region_status.h"
#include "core/region/stripe.h"
#include "port/clock.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

/// How many entries are looked at before the clock is: some microseconds.
constexpr uint32_t kEntriesBetweenClocks = 4096;

/// What an entry's words say of its value. In registers: to gather it in memory and to copy it from there, in larger
/// pieces than it was stored, would cost more than all the rest.
struct Described {
  bool in_bounds;
  uint64_t length;
  Offset block;
  uint64_t head[2];
};

[[gnu::always_inline]] inline Described Describe(RegionView view, const ValueWords& words) noexcept {
  if (!words.in_heap()) {
    return {words.fits_entry(), words.inline_bytes(), Offset::kNone, {words.payload[0], words.payload[1]}};
  }
  Described described = {view.HoldsInHeap(words), words.length(), Offset{words.offset()}, {}};
  if (described.in_bounds) CopyOut(described.head, view.at(words.offset()) + sizeof(BlockShm), kInlineBytes);
  return described;
}

/// The last step of a look: reports what was loaded if it was all of `version`.
[[gnu::always_inline]] inline Status Conclude(RegionView view, uint32_t index, uint64_t version,
                                              const Described& described, Peeked* out) noexcept {
  if (!HasVersion(view.header(), view.entry(index), index, version)) return Status(Code::kChanged);
  if (!described.in_bounds) return ValueCorrupt();
  out->version = version;
  out->length = described.length;
  out->entry = index;
  out->block = described.block;
  std::memcpy(out->head, described.head, kInlineBytes);
  return {};
}

/// Reads the old value of entry `index`, whose writer died half-way: the undo record holds it until the repair. The odd
/// version stands for it: the record was armed before the version became odd, and a repair first gives the entry
/// another version.
Status PeekUndoRecord(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept {
  const EntryShm& entry = view.entry(index);
  const UndoShm& undo = view.header().stripes[StripeOf(view, key)].undo;
  const uint64_t version = Load(entry.version);
  if (Load(undo.armed) != index + 1 || (version & 1) == 0) return Status(Code::kChanged);
  if (static_cast<int64_t>(Load(entry.key)) != key) return Status(Code::kChanged);
  const ValueWords words = {Load(undo.meta), {Load(undo.payload[0]), Load(undo.payload[1])}};
  return Conclude(view, index, version, Describe(view, words), out);
}

/// Searches all entries, while the last holder of the region's lock, or of the key's stripe, is dead and not repaired
/// yet: chains may lead astray, and the value may be in the undo record. kChanged: there is no dead holder (any more),
/// the value itself was being moved, or the time did not suffice for all entries.
Status SearchAfterDeath(RegionView view, int64_t key, Deadline& deadline, Peeked* out) noexcept {
  const LockShm& lock = view.header().lock;
  const SharedU64& sequence = view.header().index.structure_sequence;
  const uint64_t before = Load(sequence);
  const bool region_died = RobustLockOwnerDied(lock);
  const uint32_t entry_count = view.LoadEntryCount();
  if (!region_died && !RobustLockOwnerDied(view.header().stripes[StripeOf(view, key)].lock)) {
    return Status(Code::kChanged);
  }
  if (entry_count == kNoEntry) return Status(Code::kChanged);
  Status status(Code::kNotFound);
  for (uint32_t i = 0; i < entry_count; ++i) {
    const bool look_at_clock = i % kEntriesBetweenClocks == kEntriesBetweenClocks - 1;
    if (look_at_clock && deadline.SecondsLeft() <= 0) return Status(Code::kChanged);
    const EntryShm& entry = view.entry(i);
    const uint64_t version = Load(entry.version);
    if (version == 0 || static_cast<int64_t>(Load(entry.key)) != key) continue;
    status = (version & 1) == 0 ? PeekEntry(view, i, key, out) : PeekUndoRecord(view, i, key, out);
    if (status.ok()) return status;
  }
  // "Not found" counts only if nothing can have moved meanwhile: a repair changes the sequence.
  return region_died && RobustLockOwnerDied(lock) && Load(sequence) == before ? status : Status(Code::kChanged);
}

/// What a reader without a lock waits for: that this word changes.
struct Obstacle {
  const void* place = nullptr;
  uint64_t value = 0;

  bool operator==(const Obstacle&) const noexcept = default;
};

Obstacle ObstacleOf(RegionView view, int64_t key) noexcept {
  const IndexShm& shm = view.header().index;
  const uint64_t sequence = Load(shm.structure_sequence);
  const uint32_t entry_count = view.LoadEntryCount();
  uint32_t entry = 0;
  if (entry_count == kNoEntry || FindEntry(view, key, entry_count, &entry) != Found::kYes) {
    return {&shm.structure_sequence, sequence};
  }
  return {&view.entry(entry).version, Load(view.entry(entry).version) ^ sequence << 32};
}

/// Whether a process exists that may be about to change them.
bool HasWriter(RegionView view, int64_t key) noexcept {
  const HeaderShm& header = view.header();
  return DescribeHolder(header.lock).kind == LockHolder::Kind::kProcess ||
         DescribeHolder(header.stripes[StripeOf(view, key)].lock).kind == LockHolder::Kind::kProcess;
}

}  // namespace

Status PeekEntry(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept {
  const EntryShm& entry = view.entry(index);
  const uint64_t version = Load(entry.version);
  if (version == 0 || (version & 1) != 0) return Status(Code::kChanged);
  if (static_cast<int64_t>(Load(entry.key)) != key) return Status(Code::kChanged);
  return Conclude(view, index, version, Describe(view, LoadValueWords(view, index)), out);
}

Status PeekOnce(RegionView view, int64_t key, Peeked* out) noexcept {
  const SharedU64& sequence = view.header().index.structure_sequence;
  const uint64_t before = Load(sequence);
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return EntryCountCorrupt();
  uint32_t index = 0;
  const Found found = FindEntry(view, key, entry_count, &index);
  if (found == Found::kYes) return PeekEntry(view, index, key, out);
  if (found == Found::kCorrupt) return IndexCorrupt();
  if ((before & 1) != 0 || Load(sequence) != before) return Status(Code::kChanged);
  return Status(Code::kNotFound);
}

Status PeekLocked(RegionView view, int64_t key, Peeked* out) noexcept {
  const Status status = PeekOnce(view, key, out);
  // Under the lock nothing changes: what looks like a change is damage.
  return status.code() == Code::kChanged ? EntryCorrupt() : status;
}

Status PeekReadOnly(RegionView view, int64_t key, Deadline& deadline, Peeked* out) noexcept {
  Obstacle obstacle;
  for (double unchanged_since = 0;;) {
    Status status = CheckIntact(view.header());
    if (status.ok()) status = PeekOnce(view, key, out);
    if (status.ok() || status.code() == Code::kNotFound || status.code() == Code::kOverwritten) return status;
    const Status after_death = SearchAfterDeath(view, key, deadline, out);
    if (after_death.code() != Code::kChanged) return after_death;
    const double seconds_left = deadline.SecondsLeft();
    const Obstacle now = ObstacleOf(view, key);
    bool is_over = seconds_left <= 0;
    if (now == obstacle) {
      if (is_over && !HasWriter(view, key)) deadline.RememberStuckSince(unchanged_since, now.place, now.value);
      is_over = is_over || deadline.IsKnownStuck(now.place, now.value);
    } else {
      obstacle = now;
      unchanged_since = seconds_left;
    }
    if (is_over) return status.code() == Code::kCorrupt ? status : BeingWritten();
    SleepUs(1000);
  }
}

}  // namespace shmpack
