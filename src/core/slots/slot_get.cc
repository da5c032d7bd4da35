// SPDX-License-Identifier: BSD-3-Clause
//
// Reading a slot: first without a lock, then, where puts keep coming in between, with the slot's.

#include "core/slots/slot_lock.h"
#include "core/slots/slot_status.h"
#include "core/slots/slot_table_view.h"

namespace shmpack {

namespace {

constexpr int kLockFreeTries = 64;

/// One try without a lock. False: a put came in between.
inline bool TryRead(SlotShm& slot, uint64_t buffer_bytes, void* out, uint32_t length) noexcept {
  const uint64_t before = Load(slot.state);
  CopyOut(out, BufferOf(slot, buffer_bytes, before), length);
  return Load(slot.state) == before;
}

/// Whether a put to a pinned slot was killed before its value was home. Until the next holder of the lock brings it
/// home, stores to the slot's address go to buffer 0, and gets read buffer 1.
inline bool NeedsSettling(SlotShm& slot) noexcept {
  return (Load(slot.state) & 1) != 0 && Load(slot.pinned) != 0 && RobustLockOwnerDied(slot.lock);
}

/// For a caller that may not lock: tries until the deadline.
Status ReadWithoutLock(SlotShm& slot, uint64_t buffer_bytes, void* out, uint32_t length, Deadline& deadline) noexcept {
  while (!TryRead(slot, buffer_bytes, out, length)) {
    if (deadline.SecondsLeft() <= 0) return SlotBeingWritten();
    SleepUs(100);
  }
  return {};
}

[[gnu::noinline]] Status ReadPersistently(SlotShm& slot, uint64_t buffer_bytes, bool read_only, void* out,
                                          uint32_t length, Deadline deadline) noexcept {
  const bool settle = !read_only && NeedsSettling(slot);
  for (int tries = 1; tries < kLockFreeTries && !settle; ++tries) {
    if (TryRead(slot, buffer_bytes, out, length)) return {};
  }
  if (read_only) return ReadWithoutLock(slot, buffer_bytes, out, length, deadline);
  if (!LockSlot(slot, buffer_bytes, deadline)) return SlotsLockHeld();
  // No put can come in between now; only hostile stores could.
  (void)TryRead(slot, buffer_bytes, out, length);
  ReleaseRobustLock(slot.lock, true);
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
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (length > geometry_.slot_bytes) return LongerThanSlot();
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return SlotNotInUse();
    if (!read_only_) {
      const Status status = GrabThis(id, timeout_ms);
      if (!status.ok()) return status;
    }
  }
  return Read(view, id, buffer_bytes_, read_only_, out, length, timeout_ms);
}

Status SlotTable::Look(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (length > geometry_.slot_bytes) return LongerThanSlot();
  return Read(SlotTableView(*this), id, buffer_bytes_, read_only_, out, length, timeout_ms);
}

}  // namespace shmpack
