// SPDX-License-Identifier: BSD-3-Clause
//
// What the next holder of the region's lock does when the last one died:
//
//   1. It puts back, or completes, the change that was under way in each stripe (stripe.h).
//   2. It completes the move of a killed compaction (compact.h).
//   3. It computes everything that is derived anew (rebuild.h).
//
// Every step can be killed and done again from the start.

#pragma once

#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/status.h"

namespace shmpack {

/// Makes the region whole again. kCorrupt: its bytes contradict themselves in a way that no kill can leave. kTimeout: a
/// holder does not let go of a stripe. kOverwritten.
Status RepairLocked(RegionView view, Deadline& deadline) noexcept;

}  // namespace shmpack
