// SPDX-License-Identifier: BSD-3-Clause
//
// The table's lock: taking it, and the repair behind a dead holder. It guards the bits, the owners and what is derived
// from them, for stores. A slot's lock is another one: core/slots/slot_lock.h.
//
// Names. A function whose name ends in `TableLocked` needs the table's lock, held by the caller; or a table that no
// other process knows yet. One that ends in `SlotLocked` needs the lock of its slot. No other function needs a lock.

#pragma once

#include <cstdint>

#include "core/slots/slot_status.h"
#include "core/slots/slot_table_view.h"
#include "port/deadline.h"
#include "port/robust_lock.h"
#include "shmpack/status.h"

namespace shmpack {

/// Computes from the bits what is derived. A kill in the middle: the next holder does it again.
void RebuildTableLocked(const SlotTableView& view) noexcept;

/// Takes the lock, and repairs the table if the last holder died. kTimeout: the lock is not held.
inline Status LockTable(const SlotTableView& view, uint32_t timeout_ms) noexcept {
  Deadline deadline(timeout_ms, view.object());
  switch (AcquireRobustLock(view.header().lock, deadline)) {
    case Acquired::kClean:
      return {};
    case Acquired::kTimeout:
      return SlotsLockHeld();
    case Acquired::kOwnerDied:
      break;
  }
  RebuildTableLocked(view);
  return {};
}

/// Gives the lock back, and returns `status`. After kCorrupt the next holder repairs.
inline Status UnlockTable(const SlotTableView& view, const Status& status) noexcept {
  ReleaseRobustLock(view.header().lock, status.code() != Code::kCorrupt);
  return status;
}

}  // namespace shmpack
