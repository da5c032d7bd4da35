// SPDX-License-Identifier: BSD-3-Clause
//
// What the next holder of the lock does when the last one died holding it: put back or complete the one change that was
// under way, then compute everything that is derived from what is true. Every step can be killed and done again from
// the start. Cost: one walk over entries and blocks.

#pragma once

#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/status.h"

namespace shmpack {

/// Makes the region whole again. kCorrupt: its bytes contradict themselves in a way no kill can leave.
Status RepairLocked(RegionView view, Deadline& deadline) noexcept;

/// Computes index and heap anew. kCorrupt as above.
Status RebuildLocked(RegionView view, uint32_t entry_count) noexcept;

}  // namespace shmpack
