// SPDX-License-Identifier: BSD-3-Clause
//
// Shmpack\SlotView: direct access to the bytes of a slot.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include <cstdint>
#include <cstring>

#include "core/slots/slot_window.h"
#include "php/arginfo.h"
#include "php/memory_limit.h"
#include "php/slots/slot_report.h"
#include "php/slots/slot_table_object.h"
#include "zend_interfaces.h"

namespace {

using shmpack::Code;
using shmpack::Status;
using shmpack::php::OpenSlotTable;
using shmpack::php::SlotTableObject;

struct OpenSlotView {
  zend_object* table = nullptr;
  uint8_t* address = nullptr;  // Null: the table is attached for reading only, and cannot pin a slot.
  uint32_t id = 0;
};

void CloseView(OpenSlotView& view) {
  if (view.table != nullptr) OBJ_RELEASE(view.table);
  view.table = nullptr;
}

using SlotViewObject = shmpack::php::HandleObject<OpenSlotView, CloseView>;

const OpenSlotTable& TableOf(const OpenSlotView& view) { return SlotTableObject::Of(view.table); }
uint32_t SizeOf(const OpenSlotView& view) { return TableOf(view).table.slot_bytes(); }

void Describe(const OpenSlotView& view, zval* shown) {
  if (view.table == nullptr) return;
  add_assoc_long(shown, "id", view.id);
  add_assoc_long(shown, "size", SizeOf(view));
  add_assoc_bool(shown, "read_only", view.address == nullptr);
  zval table;
  ZVAL_OBJ_COPY(&table, view.table);
  add_assoc_zval(shown, "table", &table);
}

/// Whether `length` bytes at `offset` lie in the slot; else a ValueError about the argument is thrown.
bool IsInside(const OpenSlotView& view, zend_long offset, uint64_t length, uint32_t argument) {
  const uint32_t size = SizeOf(view);
  if (EXPECTED(offset >= 0 && static_cast<zend_ulong>(offset) <= size &&
               length <= size - static_cast<zend_ulong>(offset)))
    return true;
  zend_argument_value_error(argument, "must lie inside the slot, which has %u bytes", size);
  return false;
}

/// REQUIRES: the bytes lie in the slot. False: a warning was raised, or memory is out.
bool Read(const OpenSlotView& view, zend_long offset, void* out, size_t length) {
  if (EXPECTED(view.address != nullptr)) {
    shmpack::ReadWindow(out, view.address + offset, length);
    return true;
  }
  // A table attached for reading cannot pin a slot, so this reads as slotmem_get() does, from the beginning.
  const auto end = static_cast<uint32_t>(static_cast<size_t>(offset) + length);
  char* const copy = static_cast<char*>(shmpack::php::NewBytes(size_t{end} + 1));
  if (copy == nullptr) return false;
  const Status status = TableOf(view).table.Look(view.id, copy, end, SHMPACK_G(lock_timeout_ms));
  if (status.ok()) std::memcpy(out, copy + offset, length);
  efree(copy);
  if (!status.ok()) shmpack::php::WarnSlot(TableOf(view), view.id, status);
  return status.ok();
}

bool IsWritable(const OpenSlotView& view) {
  if (EXPECTED(view.address != nullptr)) return true;
  void* none;
  shmpack::php::WarnSlot(TableOf(view), view.id,
                         TableOf(view).table.Window(view.id, SHMPACK_G(lock_timeout_ms), &none));
  return false;
}

bool IsWidth(zend_long bytes, uint32_t argument, bool small) {
  if (EXPECTED(bytes == 8 || bytes == 4 || (small && (bytes == 1 || bytes == 2)))) return true;
  zend_argument_value_error(argument, small ? "must be 1, 2, 4 or 8" : "must be 4 or 8");
  return false;
}

zend_long SignExtended(uint64_t value, zend_long bytes) {
  const int shift = static_cast<int>(64 - 8 * bytes);
  return static_cast<int64_t>(value << shift) >> shift;
}

/// Whether an integer of so many bytes, signed or not, can be `value`; else a ValueError about the argument is thrown.
bool FitsIn(zend_long value, zend_long bytes, uint32_t argument) {
  if (EXPECTED(bytes == 8 || SignExtended(static_cast<uint64_t>(value), bytes) == value || value >> (8 * bytes) == 0)) {
    return true;
  }
  zend_argument_value_error(argument, "must fit in " ZEND_LONG_FMT " bytes", bytes);
  return false;
}

/// Reads a word. REQUIRES: it lies in the slot. False: a warning was raised, or memory is out.
bool ReadWord(const OpenSlotView& view, zend_long offset, zend_long bytes, uint64_t* word) {
  if (view.address != nullptr) {
    *word = shmpack::LoadWord(view.address + offset, static_cast<uint32_t>(bytes));
    return true;
  }
  alignas(8) uint8_t copy[8] = {};
  if (!Read(view, offset, copy, static_cast<size_t>(bytes))) return false;
  *word = shmpack::LoadWord(copy, static_cast<uint32_t>(bytes));
  return true;
}

/// Whether an atomic operation can be done there; else a ValueError is thrown.
bool IsAtomicPlace(const OpenSlotView& view, zend_long offset, zend_long bytes, uint32_t bytes_argument) {
  if (!IsWidth(bytes, bytes_argument, false) || !IsInside(view, offset, static_cast<uint64_t>(bytes), 1)) return false;
  if (offset % bytes != 0) {
    zend_argument_value_error(1, "must be a multiple of " ZEND_LONG_FMT, bytes);
    return false;
  }
  return true;
}

/// The offset of an array access. False: it is not one, and an error was thrown.
bool ByteAt(const OpenSlotView& view, zval* offset, zend_long* at) {
  if (Z_TYPE_P(offset) != IS_LONG) {
    zend_argument_type_error(1, "must be of type int, %s given", zend_zval_type_name(offset));
    return false;
  }
  *at = Z_LVAL_P(offset);
  return IsInside(view, *at, 1, 1);
}

}  // namespace

