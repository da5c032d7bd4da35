// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that finds the place of a property in its object and checks its type, as unserialize() does.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "ext/standard/php_incomplete_class.h"
#include "php/memory_limit.h"
#include "php/values/decoder_state.h"
#include "zend_exceptions.h"

namespace shmpack::php {
namespace {

/// The mangled name of a declared property that was stored under another one, because its visibility has changed since.
/// Null: there is none. `*refused`: no property can have the name `key`.
zend_string* RenamedProperty(zend_class_entry* ce, zend_string* key, bool* refused) {
  *refused = false;
  if (zend_hash_num_elements(&ce->properties_info) == 0) return nullptr;
  const char* class_name = nullptr;
  const char* name = nullptr;
  size_t name_size = 0;
  if (zend_unmangle_property_name_ex(key, &class_name, &name, &name_size) == FAILURE) {
    *refused = true;
    return nullptr;
  }
  if (class_name != nullptr && strcmp(class_name, "*") != 0 && strcasecmp(class_name, ZSTR_VAL(ce->name)) != 0) {
    return nullptr;
  }
  if (class_name == nullptr) {
    name = ZSTR_VAL(key);
    name_size = ZSTR_LEN(key);
  }
  const auto* const info =
      static_cast<zend_property_info*>(zend_hash_str_find_ptr(&ce->properties_info, name, name_size));
#if PHP_VERSION_ID >= 80400
  if (info != nullptr && (info->flags & ZEND_ACC_VIRTUAL) != 0) {
    php_error_docref(nullptr, E_WARNING, "Cannot unserialize value for virtual property %s::$%s",
                     ZSTR_VAL(info->ce->name), ZSTR_VAL(key));
    *refused = true;
    return nullptr;
  }
#endif
  return info != nullptr ? info->name : nullptr;
}

/// The declaration of the property at `slot` if it is typed, or null. (PHP 8.4's own function has no C linkage in C++.)
zend_property_info* TypedPropertyAt(zend_object* object, zval* slot) {
  zend_class_entry* const ce = object->ce;
  zend_property_info* info = ce->properties_info_table[slot - object->properties_table];
  // If a class has storage for a property that its parent only computes, the declaration is at another index.
  for (int i = 0; info == nullptr && i < ce->default_properties_count; ++i) {
    zend_property_info* const other = ce->properties_info_table[i];
    if (other != nullptr && OBJ_PROP(object, other->offset) == slot) info = other;
  }
  return info != nullptr && ZEND_TYPE_IS_SET(info->type) ? info : nullptr;
}

/// Whether a property that the class does not declare may be added. False: no, and that was thrown.
bool AllowsDynamicProperty(zend_class_entry* ce, zend_string* key) {
  if ((ce->ce_flags & ZEND_ACC_NO_DYNAMIC_PROPERTIES) != 0) {
    zend_throw_error(nullptr, "Cannot create dynamic property %s::$%s", ZSTR_VAL(ce->name),
                     zend_get_unmangled_property_name(key));
    return false;
  }
#if PHP_VERSION_ID >= 80200
  if ((ce->ce_flags & ZEND_ACC_ALLOW_DYNAMIC_PROPERTIES) == 0) {
    zend_error(E_DEPRECATED, "Creation of dynamic property %s::$%s is deprecated", ZSTR_VAL(ce->name),
               zend_get_unmangled_property_name(key));
  }
#endif
  return !EG(exception);
}

}  // namespace

/// Begins an object whose class has no __unserialize(): its map is its properties.
Decoder::Step Decoder::OpenProperties(zend_object* object, uint32_t count) {
  Frame* const frame = PushFrame(Kind::kProperties);
  if (frame == nullptr) return Step::kFailed;
  frame->object = object;
  frame->table = object->handlers->get_properties(object);
  frame->remaining = count;
  frame->has_wakeup = object->ce != PHP_IC_ENTRY && WakeupOf(object->ce) != nullptr;
  return Step::kOpened;
}

Decoder::Step Decoder::FillProperties() {
  Frame& frame = frames_.back();
  for (;;) {
    if (frame.slot != nullptr && !CheckProperty(frame)) return Step::kFailed;
    if (frame.remaining == 0) return Step::kDone;
    --frame.remaining;
    MsgpackToken key;
    if (MemoryIsOut() || !reader_.Next(&key)) return Step::kFailed;
    zend_string* const name = PropertyName(key);
    if (name == nullptr) return Step::kFailed;
    frame.slot = PropertySlot(frame.table, frame.object, name, &frame.info);
    zend_string_release(name);
    if (frame.slot == nullptr) return Step::kFailed;
    const Step step = Value(frame.slot);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved; the property is checked when its value is complete
    }
  }
}

/// The name that a key stands for, with a count for the caller. Null: a key of this kind is no name, or memory is out.
/// Inline: it is called for each property.
inline zend_string* Decoder::PropertyName(const MsgpackToken& key) {
  if (key.kind == MsgpackKind::kInt) return zend_long_to_str(static_cast<zend_long>(key.integer));
  if (key.kind != MsgpackKind::kString && key.kind != MsgpackKind::kBinary) return nullptr;
  zend_string* const name = HasRoomFor(kNameCopies * key.size) ? keys_.Get(key.data, key.size) : nullptr;
  if (name != nullptr) zend_string_addref(name);
  return name;
}

/// The place of a property, set to null. Null pointer: refused. `*info`: its declaration if it is typed, or null.
zval* Decoder::PropertySlot(zend_array* table, zend_object* object, zend_string* key, zend_property_info** info) {
  *info = nullptr;
  zval* slot = zend_hash_find(table, key);
  if (slot == nullptr || Z_TYPE_P(slot) != IS_INDIRECT) {
    bool refused;
    zend_string* const renamed = RenamedProperty(object->ce, key, &refused);
    if (refused) return nullptr;
    if (renamed != nullptr) {
      slot = zend_hash_lookup(table, renamed);
    } else if (slot == nullptr) {
      if (!AllowsDynamicProperty(object->ce, key) || !HasRoomForPair(table)) return nullptr;
      return zend_hash_add_new(table, key, &EG(uninitialized_zval));
    }
  }
  if (Z_TYPE_P(slot) == IS_INDIRECT) {
    slot = Z_INDIRECT_P(slot);
    *info = TypedPropertyAt(object, slot);
    if (*info != nullptr && Z_ISREF_P(slot)) ZEND_REF_DEL_TYPE_SOURCE(Z_REF_P(slot), *info);
  }
  if (!Discard(slot)) return nullptr;
  ZVAL_NULL(slot);
  return slot;
}

/// Checks the type of a property that was just filled, as strictly as unserialize() does. False: thrown.
bool Decoder::CheckProperty(Frame& frame) {
  zval* const slot = frame.slot;
  frame.slot = nullptr;
  if (frame.info == nullptr) return true;
  if (!zend_verify_prop_assignable_by_ref(frame.info, slot, true)) {
    zval_ptr_dtor(slot);
    ZVAL_UNDEF(slot);
    return false;
  }
  if (Z_ISREF_P(slot)) ZEND_REF_ADD_TYPE_SOURCE(Z_REF_P(slot), frame.info);
  return true;
}

}  // namespace shmpack::php
