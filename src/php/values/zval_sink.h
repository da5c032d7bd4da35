// SPDX-License-Identifier: BSD-3-Clause
//
// ZvalSink: makes a PHP value of a scalar that MsgpackReader::ReadScalar() or ReadShort() reads.

#pragma once

#include <cstdint>

#include "core/values/msgpack_writer.h"
#include "php.h"
#include "php/memory_limit.h"

namespace shmpack::php {

/// Sets `*target`, whose old content is not freed. To an empty string, if memory is out for a string.
struct ZvalSink {
  zval* target;

  void Nil() { ZVAL_NULL(target); }
  void Bool(bool value) { ZVAL_BOOL(target, value); }
  void Int(int64_t value) {
#if SIZEOF_ZEND_LONG < 8
    if (value > ZEND_LONG_MAX || value < ZEND_LONG_MIN) {
      ZVAL_DOUBLE(target, static_cast<double>(value));
      return;
    }
#endif
    ZVAL_LONG(target, static_cast<zend_long>(value));
  }
  void Uint(uint64_t value) { ZVAL_DOUBLE(target, static_cast<double>(value)); }
  void Double(double value) { ZVAL_DOUBLE(target, value); }
  void String(const char* data, uint32_t size) {
    if (size > 1) {
      zend_string* const string = NewString(size);
      if (UNEXPECTED(string == nullptr)) {
        ZVAL_EMPTY_STRING(target);
        return;
      }
      if (size <= kMaxFixStr) {
        CopyShort(ZSTR_VAL(string), data, size);
      } else {
        memcpy(ZSTR_VAL(string), data, size);
      }
      ZSTR_VAL(string)[size] = '\0';
      ZVAL_NEW_STR(target, string);
    } else if (size == 1) {
      ZVAL_CHAR(target, static_cast<unsigned char>(*data));
    } else {
      ZVAL_EMPTY_STRING(target);
    }
  }
  void Binary(const char* data, uint32_t size) { String(data, size); }
};

}  // namespace shmpack::php
