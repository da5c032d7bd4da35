// SPDX-License-Identifier: BSD-3-Clause
//
// Granting and releasing slots.
//
// Under the table's lock, not by atomics alone: the lowest free slot is then the lowest, the count is exact, and the
// kernel tells of a holder that died, where a lock-free bitmap would need somebody to notice that its bits and its
// count differ. It costs 10 ns and is held for a handful of stores.
//
// A kill: before the slot's bit is set or cleared, nothing has happened (the owner's words of a free slot mean
// nothing). After it, the slot is granted to, or was released by, the dead one; what is derived is computed anew by
// the next holder. A slot that a dead process was granted is an orphan.

#include "core/slots/slot_table_view.h"
#include "port/process_identity.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

Status LockTable(const SlotTableView& view, uint32_t timeout_ms) noexcept {
  Deadline deadline(timeout_ms, view.object());
  switch (AcquireRobustLock(view.header().lock, deadline)) {
    case Acquired::kClean:
      return {};
    case Acquired::kTimeout:
      return Status(Code::kTimeout, "its lock is held");
    case Acquired::kOwnerDied:
      break;
  }
  RebuildTableLocked(view);
  return {};
}

/// After kCorrupt the next holder computes anew what is derived.
Status UnlockTable(const SlotTableView& view, const Status& status) noexcept {
  ReleaseRobustLock(view.header().lock, status.code() != Code::kCorrupt);
  return status;
}

void CountFree(const SlotTableView& view, uint32_t change) noexcept {
  SharedU32& free_slots = view.header().free_slots;
  Store(free_slots, Load(free_slots) + change);
}

/// REQUIRES: the slot is free.
void TakeLocked(const SlotTableView& view, uint32_t id, const ProcessIdentity& self) noexcept {
  SlotOwnerShm& owner = view.owner(id);
  Store(owner.pid, 0U);  // While the words change they name nobody: who looks on without the lock sees no mix.
  Store(owner.start_time, self.start_time);
  Store(owner.pid_namespace, self.pid_namespace);
  Store(owner.pid, self.pid);
  const SlotBitmap ever_used = view.ever_used();
  if (!ever_used.Test(id)) ever_used.SetLocked(id);
  view.in_use().SetLocked(id);  // The commit.
  CountFree(view, UINT32_MAX);
}

void FreeLocked(const SlotTableView& view, uint32_t id) noexcept {
  view.in_use().ClearLocked(id);  // The commit.
  CountFree(view, 1);
}

ProcessIdentity OwnerOf(const SlotTableView& view, uint32_t id) noexcept {
  const SlotOwnerShm& owner = view.owner(id);
  ProcessIdentity identity;
  identity.pid = Load(owner.pid);
  identity.start_time = Load(owner.start_time);
  identity.pid_namespace = Load(owner.pid_namespace);
  // The slot's next owner stores 0 before it changes the others.
  if (Load(owner.pid) != identity.pid) identity.pid = 0;
  return identity;
}

/// The same; nobody, if the slot is free.
ProcessIdentity OwnerOfUsed(const SlotTableView& view, uint32_t id) noexcept {
  const ProcessIdentity identity = OwnerOf(view, id);
  // In use after its owner was read: then that is the slot's owner, or was a moment ago.
  return view.InUse(id) ? identity : ProcessIdentity();
}

}  // namespace

void RebuildTableLocked(const SlotTableView& view) noexcept {
  const SlotBitmap in_use = view.in_use();
  const SlotBitmap ever_used = view.ever_used();
  in_use.SearchAllLocked();
  ever_used.SearchAllLocked();
  // A grant sets the slot's bit here first; where hostile bytes say otherwise, no grant would succeed again.
  for (uint32_t index = 0; index < view.geometry().bit_words(); ++index) {
    const uint64_t bits = ever_used.BitsOfWord(index);
    if ((in_use.BitsOfWord(index) & ~bits) != 0) ever_used.SetWordLocked(index, bits | in_use.BitsOfWord(index));
  }
  Store(view.header().free_slots, view.geometry().slot_count - in_use.CountSet());
}

uint32_t SlotTable::FreeSlots() const noexcept {
  const SlotTableView view(*this);
  // Behind a dead holder the count may be one off, the bits are not.
  if (RobustLockOwnerDied(view.header().lock)) return geometry_.slot_count - view.in_use().CountSet();
  const uint32_t count = Load(view.header().free_slots);
  return count < geometry_.slot_count ? count : geometry_.slot_count;
}

bool SlotTable::InUse(uint32_t id) const noexcept { return SlotTableView(*this).InUse(id); }

uint32_t SlotTable::NextVisited(uint32_t id) const noexcept {
  if ((type_ & kSlotsPregrab) != 0) return SlotTableView(*this).in_use().NextSet(id);
  return id < geometry_.slot_count ? id : geometry_.slot_count;
}

SlotOwner SlotTable::Owner(uint32_t id) const noexcept {
  const ProcessIdentity identity = OwnerOfUsed(SlotTableView(*this), id);
  return {identity.pid, ProcessIsGone(identity)};
}

uint32_t SlotTable::OwnerPid(uint32_t id) const noexcept { return OwnerOfUsed(SlotTableView(*this), id).pid; }

LockHolder SlotTable::lock_holder(uint32_t id) const noexcept {
  const SlotTableView view(*this);
  const LockHolder holder = id < geometry_.slot_count ? DescribeHolder(view.slot(id).lock) : LockHolder();
  return holder.kind != LockHolder::Kind::kNobody ? holder : DescribeHolder(view.header().lock);
}

Status SlotTable::Grab(uint32_t timeout_ms, uint32_t* id) const noexcept {
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  const ProcessIdentity self = OwnIdentity();
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  uint32_t found = SlotBitmap::kNone;
  if ((type_ & kSlotsClearInUse) != 0) found = view.ever_used().FindClearLocked();
  if (found == SlotBitmap::kNone) found = view.in_use().FindClearLocked();
  if (found == SlotBitmap::kNone && Load(view.header().free_slots) == 0) {
    return UnlockTable(view, Status(Code::kNoRoom, "every slot is in use"));
  }
  if (found == SlotBitmap::kNone || view.InUse(found)) {
    return UnlockTable(view, Status(Code::kCorrupt, "its bits contradict one another"));
  }
  TakeLocked(view, found, self);
  *id = found;
  return UnlockTable(view, {});
}

Status SlotTable::GrabThis(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  const ProcessIdentity self = OwnIdentity();
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id)) TakeLocked(view, id, self);
  return UnlockTable(view, {});
}

Status SlotTable::Release(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id)) return UnlockTable(view, Status(Code::kNotFound, "the slot is not in use"));
  FreeLocked(view, id);
  return UnlockTable(view, {});
}

Status SlotTable::Reclaim(uint32_t id, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  // The system is asked before the lock is taken; under it, only whether the slot still is that process's.
  const ProcessIdentity dead = OwnerOf(view, id);
  if (!ProcessIsGone(dead)) return Status(Code::kNotFound, "its owner has not ended");
  const Status status = LockTable(view, timeout_ms);
  if (!status.ok()) return status;
  if (!view.InUse(id) || OwnerOf(view, id) != dead) {
    return UnlockTable(view, Status(Code::kNotFound, "it has another owner by now"));
  }
  FreeLocked(view, id);
  return UnlockTable(view, {});
}

}  // namespace shmpack
