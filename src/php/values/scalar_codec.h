// SPDX-License-Identifier: BSD-3-Clause
//
// The values that have nothing to walk and no user code to run: null, bool, int, float and string. Decoder uses this
// for what lies in arrays and objects, Decode() for a scalar on its own, without starting a Decoder.

#pragma once

#include <cstdint>

#include "core/values/msgpack_writer.h"
#include "php.h"
#include "php/memory_limit.h"
#include "php/values/value_decoder.h"
#include "shmpack/msgpack_reader.h"

namespace shmpack::php {

/// Makes `*target` of a scalar that MsgpackReader::ReadScalar() reads. An empty string, if memory is out.
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

/// Decodes bytes that are one scalar and nothing else. False: they are not, or memory is out, and `*out` holds nothing
/// to be freed.
zend_always_inline bool DecodeScalar(const char* data, size_t size, zval* out) {
  MsgpackReader reader(data, size);
  if (!reader.ReadScalar(ZvalSink{out})) return false;
  if (EXPECTED(reader.Finished() && !MemoryIsOut())) return true;
  zval_ptr_dtor_str(out);
  return false;
}

/// DecodeValue(), with the short way for scalars.
inline bool Decode(const char* data, size_t size, zval* out, bool* plain) {
  if (EXPECTED(DecodeScalar(data, size, out))) {
    *plain = true;
    return true;
  }
  return DecodeValue(data, size, out, plain);
}

}  // namespace shmpack::php
