// SPDX-License-Identifier: BSD-3-Clause
//
// The values that have nothing to walk and no user code to run: null, bool, int, float and string. Encoder and Decoder
// use this for what lies in arrays and objects, EncodeValue() and DecodeValue() for a scalar on its own, without
// starting either.

#pragma once

#include <bit>
#include <cstdint>

#include "php.h"
#include "php/utf8_check.h"
#include "php/value_decoder.h"
#include "php/value_encoder.h"
#include "shmpack/msgpack_reader.h"

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack/pack.hpp>

namespace shmpack::php {

/// Strings up to this length are copied behind their header; longer ones are stored from where they are.
inline constexpr size_t kCopiedStringBytes = 128;

/// A float64 always: msgpack-c's pack_double() stores whole numbers as integers, which come back as int, and -0.0 as 0.
inline void WriteDouble(double value, EncodedValue* out) {
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  char bytes[9] = {static_cast<char>(0xcb)};
  for (int i = 1; i < 9; ++i) bytes[i] = static_cast<char>(bits >> (64 - 8 * i));
  out->write(bytes, sizeof(bytes));
}

/// Whether a string is stored as text. PHP 8.3 and newer may know already.
inline bool IsText(const zend_string* string) {
#ifdef IS_STR_VALID_UTF8
  if ((GC_FLAGS(string) & IS_STR_VALID_UTF8) != 0) return true;
#endif
  return IsUtf8(ZSTR_VAL(string), ZSTR_LEN(string));
}

/// Writes null, bool, int or float. False: it is none of them, and nothing was written.
inline bool WriteFixed(const zval* value, EncodedValue* out) {
  msgpack::packer<EncodedValue> packer(*out);
  switch (Z_TYPE_P(value)) {
    case IS_NULL:
      packer.pack_nil();
      return true;
    case IS_FALSE:
      packer.pack_false();
      return true;
    case IS_TRUE:
      packer.pack_true();
      return true;
    case IS_LONG:
      packer.pack_int64(Z_LVAL_P(value));
      return true;
    case IS_DOUBLE:
      WriteDouble(Z_DVAL_P(value), out);
      return true;
    default:
      return false;
  }
}

/// Encodes `*value` into the fresh `*out` if it is a scalar. False: it is not, and nothing was written. A long string
/// must live, unchanged, as long as `*out`.
inline bool EncodeScalar(const zval* value, EncodedValue* out) {
  if (WriteFixed(value, out)) return true;
  if (Z_TYPE_P(value) != IS_STRING || UNEXPECTED(Z_STRLEN_P(value) > UINT32_MAX)) return false;
  const auto size = static_cast<uint32_t>(Z_STRLEN_P(value));
  msgpack::packer<EncodedValue> packer(*out);
  if (IsText(Z_STR_P(value))) {
    packer.pack_str(size);
  } else {
    packer.pack_bin(size);
  }
  if (size <= kCopiedStringBytes) {
    out->write(Z_STRVAL_P(value), size);
  } else {
    out->AppendInPlace(Z_STRVAL_P(value), size);
  }
  return true;
}

/// Makes `*target` of a token that is a scalar. False: it opens a container, or is an ext, and `*target` is untouched.
inline bool SetScalar(const MsgpackToken& token, zval* target) {
  switch (token.kind) {
    case MsgpackKind::kNil:
      ZVAL_NULL(target);
      return true;
    case MsgpackKind::kFalse:
      ZVAL_FALSE(target);
      return true;
    case MsgpackKind::kTrue:
      ZVAL_TRUE(target);
      return true;
    case MsgpackKind::kInt:
#if SIZEOF_ZEND_LONG < 8
      if (token.integer > ZEND_LONG_MAX || token.integer < ZEND_LONG_MIN) {
        ZVAL_DOUBLE(target, static_cast<double>(token.integer));
        return true;
      }
#endif
      ZVAL_LONG(target, static_cast<zend_long>(token.integer));
      return true;
    case MsgpackKind::kUint:
      ZVAL_DOUBLE(target, static_cast<double>(token.unsigned_integer));
      return true;
    case MsgpackKind::kDouble:
      ZVAL_DOUBLE(target, token.real);
      return true;
    case MsgpackKind::kString:
    case MsgpackKind::kBinary:
      if (token.size > 1) {
        ZVAL_STRINGL(target, token.data, token.size);
      } else if (token.size == 1) {
        ZVAL_CHAR(target, static_cast<unsigned char>(*token.data));
      } else {
        ZVAL_EMPTY_STRING(target);
      }
      return true;
    default:
      return false;
  }
}

/// EncodeValue(), with the short way for scalars.
inline bool Encode(zval* value, EncodedValue* out) {
  ZVAL_DEREF(value);
  return EXPECTED(EncodeScalar(value, out)) || EncodeValue(value, out);
}

/// Decodes bytes that are one scalar and nothing else. False: they are not, and `*out` is untouched.
inline bool DecodeScalar(const char* data, size_t size, zval* out) {
  MsgpackReader reader(data, size);
  MsgpackToken token;
  return reader.Next(&token) && reader.Finished() && SetScalar(token, out);
}

/// DecodeValue(), with the short way for scalars.
inline bool Decode(const char* data, size_t size, zval* out) {
  return EXPECTED(DecodeScalar(data, size, out)) || DecodeValue(data, size, out);
}

}  // namespace shmpack::php
