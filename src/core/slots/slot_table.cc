// SPDX-License-Identifier: BSD-3-Clause
//
// Reading and writing slots.
//
// A slot has two buffers, and its state says which one holds the value: bit 0, while the whole counts the changes. A
// put copies into the other one and adds 1 to the state, the commit. So a reader that finds the state unchanged after
// its copy has read a buffer that nobody was writing to, and a put that was killed has changed nothing.
//
// A pinned slot has an address that others keep, in buffer 0. A put goes on there: copies buffer 1 to buffer 0 and adds
// 1 once more. A kill in between leaves the new value, in buffer 1; the next to take the slot's lock finishes the copy.

#include <algorithm>

#include "core/slots/slot_table_view.h"
#include "port/deadline.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr int kLockFreeTries = 64;

/// Brings the value of a pinned slot home to buffer 0. A kill before the last store leaves it in buffer 1.
[[gnu::noinline]] void SettleLocked(SlotShm& slot, uint64_t buffer_bytes, uint64_t state, uint64_t bytes) noexcept {
  CopyIn(BufferOf(slot, buffer_bytes, 0), BufferOf(slot, buffer_bytes, 1), bytes);
  Store(slot.state, state + 1);
}

/// Takes a slot's lock, and finishes what a dead holder began. False: its time is up.
inline bool LockSlot(SlotShm& slot, uint64_t buffer_bytes, Deadline deadline) noexcept {
  if (AcquireRobustLock(slot.lock, deadline) == Acquired::kTimeout) [[unlikely]]
    return false;
  // Whoever holds the lock leaves a pinned slot even, unless it died. (Or the bytes are hostile: then this costs a
  // copy.)
  const uint64_t state = Load(slot.state);
  if (Load(slot.pinned) != 0 && (state & 1) != 0) [[unlikely]] {
    SettleLocked(slot, buffer_bytes, state, std::min<uint64_t>(Load(slot.put_bytes), buffer_bytes));
  }
  return true;
}

Status LockIsHeld() noexcept { return Status(Code::kTimeout, "its lock is held"); }

/// One try without a lock. False: a put came in between.
inline bool TryRead(SlotShm& slot, uint64_t buffer_bytes, void* out, uint32_t length) noexcept {
  const uint64_t before = Load(slot.state);
  CopyOut(out, BufferOf(slot, buffer_bytes, before), length);
  return Load(slot.state) == before;
}

/// Whether a put to a pinned slot was killed before its value was home. What others store at the slot's address is not
/// where it is read until somebody takes the lock.
inline bool NeedsSettling(SlotShm& slot) noexcept {
  return (Load(slot.state) & 1) != 0 && Load(slot.pinned) != 0 && RobustLockOwnerDied(slot.lock);
}

[[gnu::noinline]] Status ReadPersistently(SlotShm& slot, uint64_t buffer_bytes, bool read_only, void* out,
                                          uint32_t length, Deadline deadline) noexcept {
  const bool settle = !read_only && NeedsSettling(slot);
  for (int tries = 1; tries < kLockFreeTries && !settle; ++tries) {
    if (TryRead(slot, buffer_bytes, out, length)) return {};
  }
  if (!read_only) {
    if (!LockSlot(slot, buffer_bytes, deadline)) return LockIsHeld();
    // Nobody puts now; only hostile bytes could still change.
    (void)TryRead(slot, buffer_bytes, out, length);
    ReleaseRobustLock(slot.lock, true);
    return {};
  }
  while (!TryRead(slot, buffer_bytes, out, length)) {
    if (deadline.SecondsLeft() <= 0) return Status(Code::kTimeout, "it is being written to");
    SleepUs(100);
  }
  return {};
}

inline Status Read(const SlotTableView& view, uint32_t id, uint64_t buffer_bytes, bool read_only, void* out,
                   uint32_t length, uint32_t timeout_ms) noexcept {
  SlotShm& slot = view.slot(id);
  if (TryRead(slot, buffer_bytes, out, length) && !NeedsSettling(slot)) [[likely]]
    return {};
  return ReadPersistently(slot, buffer_bytes, read_only, out, length, Deadline(timeout_ms, view.object()));
}

}  // namespace

Status SlotTable::Get(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return Status(Code::kNotFound, "the slot is not in use");
    if (!read_only_) {
      const Status status = GrabThis(id, timeout_ms);
      if (!status.ok()) return status;
    }
  }
  return Read(view, id, buffer_bytes_, read_only_, out, length, timeout_ms);
}

Status SlotTable::Look(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  return Read(SlotTableView(*this), id, buffer_bytes_, read_only_, out, length, timeout_ms);
}

Status SlotTable::Put(uint32_t id, const void* data, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return Status(Code::kNotFound, "the slot is not in use");
    const Status status = GrabThis(id, timeout_ms);
    if (!status.ok()) return status;
  }
  SlotShm& slot = view.slot(id);
  const uint64_t buffer_bytes = buffer_bytes_;
  const uint32_t slot_bytes = geometry_.slot_bytes;
  if (!LockSlot(slot, buffer_bytes, Deadline(timeout_ms, view.object()))) return LockIsHeld();
  const uint64_t state = Load(slot.state);
  uint8_t* const target = BufferOf(slot, buffer_bytes, state + 1);
  CopyIn(target, data, length);
  if (length < slot_bytes) {
    CopyIn(target + length, BufferOf(slot, buffer_bytes, state) + length, slot_bytes - length);
  }
  const bool pinned = Load(slot.pinned) != 0;
  if (pinned) [[unlikely]]
    Store(slot.put_bytes, length);
  Store(slot.state, state + 1);  // The commit.
  if (pinned && ((state + 1) & 1) != 0) [[unlikely]]
    SettleLocked(slot, buffer_bytes, state + 1, length);
  ReleaseRobustLock(slot.lock, true);
  return {};
}

Status SlotTable::Window(uint32_t id, uint32_t timeout_ms, void** out) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  SlotShm& slot = view.slot(id);
  if (Load(slot.pinned) == 0 || (Load(slot.state) & 1) != 0) {
    if (!LockSlot(slot, buffer_bytes_, Deadline(timeout_ms, view.object()))) return LockIsHeld();
    const uint64_t state = Load(slot.state);
    // Not pinned yet, so nobody writes to buffer 0 but us.
    if ((state & 1) != 0) SettleLocked(slot, buffer_bytes_, state, geometry_.slot_bytes);
    // A kill before it: a slot whose value happens to lie in buffer 0.
    Store(slot.pinned, 1U);
    ReleaseRobustLock(slot.lock, true);
  }
  *out = BufferOf(slot, buffer_bytes_, 0);
  return {};
}

}  // namespace shmpack
