// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/slots/slot_table_object.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "php/memory_limit.h"
#include "php/slots/slot_report.h"
#include "php/values/value_decoder.h"
#include "php/values/value_encoder.h"
#include "port/named_file.h"
#include "shmpack/msgpack_format.h"

namespace {

using shmpack::Code;
using shmpack::SlotTable;
using shmpack::Status;
using shmpack::php::OpenSlotTable;
using shmpack::php::SlotTableObject;
using shmpack::php::WarnFolder;
using shmpack::php::WarnOpening;
using shmpack::php::WarnSetAside;
using shmpack::php::WarnSlot;

constexpr size_t kBin32Header = 5;     // Its head, and its length in four bytes, big-endian.
constexpr uint32_t kSmallValue = 512;  // Up to here a value is put together, or read, on the stack.

/// The number of an argument that is the n-th of the function: of the method it is one less.
uint32_t ArgumentNumber(const zend_execute_data* execute_data, uint32_t n) {
  return execute_data->func->common.scope != nullptr ? n - 1 : n;
}

/// Whether the table has that slot; else a ValueError is thrown. It is the second argument of the function.
bool HasSlot(const zend_execute_data* execute_data, const SlotTable& table, zend_long id) {
  if (EXPECTED(id >= 0 && id < static_cast<zend_long>(table.slot_count()))) return true;
  zend_argument_value_error(ArgumentNumber(execute_data, 2), "must be between 0 and %u", table.slot_count() - 1);
  return false;
}

/// What a table's name means. False: an error was thrown, or a warning raised.
bool Resolve(zend_string* name, char* path, bool* anonymous) {
  const Status status = shmpack::ResolveTableName(ZSTR_VAL(name), SHMPACK_G(runtime_dir), path, anonymous);
  if (status.code() == Code::kInvalid) {
    zend_argument_value_error(1, "%s", status.text());
    return false;
  }
  if (!status.ok()) {
    WarnFolder(ZSTR_VAL(name), status);
    return false;
  }
  // The folder is the administrator's choice, a path is the script's.
  return ZSTR_VAL(name)[0] != '/' || php_check_open_basedir(path) == 0;
}

/// Frees the object whose opening failed, and warns.
void Refuse(zval* return_value, const char* path, const Status& status) {
  zval_ptr_dtor(return_value);
  ZVAL_FALSE(return_value);
  WarnOpening(path, status);
}

/// How many bytes the value takes that slotmem_put_var() stored, header and all; 0: it did not, going by the beginning.
uint32_t StoredBytes(const uint8_t* begin, uint32_t size, uint32_t slot_bytes) {
  if (size < kBin32Header || begin[0] != shmpack::kHeadBin32) return 0;
  const uint32_t length = uint32_t{begin[1]} << 24 | uint32_t{begin[2]} << 16 | uint32_t{begin[3]} << 8 | begin[4];
  return length == 0 || length > slot_bytes - kBin32Header ? 0 : length + kBin32Header;
}

/// Whether the callback's second parameter is declared as SlotView, which a string would not do for.
bool WantsView(const zend_function* callback) {
  // No function: one that is found anew at each call, by __call(), which declares nothing.
  if (callback == nullptr || callback->type != ZEND_USER_FUNCTION || callback->common.num_args < 2) return false;
  const zend_type type = callback->common.arg_info[1].type;
  return ZEND_TYPE_HAS_NAME(type) && !ZEND_TYPE_CONTAINS_CODE(type, IS_STRING) &&
         zend_string_equals_ci(ZEND_TYPE_NAME(type), shmpack::php::SlotViewClass()->name);
}

void Describe(const OpenSlotTable& open, zval* shown) {
  if (!open.table.attached()) return;
  if (open.path != nullptr) {
    add_assoc_str(shown, "path", zend_string_copy(open.path));
  } else {
    add_assoc_null(shown, "path");
  }
  add_assoc_long(shown, "num_slots", open.table.slot_count());
  add_assoc_long(shown, "num_free_slots", open.table.FreeSlots());
  add_assoc_long(shown, "slot_size", open.table.slot_bytes());
  add_assoc_long(shown, "type", open.table.type());
  add_assoc_bool(shown, "read_only", open.table.read_only());
}

/// All bytes of a slot. False: a warning was raised, or memory is out.
bool LookAtSlot(const OpenSlotTable& open, uint32_t id, zval* result) {
  zend_string* const bytes = shmpack::php::NewString(open.table.slot_bytes());
  if (UNEXPECTED(bytes == nullptr)) return false;
  const Status status = open.table.Look(id, ZSTR_VAL(bytes), open.table.slot_bytes(), SHMPACK_G(lock_timeout_ms));
  if (UNEXPECTED(!status.ok())) {
    zend_string_efree(bytes);
    WarnSlot(open, id, status);
    return false;
  }
  ZSTR_VAL(bytes)[ZSTR_LEN(bytes)] = '\0';
  ZVAL_NEW_STR(result, bytes);
  return true;
}

}  // namespace

