// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/rebuild.h"

#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/region_status.h"

namespace shmpack {

Status RebuildLocked(RegionView view, uint32_t entry_count) noexcept {
  BeginStructureLocked(view);
  RebuildIndexLocked(view, entry_count);
  const bool heap_ok = RebuildHeapLocked(view, entry_count);
  EndStructureLocked(view);
  return heap_ok ? Status() : HeapCorrupt();
}

}  // namespace shmpack
