// SPDX-License-Identifier: BSD-3-Clause

#include "core/repair.h"

#include "core/compact.h"
#include "core/heap.h"
#include "core/index.h"
#include "core/stripe.h"

namespace shmpack {

Status RepairLocked(RegionView view, Deadline& deadline) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  if (slot_count == kNoSlot) return Status(Code::kCorrupt, "its slot count exceeds the region");
  const Status status = AwaitAllStripesLocked(view, deadline);
  if (!status.ok()) return status;
  if (!FinishMovesLocked(view, slot_count)) return Status(Code::kCorrupt, "its move record is out of bounds");
  return RebuildLocked(view, slot_count);
}

Status RebuildLocked(RegionView view, uint32_t slot_count) noexcept {
  BeginStructureLocked(view);
  RebuildIndexLocked(view, slot_count);
  const bool heap_ok = RebuildHeapLocked(view, slot_count);
  EndStructureLocked(view);
  return heap_ok ? Status() : Status(Code::kCorrupt, "its heap cannot be walked");
}

}  // namespace shmpack
