// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/repair.h"

#include "core/region/compact.h"
#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/stripe.h"

namespace shmpack {

Status RepairLocked(RegionView view, Deadline& deadline) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return Status(Code::kCorrupt, "its entry count exceeds the region");
  const Status status = AwaitAllStripesLocked(view, deadline);
  if (!status.ok()) return status;
  if (!FinishMovesLocked(view, entry_count)) return Status(Code::kCorrupt, "its move record is out of bounds");
  return RebuildLocked(view, entry_count);
}

Status RebuildLocked(RegionView view, uint32_t entry_count) noexcept {
  BeginStructureLocked(view);
  RebuildIndexLocked(view, entry_count);
  const bool heap_ok = RebuildHeapLocked(view, entry_count);
  EndStructureLocked(view);
  return heap_ok ? Status() : Status(Code::kCorrupt, "its heap cannot be walked");
}

}  // namespace shmpack