namespace shmpack::php {

void CloseSlotTable(OpenSlotTable& open) {
  open.table.Detach();
  if (open.path != nullptr) zend_string_release(open.path);
  open.path = nullptr;
}

const char* SlotFolder(char* buffer, size_t capacity) {
  const char* const set = SHMPACK_G(runtime_dir);
  if (set != nullptr && *set != '\0') return set;
  DefaultFolder(buffer, capacity);
  return buffer;
}

void RegisterSlotClasses(zend_class_entry* table_class, zend_class_entry* view_class) {
  SlotTableObject::Register(table_class, "Cannot directly construct Shmpack\\SlotTable, use slotmem_create() instead",
                            Describe);
  RegisterSlotViewClass(view_class);
}

}  // namespace shmpack::php

ZEND_FUNCTION(slotmem_create) {
  zend_string* name;
  zend_long item_size;
  zend_long item_num;
  zend_long type = 0;
  ZEND_PARSE_PARAMETERS_START(3, 4)
  Z_PARAM_PATH_STR(name)
  Z_PARAM_LONG(item_size)
  Z_PARAM_LONG(item_num)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(type)
  ZEND_PARSE_PARAMETERS_END();

  if (item_size < 1 || item_size > static_cast<zend_long>(shmpack::kMaxTableSlotBytes)) {
    zend_argument_value_error(2, "must be between 1 and %u", shmpack::kMaxTableSlotBytes);
    RETURN_THROWS();
  }
  if (item_num < 1 || item_num > static_cast<zend_long>(shmpack::kMaxTableSlots)) {
    zend_argument_value_error(3, "must be between 1 and %u", shmpack::kMaxTableSlots);
    RETURN_THROWS();
  }
  if ((type & ~zend_long{shmpack::kSlotsAllTypes}) != 0) {
    zend_argument_value_error(4, "must be a combination of SLOTMEM_TYPE_* constants");
    RETURN_THROWS();
  }
  char path[shmpack::kMaxPathBytes];
  bool anonymous;
  if (!Resolve(name, path, &anonymous)) {
    if (EG(exception) != nullptr) RETURN_THROWS();
    RETURN_FALSE;
  }
  // The object first: making it may bail out, and then nothing may be mapped yet.
  OpenSlotTable& open = SlotTableObject::Make(return_value);
  if (!anonymous) open.path = zend_string_init(path, std::strlen(path), false);
  shmpack::SlotTableOptions options;
  options.slot_bytes = static_cast<uint32_t>(item_size);
  options.slot_count = static_cast<uint32_t>(item_num);
  options.type = static_cast<uint32_t>(type);
  Status restored;
  const Status status =
      SlotTable::Create(anonymous ? nullptr : path, options, SHMPACK_G(lock_timeout_ms), &open.table, &restored);
  if (!status.ok()) {
    Refuse(return_value, anonymous ? "none" : path, status);
  } else if (!restored.ok() && restored.code() != Code::kNotFound) {
    WarnSetAside(path, restored, "the slots are empty");
  }
}

