// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the encoder that asks __sleep() which properties are stored. The order and the messages are
// serialize()'s.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "php/memory_limit.h"
#include "php/values/encoder_state.h"

namespace shmpack::php {
namespace {

constexpr int kNamedTwiceLevel = PHP_VERSION_ID >= 80300 ? E_WARNING : E_NOTICE;

/// Whether the class declares a type for the property with this mangled name. Searches by name, because the properties
/// of an initialised lazy proxy are not in the proxy. (PHP 8.4's own function has no C linkage in C++.)
bool IsTypedProperty(zend_class_entry* ce, zend_string* name) {
  for (int i = 0; i < ce->default_properties_count; ++i) {
    zend_property_info* const info = ce->properties_info_table[i];
    if (info != nullptr && zend_string_equals(info->name, name)) return ZEND_TYPE_IS_SET(info->type);
  }
  return false;
}

/// Adds the property with the mangled name `name` to `selected`. False: there is none.
bool AddSleepProperty(zend_object* object, zend_array* properties, zend_string* name, zend_string* shown_name,
                      zend_array* selected) {
  zval* value = zend_hash_find(properties, name);
  if (value == nullptr) return false;
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

/// Adds the property that __sleep() called `name`: a public one, a private one of this class, or a protected one.
/// False: user code threw.
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

/// The properties whose names __sleep() returned. Null: user code threw, or memory is out.
zend_array* SelectSleepProperties(zend_object* object, zend_array* names) {
  zval self;
  ZVAL_OBJ(&self, object);
  if (!HasRoomFor(TableBytes(zend_hash_num_elements(names)))) return nullptr;
  zend_array* const properties = zend_get_properties_for(&self, ZEND_PROP_PURPOSE_SERIALIZE);
  zend_array* selected = zend_new_array(zend_hash_num_elements(names));
  zval* name;
  ZEND_HASH_FOREACH_VAL_IND(names, name) {
    ZVAL_DEREF(name);
    if (Z_TYPE_P(name) != IS_STRING) WarnAboutSleep(object->ce);
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

}  // namespace

bool Encoder::BySleep(zend_object* object, zval* number, zend_function* sleep) {
  zval names;
  CallSerializeHook(object, sleep, &names);
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

}  // namespace shmpack::php
