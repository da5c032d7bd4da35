// SPDX-License-Identifier: BSD-3-Clause

#include "core/region_lock.h"

#include "core/repair.h"

namespace shmpack {

Status RepairOrUnlock(const RegionView& view, Acquired acquired) noexcept {
  if (acquired == Acquired::kTimeout) return Status(Code::kTimeout, "its lock is held");
  const Status repaired = RepairLocked(view);
  if (!repaired.ok()) ReleaseRobustLock(view.header().lock, false);
  return repaired;
}

}  // namespace shmpack
