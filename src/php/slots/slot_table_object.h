// SPDX-License-Identifier: BSD-3-Clause
//
// The slots family: slotmem_*() and the classes Shmpack\SlotTable and Shmpack\SlotView.
//
// Misuse throws a ValueError, what the system refuses is a warning and false. The work is done by shmpack::SlotTable.
// An object belongs to one request; freeing it detaches, and a view keeps its table. No function holds a lock across a
// call into PHP: what user code gets are copies.

#pragma once

#include "php.h"
#include "php/handle_object.h"
#include "shmpack/slot_table.h"

extern "C" {
ZEND_FUNCTION(slotmem_create);
ZEND_FUNCTION(slotmem_attach);
ZEND_FUNCTION(slotmem_doall);
ZEND_FUNCTION(slotmem_dptr);
ZEND_FUNCTION(slotmem_get);
ZEND_FUNCTION(slotmem_put);
ZEND_FUNCTION(slotmem_num_slots);
ZEND_FUNCTION(slotmem_num_free_slots);
ZEND_FUNCTION(slotmem_slot_size);
ZEND_FUNCTION(slotmem_grab);
ZEND_FUNCTION(slotmem_fgrab);
ZEND_FUNCTION(slotmem_release);
ZEND_FUNCTION(slotmem_put_var);
ZEND_FUNCTION(slotmem_get_var);
ZEND_FUNCTION(slotmem_sync);
ZEND_FUNCTION(slotmem_remove);
ZEND_METHOD(Shmpack_SlotTable, inUse);
ZEND_METHOD(Shmpack_SlotTable, owner);
ZEND_METHOD(Shmpack_SlotTable, orphans);
ZEND_METHOD(Shmpack_SlotTable, reclaim);
ZEND_METHOD(Shmpack_SlotTable, isReadOnly);
ZEND_METHOD(Shmpack_SlotView, id);
ZEND_METHOD(Shmpack_SlotView, count);
ZEND_METHOD(Shmpack_SlotView, read);
ZEND_METHOD(Shmpack_SlotView, write);
ZEND_METHOD(Shmpack_SlotView, getInt);
ZEND_METHOD(Shmpack_SlotView, setInt);
ZEND_METHOD(Shmpack_SlotView, getFloat);
ZEND_METHOD(Shmpack_SlotView, setFloat);
ZEND_METHOD(Shmpack_SlotView, add);
ZEND_METHOD(Shmpack_SlotView, compareExchange);
ZEND_METHOD(Shmpack_SlotView, offsetExists);
ZEND_METHOD(Shmpack_SlotView, offsetGet);
ZEND_METHOD(Shmpack_SlotView, offsetSet);
ZEND_METHOD(Shmpack_SlotView, offsetUnset);
}

namespace shmpack::php {

/// Gives the classes their object handlers. Called once per module start.
void RegisterSlotClasses(zend_class_entry* table_class, zend_class_entry* view_class);

/// The folder of tables with relative names; `buffer`, of 64 bytes at least, may be what holds it.
const char* SlotFolder(char* buffer, size_t capacity);

struct OpenSlotTable {
  SlotTable table;
  zend_string* path = nullptr;  // Null: anonymous.
};

void CloseSlotTable(OpenSlotTable& open);

using SlotTableObject = HandleObject<OpenSlotTable, CloseSlotTable>;

/// Makes `*result` a view of a slot that exists. False: a warning was raised.
bool MakeSlotView(zend_object* table, uint32_t id, zval* result);
const zend_class_entry* SlotViewClass();
void RegisterSlotViewClass(zend_class_entry* view_class);

}  // namespace shmpack::php
