// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the encoder that asks objects how they want to be stored. The order, the messages and what is left out
// are serialize()'s.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_incomplete_class.h"
#include "php/memory_limit.h"
#include "php/values/encoder_state.h"
#include "php/values/run_packer.h"
#include "php/values/zend_array_access.h"
#include "shmpack/value_types.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#if PHP_VERSION_ID >= 80400
#include "zend_lazy_objects.h"
#endif

namespace shmpack::php {
namespace {

constexpr int kNamedTwiceLevel = PHP_VERSION_ID >= 80300 ? E_WARNING : E_NOTICE;

/// Calls a method without arguments as serialize() does: what it serializes inside is on its own.
void CallHook(zend_object* object, zend_function* method, zval* result) {
  BG(serialize_lock)++;
  zend_call_known_instance_method_with_0_params(method, object, result);
  BG(serialize_lock)--;
}

/// Whether the class declares a type for `name`, as it is called in the table of properties. By name, because an
/// initialised lazy proxy's properties do not lie in the proxy. (PHP 8.4's own function has no C linkage in C++.)
bool IsTypedProperty(zend_class_entry* ce, zend_string* name) {
  for (int i = 0; i < ce->default_properties_count; ++i) {
    zend_property_info* const info = ce->properties_info_table[i];
    if (info != nullptr && zend_string_equals(info->name, name)) {
      return ZEND_TYPE_IS_SET(info->type);
    }
  }
  return false;
}

/// Adds the property `name`, as it is called in the table of properties. False: there is none.
bool AddSleepProperty(zend_object* object, zend_array* properties, zend_string* name, zend_string* shown_name,
                      zend_array* selected) {
  zval* value = zend_hash_find(properties, name);
  if (value == nullptr) {
    return false;
  }
  if (Z_TYPE_P(value) == IS_INDIRECT) {
    value = Z_INDIRECT_P(value);
    if (Z_TYPE_P(value) == IS_UNDEF) {
      return IsTypedProperty(object->ce, name);  // not initialised: left out
    }
  }
  if (zend_hash_add(selected, name, value) == nullptr) {
    php_error_docref(nullptr, kNamedTwiceLevel, "\"%s\" is returned from __sleep() multiple times",
                     ZSTR_VAL(shown_name));
    return true;
  }
  Z_TRY_ADDREF_P(value);
  return true;
}

/// Adds the property that __sleep() called `name`: public, private of this class, or protected. False: user code threw.
bool SelectSleepProperty(zend_object* object, zend_array* properties, zend_string* name, zend_array* selected) {
  const bool persistent = (object->ce->type & ZEND_INTERNAL_CLASS) != 0;
  bool found = AddSleepProperty(object, properties, name, name, selected);
  for (int i = 0; !found && i < 2 && !EG(exception); ++i) {
    const char* const scope = i == 0 ? ZSTR_VAL(object->ce->name) : "*";
    const size_t scope_size = i == 0 ? ZSTR_LEN(object->ce->name) : 1;
    zend_string* const mangled =
        zend_mangle_property_name(scope, scope_size, ZSTR_VAL(name), ZSTR_LEN(name), persistent);
    found = AddSleepProperty(object, properties, mangled, name, selected);
    zend_string_release(mangled);
  }
  if (!found && !EG(exception)) {
    php_error_docref(nullptr, E_WARNING, "\"%s\" returned as member variable from __sleep() but does not exist",
                     ZSTR_VAL(name));
  }
  return !EG(exception);
}

void WarnAboutSleep(zend_class_entry* ce) {
  php_error_docref(nullptr, E_WARNING,
                   "%s::__sleep() should return an array only containing the names of instance-variables to serialize",
                   ZSTR_VAL(ce->name));
}

/// The properties whose names __sleep() returned; null: user code threw, or memory is out.
zend_array* SelectSleepProperties(zend_object* object, zend_array* names) {
  zval self;
  ZVAL_OBJ(&self, object);
  if (!HasRoomFor(TableBytes(zend_hash_num_elements(names)))) {
    return nullptr;
  }
  zend_array* const properties = zend_get_properties_for(&self, ZEND_PROP_PURPOSE_SERIALIZE);
  zend_array* selected = zend_new_array(zend_hash_num_elements(names));
  zval* name;
  ZEND_HASH_FOREACH_VAL_IND(names, name) {
    ZVAL_DEREF(name);
    if (Z_TYPE_P(name) != IS_STRING) {
      WarnAboutSleep(object->ce);
    }
    zend_string* temporary;
    zend_string* const text = zval_get_tmp_string(name, &temporary);
    const bool ok = SelectSleepProperty(object, properties, text, selected);
    zend_tmp_string_release(temporary);
    if (!ok) {
      zend_array_destroy(selected);
      selected = nullptr;
      break;
    }
  }
  ZEND_HASH_FOREACH_END();
  zend_release_properties(properties);
  return selected;
}

/// Whether the declared properties can be read where they lie, without building the object's table of properties.
bool KeepsPropertiesInSlots(zend_object* object) {
#if PHP_VERSION_ID >= 80400
  if (zend_object_is_lazy(object)) {
    return false;
  }
#endif
  return object->properties == nullptr && object->handlers->get_properties_for == nullptr &&
         object->handlers->get_properties == zend_std_get_properties;
}

/// The slot of the declared property `index`; null: there is none, or it is not set.
zval* DeclaredSlot(zend_object* object, uint32_t index) {
  zend_property_info* const info = object->ce->properties_info_table[index];
  if (info == nullptr) {
    return nullptr;
  }
  zval* const slot = OBJ_PROP(object, info->offset);
  return Z_TYPE_P(slot) == IS_UNDEF ? nullptr : slot;
}

}  // namespace

bool Encoder::Object(zend_object* object) {
  if (EG(exception) || MemoryIsOut()) {
    return false;
  }
  has_objects_ = true;
  zend_class_entry* const ce = object->ce;
  if ((ce->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) != 0) {
    zend_throw_exception_ex(nullptr, 0, "Serialization of '%s' is not allowed", ZSTR_VAL(ce->name));
    return false;
  }
  if ((ce->ce_flags & ZEND_ACC_ENUM) != 0) {
    return EnumCase(object);
  }

  zval* const number = Number(reinterpret_cast<zend_refcounted*>(object));
  if (number == nullptr) {
    return false;
  }
  if (Z_TYPE_P(number) == IS_LONG) {
    if (Z_LVAL_P(number) == kStoredAsNull) {
      packer_.pack_nil();
      return true;
    }
    return NumberExt(kExtSameObject, Z_LVAL_P(number));
  }
  ZVAL_LONG(number, kStoredAsNull);

  if (ce->__serialize != nullptr) {
    return ByMethod(object, number);
  }
  if (ce->serialize != nullptr) {
    return BySerializable(object, number);
  }
  if (ce != PHP_IC_ENTRY) {
    auto* const sleep =
        static_cast<zend_function*>(zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_SLEEP)));
    if (sleep != nullptr) {
      return BySleep(object, number, sleep);
    }
  }
  return ByProperties(object, number);
}