ZEND_FUNCTION(slotmem_attach) {
  zend_string* name;
  bool read_only = false;
  ZEND_PARSE_PARAMETERS_START(1, 2)
  Z_PARAM_PATH_STR(name)
  Z_PARAM_OPTIONAL
  Z_PARAM_BOOL(read_only)
  ZEND_PARSE_PARAMETERS_END();

  char path[shmpack::kMaxPathBytes];
  bool anonymous;
  if (!Resolve(name, path, &anonymous)) {
    if (EG(exception) != nullptr) RETURN_THROWS();
    RETURN_FALSE;
  }
  if (anonymous) {
    php_error_docref(nullptr, E_WARNING,
                     "Failed for slot table \"%s\": it has no name that another process could attach to",
                     ZSTR_VAL(name));
    RETURN_FALSE;
  }
  OpenSlotTable& open = SlotTableObject::Make(return_value);
  open.path = zend_string_init(path, std::strlen(path), false);
  const Status status = SlotTable::Attach(path, !read_only, &open.table);
  if (!status.ok()) Refuse(return_value, path, status);
}

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

ZEND_FUNCTION(slotmem_dptr) {
  zval* object;
  zend_long id;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Ol", &object, SlotTableObject::class_entry(), &id) ==
      FAILURE) {
    RETURN_THROWS();
  }
  if (!HasSlot(execute_data, SlotTableObject::Of(Z_OBJ_P(object)).table, id)) RETURN_THROWS();
  if (!shmpack::php::MakeSlotView(Z_OBJ_P(object), static_cast<uint32_t>(id), return_value)) RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_get) {
  zval* object;
  zend_long id;
  zend_long length = 0;
  bool length_is_null = true;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Ol|l!", &object, SlotTableObject::class_entry(), &id,
                                   &length, &length_is_null) == FAILURE) {
    RETURN_THROWS();
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (!HasSlot(execute_data, open.table, id)) RETURN_THROWS();
  if (ZEND_NUM_ARGS() < ArgumentNumber(execute_data, 3) || length_is_null) length = open.table.slot_bytes();
  if (length < 0 || length > static_cast<zend_long>(open.table.slot_bytes())) {
    zend_argument_value_error(ArgumentNumber(execute_data, 3), "must be between 0 and %u", open.table.slot_bytes());
    RETURN_THROWS();
  }
  zend_string* const bytes = shmpack::php::NewString(static_cast<size_t>(length));
  if (UNEXPECTED(bytes == nullptr)) return;
  const Status status = open.table.Get(static_cast<uint32_t>(id), ZSTR_VAL(bytes), static_cast<uint32_t>(length),
                                       SHMPACK_G(lock_timeout_ms));
  if (EXPECTED(status.ok())) {
    ZSTR_VAL(bytes)[length] = '\0';
    RETURN_NEW_STR(bytes);
  }
  zend_string_efree(bytes);
  WarnSlot(open, id, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_put) {
  zval* object;
  zend_long id;
  zend_string* data;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "OlS", &object, SlotTableObject::class_entry(), &id,
                                   &data) == FAILURE) {
    RETURN_THROWS();
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (!HasSlot(execute_data, open.table, id)) RETURN_THROWS();
  if (ZSTR_LEN(data) > open.table.slot_bytes()) {
    zend_argument_value_error(ArgumentNumber(execute_data, 3), "must be at most %u bytes, which is what a slot has",
                              open.table.slot_bytes());
    RETURN_THROWS();
  }
  const Status status = open.table.Put(static_cast<uint32_t>(id), ZSTR_VAL(data), static_cast<uint32_t>(ZSTR_LEN(data)),
                                       SHMPACK_G(lock_timeout_ms));
  if (EXPECTED(status.ok())) RETURN_TRUE;
  WarnSlot(open, id, status);
  RETURN_FALSE;
}

/// The table of a call that has no other argument, or null: an error was thrown.
static const OpenSlotTable* OnlyTable(zend_execute_data* execute_data) {
  zval* object;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "O", &object, SlotTableObject::class_entry()) ==
      FAILURE) {
    return nullptr;
  }
  return &SlotTableObject::Of(Z_OBJ_P(object));
}

/// The table and slot of a call that has no other argument, or null: an error was thrown.
static const OpenSlotTable* TableAndSlot(zend_execute_data* execute_data, zend_long* id) {
  zval* object;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Ol", &object, SlotTableObject::class_entry(), id) ==
      FAILURE) {
    return nullptr;
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  return HasSlot(execute_data, open.table, *id) ? &open : nullptr;
}

