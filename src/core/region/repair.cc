// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/repair.h"

#include "core/region/compact.h"
#include "core/region/rebuild.h"
#include "core/region/region_status.h"
#include "core/region/stripe.h"

namespace shmpack {

Status RepairLocked(RegionView view, Deadline& deadline) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return EntryCountCorrupt();
  const Status status = AwaitAllStripesLocked(view, deadline);
  if (!status.ok()) return status;
  if (!FinishMovesLocked(view, entry_count)) return MoveCorrupt();
  return RebuildLocked(view, entry_count);
}

}  // namespace shmpack
