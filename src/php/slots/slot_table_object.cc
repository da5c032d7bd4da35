// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/slots/slot_table_object.h"

#include <cstdint>
#include <cstdio>
#include <cstring>

#include "ext/standard/info.h"
#include "php/arginfo.h"
#include "php/memory_limit.h"
#include "php/slots/slot_arguments.h"
#include "php/slots/slot_report.h"
#include "port/named_file.h"
#include "port/own_folder.h"
#include "shmpack/slot_table_layout.h"

namespace {

using shmpack::Code;
using shmpack::SlotTable;
using shmpack::Status;
using shmpack::php::ArgumentNumber;
using shmpack::php::HasSlot;
using shmpack::php::OnlyTable;
using shmpack::php::OpenSlotTable;
using shmpack::php::SlotTableObject;
using shmpack::php::TableAndSlot;
using shmpack::php::WarnFolder;
using shmpack::php::WarnOpening;
using shmpack::php::WarnSetAside;
using shmpack::php::WarnSlot;

/// What slotmem_create() was asked for. False: a ValueError was thrown.
bool ReadOptions(zend_long item_size, zend_long item_num, zend_long type, shmpack::SlotTableOptions* options) {
  if (item_size < 1 || item_size > static_cast<zend_long>(shmpack::kMaxTableSlotBytes)) {
    zend_argument_value_error(2, "must be between 1 and %u", shmpack::kMaxTableSlotBytes);
    return false;
  }
  if (item_num < 1 || item_num > static_cast<zend_long>(shmpack::kMaxTableSlots)) {
    zend_argument_value_error(3, "must be between 1 and %u", shmpack::kMaxTableSlots);
    return false;
  }
  if ((type & ~zend_long{shmpack::kSlotsAllTypes}) != 0) {
    zend_argument_value_error(4, "must be a combination of SLOTMEM_TYPE_* constants");
    return false;
  }
  options->slot_bytes = static_cast<uint32_t>(item_size);
  options->slot_count = static_cast<uint32_t>(item_num);
  options->type = static_cast<uint32_t>(type);
  return true;
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
  // The administrator chose the folder, but the script a path.
  return ZSTR_VAL(name)[0] != '/' || php_check_open_basedir(path) == 0;
}

/// Frees the object whose opening failed, and warns.
void Refuse(zval* return_value, const char* path, const Status& status) {
  zval_ptr_dtor(return_value);
  ZVAL_FALSE(return_value);
  WarnOpening(path, status);
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

void RegisterClasses() {
  SlotTableObject::Register(register_class_Shmpack_SlotTable(),
                            "Cannot directly construct Shmpack\\SlotTable, use slotmem_create() instead", Describe);
  shmpack::php::RegisterSlotViewClass();
}

void ShowInformation() {
  char format[16];
  snprintf(format, sizeof format, "%u", static_cast<unsigned>(shmpack::kSlotTableVersion));
  php_info_print_table_row(2, "Slot table format", format);
  char standard[64];
  const char* folder = SHMPACK_G(runtime_dir);
  if (folder == nullptr || *folder == '\0') {
    shmpack::DefaultFolder(standard, sizeof standard);
    folder = standard;
  }
  php_info_print_table_row(2, "Slot tables of relative names", folder);
}

}  // namespace

constexpr shmpack::php::Family shmpack::php::slot_family = {nullptr, RegisterClasses, ShowInformation};

void shmpack::php::CloseSlotTable(OpenSlotTable& open) {
  open.table.Detach();
  if (open.path != nullptr) zend_string_release(open.path);
  open.path = nullptr;
}

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

  shmpack::SlotTableOptions options;
  if (!ReadOptions(item_size, item_num, type, &options)) RETURN_THROWS();
  char path[shmpack::kMaxPathBytes];
  bool anonymous;
  if (!Resolve(name, path, &anonymous)) {
    if (EG(exception) != nullptr) RETURN_THROWS();
    RETURN_FALSE;
  }
  // The object first: making it may bail out, and then nothing may be mapped yet.
  OpenSlotTable& open = SlotTableObject::Make(return_value);
  if (!anonymous) open.path = zend_string_init(path, std::strlen(path), false);
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
    shmpack::php::WarnAnonymous(ZSTR_VAL(name));
    RETURN_FALSE;
  }
  OpenSlotTable& open = SlotTableObject::Make(return_value);
  open.path = zend_string_init(path, std::strlen(path), false);
  const Status status = SlotTable::Attach(path, !read_only, &open.table);
  if (!status.ok()) Refuse(return_value, path, status);
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
    zend_argument_value_error(ArgumentNumber(execute_data, 3), "must be at most %u bytes, the size of a slot",
                              open.table.slot_bytes());
    RETURN_THROWS();
  }
  const Status status = open.table.Put(static_cast<uint32_t>(id), ZSTR_VAL(data), static_cast<uint32_t>(ZSTR_LEN(data)),
                                       SHMPACK_G(lock_timeout_ms));
  if (EXPECTED(status.ok())) RETURN_TRUE;
  WarnSlot(open, id, status);
  RETURN_FALSE;
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
