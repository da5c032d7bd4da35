// SPDX-License-Identifier: BSD-3-Clause
//
// The slots family: slotmem_*() and the classes Shmpack\SlotTable and Shmpack\SlotView.
//
// Misuse throws a ValueError; what the system refuses is a warning and false. shmpack::SlotTable does the work. An
// object belongs to one request; freeing it detaches, and a view keeps its table. No function holds a lock across a
// call into PHP: user code gets copies.

#pragma once

#include "php.h"
#include "php/family.h"
#include "php/handle_object.h"
#include "shmpack/slot_table.h"

namespace shmpack::php {

extern const Family slot_family;

struct OpenSlotTable {
  SlotTable table;
  zend_string* path = nullptr;  // Null: anonymous.
};

void CloseSlotTable(OpenSlotTable& open);

using SlotTableObject = HandleObject<OpenSlotTable, CloseSlotTable>;

/// Makes `*result` a view of a slot that exists. False: a warning was raised.
bool MakeSlotView(zend_object* table, uint32_t id, zval* result);
const zend_class_entry* SlotViewClass();
void RegisterSlotViewClass();

}  // namespace shmpack::php