ZEND_FUNCTION(slotmem_num_slots) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  RETURN_LONG(open->table.slot_count());
}

ZEND_FUNCTION(slotmem_num_free_slots) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  RETURN_LONG(open->table.FreeSlots());
}

ZEND_FUNCTION(slotmem_slot_size) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  RETURN_LONG(open->table.slot_bytes());
}

ZEND_FUNCTION(slotmem_grab) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  uint32_t id = 0;
  const Status status = open->table.Grab(SHMPACK_G(lock_timeout_ms), &id);
  if (EXPECTED(status.ok())) RETURN_LONG(id);
  if (status.code() != Code::kNoRoom) WarnSlot(*open, -1, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_fgrab) {
  zend_long id;
  const OpenSlotTable* const open = TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  const Status status = open->table.GrabThis(static_cast<uint32_t>(id), SHMPACK_G(lock_timeout_ms));
  if (EXPECTED(status.ok())) RETURN_TRUE;
  WarnSlot(*open, id, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_release) {
  zend_long id;
  const OpenSlotTable* const open = TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  const Status status = open->table.Release(static_cast<uint32_t>(id), SHMPACK_G(lock_timeout_ms));
  if (EXPECTED(status.ok())) RETURN_TRUE;
  if (status.code() != Code::kNotFound) WarnSlot(*open, id, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_put_var) {
  zval* object;
  zend_long id;
  zval* value;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Olz", &object, SlotTableObject::class_entry(), &id,
                                   &value) == FAILURE) {
    RETURN_THROWS();
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (!HasSlot(execute_data, open.table, id)) RETURN_THROWS();
  shmpack::php::EncodedValue encoded;
  if (!shmpack::php::EncodeValue(value, &encoded)) return;  // There is an exception, or memory is out.
  const shmpack::ValueBytes parts = encoded.bytes();
  const uint64_t length = parts.bytes();
  if (length + kBin32Header > open.table.slot_bytes()) {
    FreeEncodedValue(&encoded);
    php_error_docref(nullptr, E_WARNING,
                     "Failed for slot " ZEND_LONG_FMT ": the value takes " ZEND_ULONG_FMT " bytes, the slot has %u", id,
                     static_cast<zend_ulong>(length + kBin32Header), open.table.slot_bytes());
    RETURN_FALSE;
  }
  uint8_t small[kSmallValue];
  auto* const bytes = length + kBin32Header <= kSmallValue
                          ? small
                          : static_cast<uint8_t*>(shmpack::php::NewBytes(length + kBin32Header));
  if (bytes == nullptr) {
    FreeEncodedValue(&encoded);
    return;
  }
  bytes[0] = shmpack::kHeadBin32;
  for (int i = 0; i < 4; ++i) bytes[1 + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  std::memcpy(bytes + kBin32Header, parts.head, parts.head_bytes);
  if (parts.body_bytes != 0) std::memcpy(bytes + kBin32Header + parts.head_bytes, parts.body, parts.body_bytes);
  FreeEncodedValue(&encoded);
  const Status status = open.table.Put(static_cast<uint32_t>(id), bytes, static_cast<uint32_t>(length + kBin32Header),
                                       SHMPACK_G(lock_timeout_ms));
  if (bytes != small) efree(bytes);
  if (EXPECTED(status.ok())) RETURN_TRUE;
  WarnSlot(open, id, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_get_var) {
  zend_long id;
  const OpenSlotTable* const open = TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  const uint32_t slot_bytes = open->table.slot_bytes();
  // What fits in at first; of a longer value it says how much to read. While longer and longer ones are put there,
  // every next buffer has room to spare, so that this ends.
  uint8_t small[kSmallValue];
  uint8_t* bytes = small;
  uint32_t size = std::min(slot_bytes, kSmallValue);
  uint32_t stored = 0;
  Status status;
  for (;;) {
    status = open->table.Get(static_cast<uint32_t>(id), bytes, size, SHMPACK_G(lock_timeout_ms));
    stored = status.ok() ? StoredBytes(bytes, size, slot_bytes) : 0;
    if (stored <= size) break;
    const bool is_second = bytes == small;
    if (!is_second) efree(bytes);
    size = is_second ? stored : std::min(slot_bytes, stored + stored / 2);
    bytes = static_cast<uint8_t*>(shmpack::php::NewBytes(size));
    if (bytes == nullptr) return;
  }
  bool plain;
  const bool decoded = stored != 0 && shmpack::php::DecodeValue(reinterpret_cast<const char*>(bytes) + kBin32Header,
                                                                stored - kBin32Header, return_value, &plain);
  if (bytes != small) efree(bytes);
  if (decoded) return;
  if (!status.ok()) {
    WarnSlot(*open, id, status);
  } else if (EG(exception) == nullptr && !shmpack::php::MemoryIsOut()) {
    php_error_docref(nullptr, E_WARNING, "Slot " ZEND_LONG_FMT " holds no value", id);
  }
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_sync) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  if (open->path == nullptr) {
    zend_value_error("A slot table without a name cannot be stored");
    RETURN_THROWS();
  }
  Status in_the_way;
  const Status status = open->table.Sync(ZSTR_VAL(open->path), SHMPACK_G(lock_timeout_ms), &in_the_way);
  if (!in_the_way.ok()) {
    WarnSetAside(ZSTR_VAL(open->path), in_the_way,
                 status.ok() ? "the slots are stored in its place" : "the slots are not stored");
  }
  if (status.ok()) RETURN_TRUE;
  WarnSlot(*open, -1, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_remove) {
  zval* object;
  bool stored = false;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "O|b", &object, SlotTableObject::class_entry(),
                                   &stored) == FAILURE) {
    RETURN_THROWS();
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (open.path == nullptr) RETURN_TRUE;
  Status status = open.table.Remove(ZSTR_VAL(open.path), SHMPACK_G(lock_timeout_ms));
  if (status.code() == Code::kNotFound) status = Status();
  if (status.ok() && stored) status = SlotTable::RemoveStored(ZSTR_VAL(open.path));
  if (status.ok()) RETURN_TRUE;
  WarnSlot(open, -1, status);
  RETURN_FALSE;
}

ZEND_METHOD(Shmpack_SlotTable, inUse) {
  zend_long id;
  const OpenSlotTable* const open = TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  RETURN_BOOL(open->table.InUse(static_cast<uint32_t>(id)));
}

ZEND_METHOD(Shmpack_SlotTable, owner) {
  zend_long id;
  const OpenSlotTable* const open = TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  RETURN_LONG(open->table.OwnerPid(static_cast<uint32_t>(id)));
}

ZEND_METHOD(Shmpack_SlotTable, orphans) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  array_init(return_value);
  for (uint32_t id = 0; id < open->table.slot_count(); ++id) {
    if (open->table.InUse(id) && open->table.Owner(id).is_gone) add_next_index_long(return_value, id);
  }
}

ZEND_METHOD(Shmpack_SlotTable, reclaim) {
  zval* object;
  zend_long id = 0;
  bool all = true;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "O|l!", &object, SlotTableObject::class_entry(), &id,
                                   &all) == FAILURE) {
    RETURN_THROWS();
  }
  if (ZEND_NUM_ARGS() == 0) all = true;
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (!all && !HasSlot(execute_data, open.table, id)) RETURN_THROWS();
  zend_long freed = 0;
  const auto first = static_cast<uint32_t>(all ? 0 : id);
  const uint32_t end = all ? open.table.slot_count() : first + 1;
  for (uint32_t slot = first; slot < end; ++slot) {
    if (!open.table.InUse(slot)) continue;
    const Status status = open.table.Reclaim(slot, SHMPACK_G(lock_timeout_ms));
    if (status.ok()) {
      ++freed;
    } else if (status.code() != Code::kNotFound) {
      WarnSlot(open, slot, status);
      break;
    }
  }
  RETURN_LONG(freed);
}

ZEND_METHOD(Shmpack_SlotTable, isReadOnly) {
  const OpenSlotTable* const open = OnlyTable(execute_data);
  if (open == nullptr) RETURN_THROWS();
  RETURN_BOOL(open->table.read_only());
}
