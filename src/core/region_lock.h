// SPDX-License-Identifier: BSD-3-Clause
//
// The region's lock as the core takes it: bounded, and with the repair after a dead holder in it.

#pragma once

#include <cstdint>

#include "core/region_view.h"
#include "port/robust_lock.h"
#include "shmpack/status.h"

namespace shmpack {

/// Takes the lock and, where the last holder died, makes the region whole. Not ok: the lock is not held. kTimeout,
/// kCorrupt.
Status LockRegion(const RegionView& view, uint32_t timeout_ms) noexcept;

/// `status` is what the locked operation came to: after kCorrupt the next holder tries to repair.
inline void UnlockRegion(const RegionView& view, const Status& status) noexcept {
  ReleaseRobustLock(view.header().lock, status.code() != Code::kCorrupt);
}

}  // namespace shmpack
