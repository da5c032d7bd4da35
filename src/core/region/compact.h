// SPDX-License-Identifier: BSD-3-Clause
//
// Compaction: joins all free room into one piece between heap and entries, so that a region is full only when the bytes
// are used up, however scattered they are. Takes time in proportion to the region's content; done only when a write
// would fail without it and succeeds with it.
//
// Entries move from the table's end into free ones, blocks slide down the heap, each with a record in MoveShm from
// which a killed move is completed. What moves gets a new version: readers that were copying look again.

#pragma once

#include <cstdint>

#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/status.h"

namespace shmpack {

/// Compacting a large region has to gain a sixteenth of it, or one that is full to the brim would be compacted at each
/// write. What fits a stock segment leaves more than that free. A small one is compacted in less than a millisecond.
constexpr uint64_t LeastGain(uint64_t region_bytes) noexcept {
  constexpr uint64_t kSmallBytes = 1 << 20;
  return region_bytes > kSmallBytes ? region_bytes / 16 : 0;
}

/// Whether `entries` more entries and `units` more units of heap fit once all free room is in one piece, and compacting
/// is worth it.
bool FitsCompactedLocked(RegionView view, uint32_t entries, uint32_t units) noexcept;

/// Entry numbers and offsets from before the call are void. kCorrupt; kChanged: nothing has, a stripe is
/// not free.
Status CompactLocked(RegionView view, Deadline& deadline) noexcept;

/// Completes what a killed CompactLocked() was moving. False: the record cannot be.
bool FinishMovesLocked(RegionView view, uint32_t entry_count) noexcept;

}  // namespace shmpack
