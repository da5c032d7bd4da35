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

/// Whether the declared properties can be read in their slots. Then the object's table of properties need not be built.
bool KeepsPropertiesInSlots(zend_object* object) {
#if PHP_VERSION_ID >= 80400
  if (zend_object_is_lazy(object)) return false;
#endif
  return object->properties == nullptr && object->handlers->get_properties_for == nullptr &&
         object->handlers->get_properties == zend_std_get_properties;
}

/// The slot of the declared property `index`. Null: there is none, or it is not set.
zval* DeclaredSlot(zend_object* object, uint32_t index) {
  zend_property_info* const info = object->ce->properties_info_table[index];
  if (info == nullptr) return nullptr;
  zval* const slot = OBJ_PROP(object, info->offset);
  return Z_TYPE_P(slot) == IS_UNDEF ? nullptr : slot;
}

}  // namespace

void CallSerializeHook(zend_object* object, zend_function* method, zval* result) {
  BG(serialize_lock)++;
  zend_call_known_instance_method_with_0_params(method, object, result);
  BG(serialize_lock)--;
}

bool Encoder::Object(zend_object* object) {
  if (EG(exception) || MemoryIsOut()) return false;
  has_objects_ = true;
  zend_class_entry* const ce = object->ce;
  if ((ce->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) != 0) {
    zend_throw_exception_ex(nullptr, 0, "Serialization of '%s' is not allowed", ZSTR_VAL(ce->name));
    return false;
  }
  if ((ce->ce_flags & ZEND_ACC_ENUM) != 0) return EnumCase(object);

  zval* const number = NumberOf(reinterpret_cast<zend_refcounted*>(object));
  if (number == nullptr) return false;
  if (Z_TYPE_P(number) == IS_LONG) {
    if (Z_LVAL_P(number) == kStoredAsNull) {
      packer_.pack_nil();
      return true;
    }
    return PackSame(kExtSameObject, Z_LVAL_P(number));
  }
  ZVAL_LONG(number, kStoredAsNull);

  if (ce->__serialize != nullptr) return ByMethod(object, number);
  if (ce->serialize != nullptr) return BySerializable(object, number);
  if (ce != PHP_IC_ENTRY) {
    auto* const sleep =
        static_cast<zend_function*>(zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_SLEEP)));
    if (sleep != nullptr) return BySleep(object, number, sleep);
  }
  return ByProperties(object, number);
}

bool Encoder::EnumCase(zend_object* object) {
  zval* const number = NumberOf(reinterpret_cast<zend_refcounted*>(object));
  if (number == nullptr) return false;
  if (Z_TYPE_P(number) == IS_LONG) return PackSame(kExtSameEnumCase, Z_LVAL_P(number));
  ZVAL_LONG(number, next_case_++);
  zend_string* const class_name = object->ce->name;
  // A case's first property is its name. zend_enum.h cannot be used: in PHP 8.3 it has a parameter called `try`.
  zend_string* const case_name = Z_STR_P(OBJ_PROP_NUM(object, 0));
  const size_t ext_at = BeginExt();
  return String(class_name) && String(case_name) && EndExt(ext_at, kExtEnumCase);
}

bool Encoder::ByMethod(zend_object* object, zval* number) {
  zval data;
  CallSerializeHook(object, object->ce->__serialize, &data);
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
  // A serialize() inside must number its objects from the start, so that the bytes can be read on their own.
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
  if (bytes != nullptr) efree(bytes);
  return ok;
}

bool Encoder::ByProperties(zend_object* object, zval* number) {
  if (KeepsPropertiesInSlots(object)) return OpenSlots(object, number);
  zval self;
  ZVAL_OBJ(&self, object);
  zend_array* const properties = zend_get_properties_for(&self, ZEND_PROP_PURPOSE_SERIALIZE);
  if (EG(exception)) {
    zend_release_properties(properties);
    return false;
  }
  return OpenObject(object, number, properties);
}

/// Begins an object whose map is `table`, and completes it if that holds only scalars. Takes over the caller's count on
/// `table`.
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
  if (stored_name != nullptr) zend_string_release(stored_name);
  frame->map_at = out_->size_;
  packer_.pack_map(frame->declared);
  if (!frame->skips_class_name) frame->index = PackRun(table, false, 0, &frame->written);
  return ok && (frame->index < table->nNumUsed || CloseFrame());
}

/// The same for an object that keeps its properties in slots.
bool Encoder::OpenSlots(zend_object* object, zval* number) {
  ZVAL_LONG(number, next_object_++);
  Frame* const frame = PushFrame(Kind::kSlots);
  if (frame == nullptr) return false;
  frame->is_object = true;
  frame->object = object;  // held, as it has a number
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
      if (!IsScalar(slot)) break;
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
    if (slot == nullptr) continue;
    frames_.back().written++;
    const zend_string* const name = object->ce->properties_info_table[index]->name;
    if (!String(name) || !Value(slot)) return false;
    if (frames_.size() != depth) return true;
  }
  return CloseFrame();
}

bool IsIncompleteClassNameAt(zend_array* table, uint32_t index) {
  zend_ulong number;
  const zend_string* const key = KeyAt(table, index, &number);
  return key != nullptr && zend_string_equals_literal(key, MAGIC_MEMBER);
}

}  // namespace shmpack::php
