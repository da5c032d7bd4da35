// SPDX-License-Identifier: BSD-3-Clause
//
// Writing a slot, and pinning it for an address. core/slots/slot_lock.h has the steps.

#include "core/slots/slot_lock.h"
#include "core/slots/slot_status.h"
#include "core/slots/slot_table_view.h"

namespace shmpack {

Status SlotTable::Put(uint32_t id, const void* data, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (length > geometry_.slot_bytes) return LongerThanSlot();
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return SlotNotInUse();
    const Status status = GrabThis(id, timeout_ms);
    if (!status.ok()) return status;
  }
  SlotShm& slot = view.slot(id);
  const uint64_t buffer_bytes = buffer_bytes_;
  const uint32_t slot_bytes = geometry_.slot_bytes;
  if (!LockSlot(slot, buffer_bytes, Deadline(timeout_ms, view.object()))) return SlotsLockHeld();
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
    SettleSlotLocked(slot, buffer_bytes, state + 1, length);
  ReleaseRobustLock(slot.lock, true);
  return {};
}

Status SlotTable::Window(uint32_t id, uint32_t timeout_ms, void** out) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  SlotShm& slot = view.slot(id);
  if (Load(slot.pinned) == 0 || (Load(slot.state) & 1) != 0) {
    if (!LockSlot(slot, buffer_bytes_, Deadline(timeout_ms, view.object()))) return SlotsLockHeld();
    const uint64_t state = Load(slot.state);
    // The slot is not pinned yet, so only this process writes to buffer 0.
    if ((state & 1) != 0) SettleSlotLocked(slot, buffer_bytes_, state, geometry_.slot_bytes);
    // A kill before it leaves a slot whose value happens to lie in buffer 0.
    Store(slot.pinned, 1U);
    ReleaseRobustLock(slot.lock, true);
  }
  *out = BufferOf(slot, buffer_bytes_, 0);
  return {};
}

}  // namespace shmpack