namespace shmpack::php {

void RegisterSlotViewClass() {
  SlotViewObject::Register(register_class_Shmpack_SlotView(zend_ce_arrayaccess, zend_ce_countable),
                           "Cannot directly construct Shmpack\\SlotView, use slotmem_dptr() instead", Describe);
}

const zend_class_entry* SlotViewClass() { return SlotViewObject::class_entry(); }

bool MakeSlotView(zend_object* table, uint32_t id, zval* result) {
  OpenSlotView& view = SlotViewObject::Make(result);
  view.table = table;
  GC_ADDREF(table);
  view.id = id;
  const OpenSlotTable& open = TableOf(view);
  if (open.table.read_only()) return true;
  void* address = nullptr;
  const Status status = open.table.Window(id, SHMPACK_G(lock_timeout_ms), &address);
  if (status.ok()) {
    view.address = static_cast<uint8_t*>(address);
    return true;
  }
  WarnSlot(open, id, status);
  zval_ptr_dtor(result);
  ZVAL_UNDEF(result);
  return false;
}

}  // namespace shmpack::php

#define THIS_VIEW() SlotViewObject::Of(Z_OBJ_P(ZEND_THIS))

ZEND_METHOD(Shmpack_SlotView, id) {
  ZEND_PARSE_PARAMETERS_NONE();
  RETURN_LONG(THIS_VIEW().id);
}

ZEND_METHOD(Shmpack_SlotView, count) {
  ZEND_PARSE_PARAMETERS_NONE();
  RETURN_LONG(SizeOf(THIS_VIEW()));
}

