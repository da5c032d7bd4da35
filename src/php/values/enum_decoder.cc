// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that finds enum cases. Warnings are those of unserialize().

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "php/values/allowed_classes.h"
#include "php/values/decoder_state.h"

namespace shmpack::php {

bool Decoder::EnumCase(zval* target) {
  MsgpackToken class_token, case_token;
  if (!ReadText(&class_token) || !ReadText(&case_token)) return false;
  zend_string* const class_name = NewName(class_token);
  zend_string* const case_name = class_name != nullptr ? NewName(case_token) : nullptr;
  zend_object* const found = case_name != nullptr ? FindCase(class_name, case_name) : nullptr;
  if (class_name != nullptr) zend_string_release(class_name);
  if (case_name != nullptr) zend_string_release(case_name);
  zend_object** const place = found != nullptr ? cases_.Push() : nullptr;
  if (place == nullptr) return false;
  *place = found;
  ZVAL_OBJ_COPY(target, found);
  return true;
}

/// The case of these names. Null: there is none, which a warning says, or user code threw.
zend_object* Decoder::FindCase(zend_string* class_name, zend_string* case_name) {
  if (!IsClassAllowed(class_name)) {
    php_error_docref(nullptr, E_WARNING, "Enum '%s' is not among shmpack.allowed_classes", ZSTR_VAL(class_name));
    return nullptr;
  }
  zend_class_entry* const ce = zend_is_valid_class_name(class_name) ? zend_lookup_class(class_name) : nullptr;
  if (ce == nullptr) {
    if (!EG(exception)) php_error_docref(nullptr, E_WARNING, "Class '%s' not found", ZSTR_VAL(class_name));
    return nullptr;
  }
  if ((ce->ce_flags & ZEND_ACC_ENUM) == 0) {
    php_error_docref(nullptr, E_WARNING, "Class '%s' is not an enum", ZSTR_VAL(class_name));
    return nullptr;
  }
  auto* const found = static_cast<zend_class_constant*>(zend_hash_find_ptr(CE_CONSTANTS_TABLE(ce), case_name));
  if (found == nullptr) {
    php_error_docref(nullptr, E_WARNING, "Undefined constant %s::%s", ZSTR_VAL(class_name), ZSTR_VAL(case_name));
    return nullptr;
  }
  if ((ZEND_CLASS_CONST_FLAGS(found) & ZEND_CLASS_CONST_IS_CASE) == 0) {
    php_error_docref(nullptr, E_WARNING, "%s::%s is not an enum case", ZSTR_VAL(class_name), ZSTR_VAL(case_name));
    return nullptr;
  }
  if (Z_TYPE(found->value) == IS_CONSTANT_AST && zval_update_constant_ex(&found->value, found->ce) == FAILURE) {
    return nullptr;
  }
  return Z_OBJ(found->value);
}

bool Decoder::SameEnumCase(zval* target) {
  size_t number;
  if (!ReadNumber(cases_.size(), &number)) return false;
  ZVAL_OBJ_COPY(target, cases_[number]);
  return true;
}

}  // namespace shmpack::php
