// SPDX-License-Identifier: BSD-3-Clause
//
// The owner of a slot: the process that was granted it.
//
// Its words in the table mean nothing while the slot is free. Two rules keep a reader without the lock from a mix of
// two owners:
//
//   1. A grant stores pid 0 first and the new pid last, with the other words in between.
//   2. A reader loads the pid before the other words and again after them. Two different pids: it takes the owner as
//      unknown.

#pragma once

#include <cstdint>

#include "core/slots/slot_table_view.h"
#include "port/process_identity.h"

namespace shmpack {

/// The owner that the words name, whether the slot is in use or not. Pid 0: none, or unknown.
ProcessIdentity LoadOwner(const SlotTableView& view, uint32_t id) noexcept;

/// Makes `self` the owner of a free slot.
void StoreOwnerTableLocked(const SlotTableView& view, uint32_t id, const ProcessIdentity& self) noexcept;

}  // namespace shmpack