ZEND_METHOD(Shmpack_SlotView, read) {
  zend_long offset = 0;
  zend_long length = 0;
  bool to_the_end = true;
  ZEND_PARSE_PARAMETERS_START(0, 2)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(offset)
  Z_PARAM_LONG_OR_NULL(length, to_the_end)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsInside(view, offset, 0, 1)) RETURN_THROWS();
  if (to_the_end) length = static_cast<zend_long>(SizeOf(view)) - offset;
  if (length < 0 || !IsInside(view, offset, static_cast<uint64_t>(length), 2)) {
    if (EG(exception) == nullptr) zend_argument_value_error(2, "must be greater than or equal to 0");
    RETURN_THROWS();
  }
  zend_string* const bytes = shmpack::php::NewString(static_cast<size_t>(length));
  if (UNEXPECTED(bytes == nullptr)) return;
  if (!Read(view, offset, ZSTR_VAL(bytes), static_cast<size_t>(length))) {
    zend_string_efree(bytes);
    RETURN_FALSE;
  }
  ZSTR_VAL(bytes)[length] = '\0';
  RETURN_NEW_STR(bytes);
}

ZEND_METHOD(Shmpack_SlotView, write) {
  zend_string* data;
  zend_long offset = 0;
  ZEND_PARSE_PARAMETERS_START(1, 2)
  Z_PARAM_STR(data)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(offset)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsInside(view, offset, 0, 2) || !IsInside(view, offset, ZSTR_LEN(data), 1)) RETURN_THROWS();
  if (!IsWritable(view)) RETURN_FALSE;
  shmpack::WriteWindow(view.address + offset, ZSTR_VAL(data), ZSTR_LEN(data));
  RETURN_TRUE;
}

ZEND_METHOD(Shmpack_SlotView, getInt) {
  zend_long offset;
  zend_long bytes = 8;
  bool is_signed = true;
  ZEND_PARSE_PARAMETERS_START(1, 3)
  Z_PARAM_LONG(offset)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  Z_PARAM_BOOL(is_signed)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsWidth(bytes, 2, true) || !IsInside(view, offset, static_cast<uint64_t>(bytes), 1)) RETURN_THROWS();
  uint64_t word;
  if (!ReadWord(view, offset, bytes, &word)) RETURN_FALSE;
  RETURN_LONG(is_signed ? SignExtended(word, bytes) : static_cast<zend_long>(word));
}

ZEND_METHOD(Shmpack_SlotView, setInt) {
  zend_long offset;
  zend_long value;
  zend_long bytes = 8;
  ZEND_PARSE_PARAMETERS_START(2, 3)
  Z_PARAM_LONG(offset)
  Z_PARAM_LONG(value)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsWidth(bytes, 3, true) || !IsInside(view, offset, static_cast<uint64_t>(bytes), 1) ||
      !FitsIn(value, bytes, 2)) {
    RETURN_THROWS();
  }
  if (!IsWritable(view)) RETURN_FALSE;
  shmpack::StoreWord(view.address + offset, static_cast<uint32_t>(bytes), static_cast<uint64_t>(value));
  RETURN_TRUE;
}

ZEND_METHOD(Shmpack_SlotView, getFloat) {
  zend_long offset;
  zend_long bytes = 8;
  ZEND_PARSE_PARAMETERS_START(1, 2)
  Z_PARAM_LONG(offset)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsWidth(bytes, 2, false) || !IsInside(view, offset, static_cast<uint64_t>(bytes), 1)) RETURN_THROWS();
  uint64_t word;
  if (!ReadWord(view, offset, bytes, &word)) RETURN_FALSE;
  if (bytes == 8) RETURN_DOUBLE(__builtin_bit_cast(double, word));
  RETURN_DOUBLE(static_cast<double>(__builtin_bit_cast(float, static_cast<uint32_t>(word))));
}

ZEND_METHOD(Shmpack_SlotView, setFloat) {
  zend_long offset;
  double value;
  zend_long bytes = 8;
  ZEND_PARSE_PARAMETERS_START(2, 3)
  Z_PARAM_LONG(offset)
  Z_PARAM_DOUBLE(value)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsWidth(bytes, 3, false) || !IsInside(view, offset, static_cast<uint64_t>(bytes), 1)) RETURN_THROWS();
  if (!IsWritable(view)) RETURN_FALSE;
  const uint64_t word = bytes == 8 ? __builtin_bit_cast(uint64_t, value)
                                   : uint64_t{__builtin_bit_cast(uint32_t, static_cast<float>(value))};
  shmpack::StoreWord(view.address + offset, static_cast<uint32_t>(bytes), word);
  RETURN_TRUE;
}

