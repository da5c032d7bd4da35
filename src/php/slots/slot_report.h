// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where a Status of a slot table becomes a PHP warning: what happened, to which table, and what to do.
//
// Raising a warning may run user code (error handlers): hold nothing that has to be given back.

#pragma once

#include "php/slots/slot_table_object.h"

namespace shmpack::php {

/// The folder of tables with relative names could not be used for that one.
void WarnFolder(const char* name, const Status& status);

/// SlotTable::Create() or Attach() failed for that path.
void WarnOpening(const char* path, const Status& status);

/// A script asked to attach to that name, which is one of anonymous tables.
void WarnAnonymous(const char* name);

/// Renamed a file that was where the table is stored; `result` says what became of the slots.
void WarnSetAside(const char* path, const Status& why, const char* result);

/// An operation on slot `id` failed; on the whole table, if `id` is below 0.
void WarnSlot(const OpenSlotTable& open, zend_long id, const Status& status);

/// A value of so many bytes does not fit into slot `id`.
void WarnTooLong(const OpenSlotTable& open, zend_long id, uint64_t bytes);

/// Slot `id` holds no value.
void WarnNoValue(const OpenSlotTable& open, zend_long id);

}  // namespace shmpack::php
