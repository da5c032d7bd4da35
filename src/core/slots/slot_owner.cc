// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/slot_owner.h"

namespace shmpack {

namespace {

/// The owner of a slot in use. Pid 0: it is free, or its owner is unknown.
ProcessIdentity OwnerOfUsed(const SlotTableView& view, uint32_t id) noexcept {
  const ProcessIdentity identity = LoadOwner(view, id);
  // The slot is in use after its owner was loaded, so that is its owner, or was a moment ago.
  return view.InUse(id) ? identity : ProcessIdentity();
}

}  // namespace

ProcessIdentity LoadOwner(const SlotTableView& view, uint32_t id) noexcept {
  const SlotOwnerShm& owner = view.owner(id);
  ProcessIdentity identity;
  identity.pid = Load(owner.pid);
  identity.start_time = Load(owner.start_time);
  identity.pid_namespace = Load(owner.pid_namespace);
  // The slot's next owner stores 0 before it changes the others.
  if (Load(owner.pid) != identity.pid) identity.pid = 0;
  return identity;
}

void StoreOwnerTableLocked(const SlotTableView& view, uint32_t id, const ProcessIdentity& self) noexcept {
  SlotOwnerShm& owner = view.owner(id);
  Store(owner.pid, 0U);  // The words name no process while they change, so a reader without the lock sees no mix.
  Store(owner.start_time, self.start_time);
  Store(owner.pid_namespace, self.pid_namespace);
  Store(owner.pid, self.pid);
}

SlotOwner SlotTable::Owner(uint32_t id) const noexcept {
  const ProcessIdentity identity = OwnerOfUsed(SlotTableView(*this), id);
  return {identity.pid, ProcessIsGone(identity)};
}

uint32_t SlotTable::OwnerPid(uint32_t id) const noexcept { return OwnerOfUsed(SlotTableView(*this), id).pid; }

}  // namespace shmpack