ZEND_METHOD(Shmpack_SlotView, add) {
  zend_long offset;
  zend_long delta;
  zend_long bytes = 8;
  ZEND_PARSE_PARAMETERS_START(2, 3)
  Z_PARAM_LONG(offset)
  Z_PARAM_LONG(delta)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsAtomicPlace(view, offset, bytes, 3) || !FitsIn(delta, bytes, 2) || !IsWritable(view)) {
    if (EG(exception) != nullptr) RETURN_THROWS();
    RETURN_FALSE;
  }
  const uint64_t sum =
      shmpack::AddToWord(view.address + offset, static_cast<uint32_t>(bytes), static_cast<uint64_t>(delta));
  RETURN_LONG(SignExtended(sum, bytes));
}

ZEND_METHOD(Shmpack_SlotView, compareExchange) {
  zend_long offset;
  zend_long expected;
  zend_long desired;
  zend_long bytes = 8;
  ZEND_PARSE_PARAMETERS_START(3, 4)
  Z_PARAM_LONG(offset)
  Z_PARAM_LONG(expected)
  Z_PARAM_LONG(desired)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(bytes)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  if (!IsAtomicPlace(view, offset, bytes, 4) || !FitsIn(expected, bytes, 2) || !FitsIn(desired, bytes, 3) ||
      !IsWritable(view)) {
    if (EG(exception) != nullptr) RETURN_THROWS();
    RETURN_FALSE;
  }
  RETURN_BOOL(shmpack::CompareExchangeWord(view.address + offset, static_cast<uint32_t>(bytes),
                                           static_cast<uint64_t>(expected), static_cast<uint64_t>(desired)));
}

ZEND_METHOD(Shmpack_SlotView, offsetExists) {
  zval* offset;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_ZVAL(offset)
  ZEND_PARSE_PARAMETERS_END();

  RETURN_BOOL(Z_TYPE_P(offset) == IS_LONG && Z_LVAL_P(offset) >= 0 &&
              Z_LVAL_P(offset) < static_cast<zend_long>(SizeOf(THIS_VIEW())));
}

ZEND_METHOD(Shmpack_SlotView, offsetGet) {
  zval* offset;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_ZVAL(offset)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  zend_long at;
  uint64_t byte;
  if (!ByteAt(view, offset, &at)) RETURN_THROWS();
  if (!ReadWord(view, at, 1, &byte)) RETURN_FALSE;
  RETURN_LONG(static_cast<zend_long>(byte));
}

ZEND_METHOD(Shmpack_SlotView, offsetSet) {
  zval* offset;
  zval* value;
  ZEND_PARSE_PARAMETERS_START(2, 2)
  Z_PARAM_ZVAL(offset)
  Z_PARAM_ZVAL(value)
  ZEND_PARSE_PARAMETERS_END();

  const OpenSlotView& view = THIS_VIEW();
  zend_long at;
  if (!ByteAt(view, offset, &at)) RETURN_THROWS();
  if (Z_TYPE_P(value) != IS_LONG || Z_LVAL_P(value) < 0 || Z_LVAL_P(value) > 255) {
    zend_argument_value_error(2, "must be an integer between 0 and 255");
    RETURN_THROWS();
  }
  if (IsWritable(view)) shmpack::StoreWord(view.address + at, 1, static_cast<uint64_t>(Z_LVAL_P(value)));
}

ZEND_METHOD(Shmpack_SlotView, offsetUnset) {
  zval* offset;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_ZVAL(offset)
  ZEND_PARSE_PARAMETERS_END();
  zend_throw_error(nullptr, "Bytes of a slot cannot be unset");
}
