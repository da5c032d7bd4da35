// SPDX-License-Identifier: BSD-3-Clause

#include "core/region_lock.h"

#include "core/repair.h"

namespace shmpack {

Status LockRegion(const RegionView& view, uint32_t timeout_ms) noexcept {
  switch (AcquireRobustLock(view.header().lock, timeout_ms)) {
    case Acquired::kClean:
      return {};
    case Acquired::kTimeout:
      return Status(Code::kTimeout, "its lock is held");
    case Acquired::kOwnerDied:
      break;
  }
  const Status repaired = RepairLocked(view);
  if (!repaired.ok()) UnlockRegion(view, repaired);
  return repaired;
}

}  // namespace shmpack
