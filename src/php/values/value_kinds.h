// SPDX-License-Identifier: BSD-3-Clause
//
// What the encoder asks about a value before it writes it.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/values/utf8_check.h"
#include "shmpack/msgpack_format.h"

namespace shmpack::php {

/// A string that is at least this long is marked when it was found to be text, so that it is checked only once.
inline constexpr size_t kMarkedText = 1024;

/// Whether a string is stored as text (str), not as bytes (bin). PHP has a mark for text, which preg_match() with /u
/// sets, too. PHP drops the mark when the string is changed in place.
inline bool IsText(const zend_string* string) {
  if ((GC_FLAGS(string) & IS_STR_VALID_UTF8) != 0) return true;
  if (!IsUtf8(ZSTR_VAL(string), ZSTR_LEN(string))) return false;
  if (ZSTR_LEN(string) >= kMarkedText && !ZSTR_IS_INTERNED(string)) {
    GC_ADD_FLAGS(const_cast<zend_string*>(string), IS_STR_VALID_UTF8);  // The mark is no part of the string's value.
  }
  return true;
}

/// Whether msgpack can hold a string. If not, Encoder::String() refuses it.
inline bool Fits(const zend_string* string) { return sizeof(size_t) == 4 || EXPECTED(ZSTR_LEN(string) <= UINT32_MAX); }

/// Whether a value is written without a frame and without user code: null, bool, int, float, and a string that fits.
zend_always_inline bool IsScalar(const zval* value) {
  const zend_uchar type = Z_TYPE_P(value);
  return type < IS_STRING ? EXPECTED(type != IS_UNDEF) : type == IS_STRING && Fits(Z_STR_P(value));
}

/// Whether a value that stands alone is a string too long to be copied behind its head. It is stored from where it
/// lies.
zend_always_inline bool IsStoredInPlace(const zval* value) {
  return Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) > kMaxFixStr && Fits(Z_STR_P(value));
}

}  // namespace shmpack::php
