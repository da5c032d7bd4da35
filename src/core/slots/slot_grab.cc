// SPDX-License-Identifier: BSD-3-Clause
//
// Granting, releasing, reclaiming and counting slots.
//
// Under the table's lock, not by atomics alone. So the lowest free slot is the lowest, the count is exact, and the
// kernel tells of a dead holder; with a lock-free bitmap, a process would have to notice that bits and count differ.
// The lock costs 10 ns and is held for a handful of stores.
//
// What a kill leaves:
//
//   before the slot's bit is set or cleared  nothing has happened; the owner's words of a free slot mean nothing
//   after it                                 the slot belongs to the dead process, or is free; the next holder of the
//                                            lock computes the rest anew
//
// A slot that belongs to a dead process is an orphan, for Reclaim().

#include "core/slots/slot_owner.h"
#include "core/slots/slot_status.h"
#include "core/slots/slot_table_lock.h"
#include "core/slots/slot_table_view.h"

namespace shmpack {

namespace {

void CountFreeTableLocked(const SlotTableView& view, uint32_t change) noexcept {
  SharedU32& free_slots = view.header().free_slots;
  Store(free_slots, Load(free_slots) + change);
}

/// REQUIRES: the slot is free.
void TakeTableLocked(const SlotTableView& view, uint32_t id, const ProcessIdentity& self) noexcept {
  StoreOwnerTableLocked(view, id, self);
  const SlotBitmap ever_used = view.ever_used();
  if (!ever_used.Test(id)) ever_used.SetTableLocked(id);
  view.in_use().SetTableLocked(id);  // The commit.
  CountFreeTableLocked(view, UINT32_MAX);
}

/// REQUIRES: the slot is in use.
void FreeTableLocked(const SlotTableView& view, uint32_t id) noexcept {
  view.in_use().ClearTableLocked(id);  // The commit.
  CountFreeTableLocked(view, 1);
}

/// Writes the slot to grant next. kNoRoom, kCorrupt.
Status FindFreeTableLocked(const SlotTableView& view, uint32_t type, uint32_t* id) noexcept {
  uint32_t found = SlotBitmap::kNone;
  if ((type & kSlotsClearInUse) != 0) found = view.ever_used().FindClearTableLocked();
  if (found == SlotBitmap::kNone) found = view.in_use().FindClearTableLocked();
  if (found == SlotBitmap::kNone && Load(view.header().free_slots) == 0) return EverySlotInUse();
  if (found == SlotBitmap::kNone || view.InUse(found)) return MarksCorrupt();
  *id = found;
  return {};
}

}  // namespace

uint32_t SlotTable::FreeSlots() const noexcept {
  const SlotTableView view(*this);
  // Behind a dead holder the count may be one off. The bits are not.
  if (RobustLockOwnerDied(view.header().lock)) return geometry_.slot_count - view.in_use().CountSet();
  const uint32_t count = Load(view.header().free_slots);
  return count < geometry_.slot_count ? count : geometry_.slot_count;
}

bool SlotTable::InUse(uint32_t id) const noexcept { return SlotTableView(*this).InUse(id); }

uint32_t SlotTable::NextVisited(uint32_t id) const noexcept {
  if ((type_ & kSlotsPregrab) != 0) return SlotTableView(*this).in_use().NextSet(id);
  return id < geometry_.slot_count ? id : geometry_.slot_count;
}

Status SlotTable::Grab(uint32_t timeout_ms, uint32_t* id) const noexcept {
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  const ProcessIdentity self = OwnIdentity();
  Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  uint32_t found = 0;
  status = FindFreeTableLocked(view, type_, &found);
  if (!status.ok()) return UnlockTable(view, status);
  TakeTableLocked(view, found, self);
  *id = found;
  return UnlockTable(view, {});
}

Status SlotTable::GrabThis(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  const ProcessIdentity self = OwnIdentity();
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id)) TakeTableLocked(view, id, self);
  return UnlockTable(view, {});
}

Status SlotTable::Release(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id)) return UnlockTable(view, SlotNotInUse());
  FreeTableLocked(view, id);
  return UnlockTable(view, {});
}

Status SlotTable::Reclaim(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return NoSuchSlot();
  if (read_only_) return TableReadOnly();
  const SlotTableView view(*this);
  // The system is asked before the lock is taken. Under it only one question is left: is that still the slot's owner?
  const ProcessIdentity dead = LoadOwner(view, id);
  if (!ProcessIsGone(dead)) return OwnerMayLive();
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id) || LoadOwner(view, id) != dead) {
    return UnlockTable(view, SlotPassedOn());
  }
  FreeTableLocked(view, id);
  return UnlockTable(view, {});
}

}  // namespace shmpack
