// SPDX-License-Identifier: BSD-3-Clause
//
// The values that have nothing to walk and no user code to run: null, bool, int, float and string. Encoder and Decoder
// use this for what lies in arrays and objects, EncodeValue() and DecodeValue() for a scalar on its own, without
// starting either.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/memory_limit.h"
#include "php/values/run_packer.h"
#include "php/values/value_decoder.h"
#include "php/values/value_encoder.h"
#include "shmpack/msgpack_reader.h"

namespace shmpack::php {

/// A string too long to be copied behind its head: it is stored from where it lies.
zend_always_inline bool IsStoredInPlace(const zval* value) {
  return Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) > kMaxFixStr && Fits(Z_STR_P(value));
}

/// Writes the head of such a string, for which `head` has kPackedBytes. The string must live, unchanged, as long as
/// what is returned.
inline ValueBytes StringInPlace(const zend_string* string, char* head) {
  const auto size = static_cast<uint32_t>(ZSTR_LEN(string));
  const char* const end = PackStringHead(head, size, IsText(string));
  return {head, static_cast<uint64_t>(end - head), ZSTR_VAL(string), size};
}

/// Encodes `*value` into the fresh `*out` if it is a scalar. False: it is not, and nothing was written. A long string
/// must live, unchanged, as long as `*out`.
inline bool EncodeScalar(const zval* value, EncodedValue* out) {
  if (!IsScalar(value)) return false;
  if (IsStoredInPlace(value)) {
    const ValueBytes bytes = StringInPlace(Z_STR_P(value), out->begin_);
    out->size_ = bytes.head_bytes;
    out->AppendInPlace(Z_STRVAL_P(value), Z_STRLEN_P(value));
    return true;
  }
  RunPacker packer(out);
  packer.Scalar(value);
  packer.Done();
  return true;
}

/// Packs what has a short form and no bytes elsewhere. False: it has not.
zend_always_inline bool PackSmall(const zval* value, ShortBytes* out) {
  switch (Z_TYPE_P(value)) {
    case IS_LONG:
      *out = ShortInt(Z_LVAL_P(value));
      return true;
    case IS_DOUBLE:
      *out = ShortDouble(Z_DVAL_P(value));
      return true;
    case IS_TRUE:
    case IS_FALSE:
      *out = ShortForm(Z_TYPE_P(value) == IS_TRUE ? kHeadTrue : kHeadFalse, 0, 0);
      return true;
    case IS_NULL:
      *out = ShortForm(kHeadNil, 0, 0);
      return true;
    default:
      return false;
  }
}

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

/// EncodeValue(), with the short way for scalars.
inline bool Encode(zval* value, EncodedValue* out) {
  ZVAL_DEREF(value);
  return EXPECTED(EncodeScalar(value, out)) || EncodeValue(value, out);
}

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
