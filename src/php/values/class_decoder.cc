// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that finds the class that a name in the bytes means, as unserialize() does.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_incomplete_class.h"
#include "php/memory_limit.h"
#include "php/values/allowed_classes.h"
#include "php/values/decoder_state.h"
#include "zend_exceptions.h"

namespace shmpack::php {
namespace {

/// Looks a class up, with autoloading. Null without an exception: there is none.
zend_class_entry* LookUpClass(zend_string* name, zend_string* lower_name) {
  BG(serialize_lock)++;
  zend_class_entry* const ce = zend_lookup_class_ex(name, lower_name, 0);
  BG(serialize_lock)--;
  return ce;
}

/// Lets the function that the ini setting unserialize_callback_func names define the class. Null: it did not, or threw.
zend_class_entry* AskCallbackForClass(zend_string* name) {
  const char* const function = PG(unserialize_callback_func);
  if (function == nullptr || *function == '\0') return nullptr;
  zval callback, result, argument;
  ZVAL_STRING(&callback, function);
  ZVAL_STR(&argument, name);
  ZVAL_UNDEF(&result);
  BG(serialize_lock)++;
  call_user_function(nullptr, nullptr, &callback, &result, 1, &argument);
  BG(serialize_lock)--;
  zval_ptr_dtor(&result);
  zend_class_entry* ce = nullptr;
  if (!EG(exception)) {
    ce = LookUpClass(name, nullptr);
    if (ce == nullptr && !EG(exception)) {
      php_error_docref(nullptr, E_WARNING, "Function %s() hasn't defined the class it was called for",
                       Z_STRVAL(callback));
    }
  }
  zval_ptr_dtor(&callback);
  return ce;
}

}  // namespace

/// Reads a class's name and finds the class. Quick if it is the same class as last time. True: the caller releases
/// `*name`. It is spelled as the class is declared, or, at least for PHP_IC_ENTRY, as it was read.
bool Decoder::ReadClass(zend_string** name, zend_class_entry** ce) {
  MsgpackToken token;
  if (!ReadText(&token)) return false;
  if (class_ != nullptr && token.size == class_size_ && memcmp(token.data, class_name_, class_size_) == 0) {
    *name = zend_string_copy(class_->name);
    *ce = class_;
    return true;
  }
  *name = NewName(token);
  if (*name == nullptr) return false;
  if (!FindClass(*name, ce)) {
    zend_string_release(*name);
    return false;
  }
  if (*ce != PHP_IC_ENTRY) {
    class_ = *ce;
    class_name_ = token.data;
    class_size_ = token.size;
  }
  return true;
}

/// Finds the class called `name`. PHP_IC_ENTRY stands for a class that does not exist or is not allowed. False: the
/// name or the class is refused, or user code threw.
bool Decoder::FindClass(zend_string* name, zend_class_entry** ce) {
  if (ZSTR_LEN(name) == 0 || ZSTR_VAL(name)[0] == '\0' || ZSTR_VAL(name)[0] == '\\') return false;
  if (!IsClassAllowed(name)) {
    *ce = PHP_IC_ENTRY;
    return true;
  }
  zend_string* const lower_name = zend_string_tolower(name);
  auto* found = static_cast<zend_class_entry*>(zend_hash_find_ptr(EG(class_table), lower_name));
  if (found == nullptr || (found->ce_flags & ZEND_ACC_LINKED) == 0 || (found->ce_flags & ZEND_ACC_ANON_CLASS) != 0) {
    if (!zend_is_valid_class_name(name)) {
      zend_string_release(lower_name);
      return false;
    }
    found = LookUpClass(name, lower_name);
    if (found == nullptr && !EG(exception)) found = AskCallbackForClass(name);
  }
  zend_string_release(lower_name);
  if (EG(exception)) return false;
  *ce = found != nullptr ? found : PHP_IC_ENTRY;
  if (((*ce)->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) != 0) {
    zend_throw_exception_ex(nullptr, 0, "Unserialization of '%s' is not allowed", ZSTR_VAL((*ce)->name));
    return false;
  }
  return true;
}

/// The name of a class or a case. Null: memory is out.
zend_string* Decoder::NewName(const MsgpackToken& token) {
  return HasRoomFor(kNameCopies * token.size) ? zend_string_init(token.data, token.size, false) : nullptr;
}

}  // namespace shmpack::php
