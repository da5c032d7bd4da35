// SPDX-License-Identifier: BSD-3-Clause

#include "core/region_lock.h"

#include "core/repair.h"

namespace shmpack {

Status RepairOrUnlock(RegionView view, Acquired acquired, Deadline& deadline) noexcept {
  if (acquired == Acquired::kTimeout) {
    // The word that was waited for may be what another program has stored meanwhile.
    const Status intact = CheckIntact(view.header());
    return intact.ok() ? Status(Code::kTimeout, "its lock is held") : intact;
  }
  const Status repaired = RepairLocked(view, deadline);
  if (!repaired.ok()) ReleaseRobustLock(view.header().lock, false);
  return repaired;
}

Status AwaitKeyOrUnlock(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  for (;;) {
    Deadline brief(kBriefMs, deadline);
    Status status = AwaitStripeLocked(view, stripe, brief);
    if (status.ok()) return status;
    ReleaseRobustLock(view.header().lock, status.code() != Code::kCorrupt);
    if (status.code() != Code::kTimeout) return status;
    // Others go on meanwhile.
    status = AwaitStripeUnlocked(view, stripe, deadline);
    if (status.ok()) status = LockRegion(view, deadline);
    if (!status.ok()) return status;
  }
}

}  // namespace shmpack
