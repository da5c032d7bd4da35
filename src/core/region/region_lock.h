// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock as the core takes it: bounded, and with the repair after a dead holder in it.

#pragma once

#include <cstdint>

#include "core/region/region_header.h"
#include "core/region/region_view.h"
#include "core/region/stripe.h"
#include "port/deadline.h"
#include "port/robust_lock.h"
#include "shmpack/status.h"

namespace shmpack {

/// What LockRegion() does when the lock was not simply free: looks once more whether it still is a region's.
Status RepairOrUnlock(RegionView view, Acquired acquired, Deadline& deadline) noexcept;

/// Takes the lock and, where the last holder died, makes the region whole. Not ok: the lock is not held. kTimeout,
/// kCorrupt, kOverwritten.
[[gnu::always_inline]] inline Status LockRegion(RegionView view, Deadline& deadline) noexcept {
  const Status intact = CheckIntact(view.header());
  if (!intact.ok()) return intact;
  const Acquired acquired = AcquireRobustLock(view.header().lock, deadline);
  return acquired == Acquired::kClean && !deadline.has_begun() ? Status() : RepairOrUnlock(view, acquired, deadline);
}

/// LockKey() when the stripe was not free at first sight. Takes over the region's lock.
Status AwaitKeyOrUnlock(RegionView view, uint32_t stripe, Deadline& deadline) noexcept;

/// The same, and waits until the stripe of `key` is free. It stays free while the lock is held.
[[gnu::always_inline]] inline Status LockKey(RegionView view, int64_t key, Deadline& deadline) noexcept {
  const uint32_t stripe = StripeOf(view, key);
  const Status status = LockRegion(view, deadline);
  if (!status.ok() || RobustLockIsFree(view.header().stripes[stripe].lock)) return status;
  return AwaitKeyOrUnlock(view, stripe, deadline);
}

/// What a holder leaves behind.
enum class Left : uint8_t { kWhole, kDamaged };

/// Gives the lock back. After kDamaged, and after a `status` of kCorrupt, the next holder repairs first.
inline void UnlockRegion(RegionView view, const Status& status, Left left = Left::kWhole) noexcept {
  ReleaseRobustLock(view.header().lock, left == Left::kWhole && status.code() != Code::kCorrupt);
}

}  // namespace shmpack
