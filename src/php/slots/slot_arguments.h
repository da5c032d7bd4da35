// SPDX-License-Identifier: BSD-3-Clause
//
// Arguments of slotmem_*(). Each function is a method of Shmpack\SlotTable, too, where the table is the object and what
// follows it comes one argument earlier.

#pragma once

#include "php/slots/slot_table_object.h"

namespace shmpack::php {

/// The number of the function's n-th argument, as it was called.
inline uint32_t ArgumentNumber(const zend_execute_data* execute_data, uint32_t n) {
  return execute_data->func->common.scope != nullptr ? n - 1 : n;
}

/// Whether the table has the slot that is the second argument; else a ValueError is thrown.
inline bool HasSlot(const zend_execute_data* execute_data, const SlotTable& table, zend_long id) {
  if (EXPECTED(id >= 0 && id < static_cast<zend_long>(table.slot_count()))) return true;
  zend_argument_value_error(ArgumentNumber(execute_data, 2), "must be between 0 and %u", table.slot_count() - 1);
  return false;
}

/// The table of a call that has no other argument, or null: an error was thrown.
inline const OpenSlotTable* OnlyTable(zend_execute_data* execute_data) {
  zval* object;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "O", &object, SlotTableObject::class_entry()) ==
      FAILURE) {
    return nullptr;
  }
  return &SlotTableObject::Of(Z_OBJ_P(object));
}

/// The table and slot of a call that has no other argument, or null: an error was thrown.
inline const OpenSlotTable* TableAndSlot(zend_execute_data* execute_data, zend_long* id) {
  zval* object;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Ol", &object, SlotTableObject::class_entry(), id) ==
      FAILURE) {
    return nullptr;
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  return HasSlot(execute_data, open.table, *id) ? &open : nullptr;
}

}  // namespace shmpack::php
