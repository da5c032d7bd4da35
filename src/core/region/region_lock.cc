// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/region_lock.h"

#include "core/region/region_status.h"
#include "core/region/repair.h"

namespace shmpack {

Status RepairOrUnlock(RegionView view, Acquired acquired, Deadline& deadline) noexcept {
  // The word that was waited for, or taken, may be what another program has stored meanwhile.
  Status status = CheckIntact(view.header());
  if (acquired == Acquired::kTimeout) return status.ok() ? LockHeld() : status;
  if (status.ok() && acquired == Acquired::kOwnerDied) status = RepairLocked(view, deadline);
  if (!status.ok()) ReleaseRobustLock(view.header().lock, acquired == Acquired::kClean);
  return status;
}

Status AwaitKeyOrUnlock(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  for (;;) {
    Deadline brief(kBriefMs, deadline);
    Status status = AwaitStripeLocked(view, stripe, brief);
    if (status.ok()) return status;
    ReleaseRobustLock(view.header().lock, status.code() != Code::kCorrupt);
    if (status.code() != Code::kTimeout) return status;
    // Other processes go on meanwhile.
    status = AwaitStripeUnlocked(view, stripe, deadline);
    if (status.ok()) status = LockRegion(view, deadline);
    if (!status.ok()) return status;
  }
}

}  // namespace shmpack
