// SPDX-License-Identifier: BSD-3-Clause
//
// slotmem_doall(): calls back for each slot, with a copy of its bytes or a view of it. No lock is held meanwhile.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/arginfo.h"
#include "php/memory_limit.h"
#include "php/slots/slot_report.h"
#include "php/slots/slot_table_object.h"

namespace {

using shmpack::Status;
using shmpack::php::OpenSlotTable;
using shmpack::php::SlotTableObject;

/// Whether the callback's second parameter is declared as SlotView, and not as a string, too.
bool WantsView(const zend_function* callback) {
  // Null: the function is found anew at each call, by __call(), which declares nothing.
  if (callback == nullptr || callback->type != ZEND_USER_FUNCTION || callback->common.num_args < 2) return false;
  const zend_type type = callback->common.arg_info[1].type;
  return ZEND_TYPE_HAS_NAME(type) && !ZEND_TYPE_CONTAINS_CODE(type, IS_STRING) &&
         zend_string_equals_ci(ZEND_TYPE_NAME(type), shmpack::php::SlotViewClass()->name);
}

/// All bytes of a slot. False: a warning was raised, or memory is out.
bool LookAtSlot(const OpenSlotTable& open, uint32_t id, zval* result) {
  zend_string* const bytes = shmpack::php::NewString(open.table.slot_bytes());
  if (UNEXPECTED(bytes == nullptr)) return false;
  const Status status = open.table.Look(id, ZSTR_VAL(bytes), open.table.slot_bytes(), SHMPACK_G(lock_timeout_ms));
  if (UNEXPECTED(!status.ok())) {
    zend_string_efree(bytes);
    shmpack::php::WarnSlot(open, id, status);
    return false;
  }
  ZSTR_VAL(bytes)[ZSTR_LEN(bytes)] = '\0';
  ZVAL_NEW_STR(result, bytes);
  return true;
}

}  // namespace

ZEND_FUNCTION(slotmem_doall) {
  zval* object;
  zend_fcall_info call;
  zend_fcall_info_cache cache;
  zval* data = nullptr;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Of|z", &object, SlotTableObject::class_entry(), &call,
                                   &cache, &data) == FAILURE) {
    RETURN_THROWS();
  }
  // The table lives as long as the call's frame holds its object, whatever the callback does.
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  const bool wants_view = WantsView(cache.function_handler);
  zval arguments[3];
  zval result;
  ZVAL_NULL(&arguments[2]);
  if (data != nullptr) ZVAL_COPY_VALUE(&arguments[2], data);
  call.params = arguments;
  call.param_count = 3;
  call.retval = &result;
  const uint32_t count = open.table.slot_count();
  for (uint32_t id = open.table.NextVisited(0); id < count; id = open.table.NextVisited(id + 1)) {
    ZVAL_LONG(&arguments[0], id);
    const bool made = wants_view ? shmpack::php::MakeSlotView(Z_OBJ_P(object), id, &arguments[1])
                                 : LookAtSlot(open, id, &arguments[1]);
    if (!made) RETURN_FALSE;
    ZVAL_UNDEF(&result);
    const bool called = zend_call_function(&call, &cache) == SUCCESS;
    zval_ptr_dtor(&arguments[1]);
    const bool stops = Z_TYPE(result) == IS_FALSE;
    zval_ptr_dtor(&result);
    if (!called || EG(exception) != nullptr) RETURN_THROWS();
    if (stops) RETURN_FALSE;
  }
  RETURN_TRUE;
}
