// SPDX-License-Identifier: BSD-3-Clause
//
// Computing what is derived from what is true: chains, lists, owners and counters from versions, keys, sizes and
// offsets. Every step can be killed and done again from the start. Cost: one walk over entries and blocks.

#pragma once

#include <cstdint>

#include "core/region/region_view.h"
#include "shmpack/status.h"

namespace shmpack {

/// Computes index and heap anew. kCorrupt: the region's bytes contradict themselves in a way that no kill can leave.
/// REQUIRES: all stripes are free.
Status RebuildLocked(RegionView view, uint32_t entry_count) noexcept;

}  // namespace shmpack