bool Encoder::EnumCase(zend_object* object) {
  zval* const number = Number(reinterpret_cast<zend_refcounted*>(object));
  if (number == nullptr) {
    return false;
  }
  if (Z_TYPE_P(number) == IS_LONG) {
    return NumberExt(kExtSameEnumCase, Z_LVAL_P(number));
  }
  ZVAL_LONG(number, next_case_++);
  zend_string* const class_name = object->ce->name;
  // A case's first property is its name. Not by zend_enum.h: in PHP 8.3 that is no C++, a parameter is called `try`.
  zend_string* const case_name = Z_STR_P(OBJ_PROP_NUM(object, 0));
  const size_t ext_at = BeginExt();
  return String(class_name) && String(case_name) && EndExt(ext_at, kExtEnumCase);
}

bool Encoder::ByMethod(zend_object* object, zval* number) {
  zval data;
  CallHook(object, object->ce->__serialize, &data);
  if (EG(exception)) {
    zval_ptr_dtor(&data);
    return false;
  }
  if (Z_TYPE(data) != IS_ARRAY) {
    zval_ptr_dtor(&data);
    zend_type_error("%s::__serialize() must return an array", ZSTR_VAL(object->ce->name));
    return false;
  }
  return OpenObject(object, number, Z_ARR(data));
}

bool Encoder::BySerializable(zend_object* object, zval* number) {
  zval self;
  ZVAL_OBJ(&self, object);
  unsigned char* bytes = nullptr;
  size_t size = 0;
  // serialize() called inside numbers its objects from the start: the bytes must be readable on their own.
  const auto outer = BG(serialize);
  const unsigned outer_lock = BG(serialize_lock);
  BG(serialize) = {};
  BG(serialize_lock) = 0;
  const int result = object->ce->serialize(&self, &bytes, &size, nullptr);
  BG(serialize) = outer;
  BG(serialize_lock) = outer_lock;

  bool ok = !EG(exception);
  if (ok && result != SUCCESS) {
    packer_.pack_nil();
  } else if (ok && size > UINT32_MAX) {
    zend_throw_exception(nullptr, "Strings of 4 GiB or more cannot be stored in shared memory", 0);
    ok = false;
  } else if (ok) {
    ZVAL_LONG(number, next_object_++);
    const size_t ext_at = BeginExt();
    ok = String(object->ce->name);
    packer_.pack_bin(static_cast<uint32_t>(size));
    packer_.pack_bin_body(reinterpret_cast<const char*>(bytes), static_cast<uint32_t>(size));
    ok = ok && EndExt(ext_at, kExtSerializable);
  }
  if (bytes != nullptr) {
    efree(bytes);
  }
  return ok;
}

bool Encoder::BySleep(zend_object* object, zval* number, zend_function* sleep) {
  zval names;
  CallHook(object, sleep, &names);
  if (EG(exception)) {
    zval_ptr_dtor(&names);
    return false;
  }
  if (Z_TYPE(names) != IS_ARRAY) {
    zval_ptr_dtor(&names);
    WarnAboutSleep(object->ce);
    packer_.pack_nil();
    return !EG(exception);
  }
  zend_array* const selected = SelectSleepProperties(object, Z_ARR(names));
  zval_ptr_dtor(&names);
  return selected != nullptr && OpenObject(object, number, selected);
}

bool Encoder::ByProperties(zend_object* object, zval* number) {
  if (KeepsPropertiesInSlots(object)) {
    return OpenSlots(object, number);
  }
  zval self;
  ZVAL_OBJ(&self, object);
  zend_array* const properties = zend_get_properties_for(&self, ZEND_PROP_PURPOSE_SERIALIZE);
  if (EG(exception)) {
    zend_release_properties(properties);
    return false;
  }
  return OpenObject(object, number, properties);
}

/// Opens the object's payload, whose map is `table`, and closes it again if it holds only scalars. Takes the count that
/// the caller holds on `table`.
bool Encoder::OpenObject(zend_object* object, zval* number, zend_array* table) {
  ZVAL_LONG(number, next_object_++);
  Frame* const frame = PushFrame(Kind::kTable);
  if (frame == nullptr) {
    zend_release_properties(table);
    return false;
  }
  frame->is_object = true;
  frame->table = table;
  frame->declared = zend_array_count(table);
  frame->ext_at = BeginExt();
  zend_string* class_name = object->ce->name;
  zend_string* stored_name = nullptr;
  if (object->ce == PHP_IC_ENTRY) {
    stored_name = php_lookup_class_name(object);
    if (stored_name != nullptr) {
      class_name = stored_name;
      frame->skips_class_name = true;
      frame->declared--;
    }
  }
  const bool ok = String(class_name);
  if (stored_name != nullptr) {
    zend_string_release(stored_name);
  }
  frame->map_at = out_->size_;
  packer_.pack_map(frame->declared);
  if (!frame->skips_class_name) {
    frame->index = PackRun(table, false, 0, &frame->written);
  }
  return ok && (frame->index < table->nNumUsed || CloseFrame());
}

bool Encoder::OpenSlots(zend_object* object, zval* number) {
  ZVAL_LONG(number, next_object_++);
  Frame* const frame = PushFrame(Kind::kSlots);
  if (frame == nullptr) {
    return false;
  }
  frame->is_object = true;
  frame->object = object;  // held since it has a number
  const auto slots = static_cast<uint32_t>(object->ce->default_properties_count);
  for (uint32_t i = 0; i < slots; ++i) {
    frame->declared += DeclaredSlot(object, i) != nullptr;
  }
  frame->ext_at = BeginExt();
  const bool ok = String(object->ce->name);
  frame->map_at = out_->size_;
  packer_.pack_map(frame->declared);
  RunPacker packer(out_);
  for (; frame->index < slots; ++frame->index) {
    const zval* const slot = DeclaredSlot(object, frame->index);
    if (slot != nullptr) {
      if (!IsScalar(slot)) {
        break;
      }
      packer.Reserve();
      packer.String(object->ce->properties_info_table[frame->index]->name);
      packer.Scalar(slot);
      frame->written++;
    }
  }
  packer.Done();
  return ok && (frame->index < slots || CloseFrame());
}

bool Encoder::ContinueSlots() {
  const size_t depth = frames_.size();
  zend_object* const object = frames_.back().object;
  const auto slots = static_cast<uint32_t>(object->ce->default_properties_count);
  while (frames_.back().index < slots) {
    const uint32_t index = frames_.back().index++;
    zval* const slot = DeclaredSlot(object, index);
    if (slot == nullptr) {
      continue;
    }
    frames_.back().written++;
    const zend_string* const name = object->ce->properties_info_table[index]->name;
    if (!String(name) || !Value(slot)) {
      return false;
    }
    if (frames_.size() != depth) {
      return true;
    }
  }
  return CloseFrame();
}

bool IsIncompleteClassNameAt(zend_array* table, uint32_t index) {
  zend_ulong number;
  const zend_string* const key = KeyAt(table, index, &number);
  return key != nullptr && zend_string_equals_literal(key, MAGIC_MEMBER);
}

}  // namespace shmpack::php
