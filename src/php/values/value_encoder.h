// SPDX-License-Identifier: BSD-3-Clause
//
// A PHP value to the bytes that are stored (docs/format/values.md). A caller tries the ways in this order; only the
// last takes every value:
//
//   1. EncodeInRegisters(): null, bool, int, float. Takes no memory.
//   2. EncodeInPlace(): a string for which IsStoredInPlace() holds. Writes its head only.
//   3. EncodeValue(): any value. Takes a short way for a scalar, EncodeGraph() for everything else.
//
// The first two and scalars are packed by core/values/msgpack_writer.h. EncodeGraph() starts an Encoder
// (encoder_state.h), which walks arrays (array_encoder.cc), references (reference_encoder.cc) and objects
// (object_encoder.cc).

#pragma once

#include "core/values/msgpack_writer.h"
#include "php.h"
#include "php/values/encoded_value.h"
#include "php/values/run_packer.h"
#include "php/values/value_kinds.h"
#include "shmpack/value_bytes.h"

namespace shmpack::php {

/// Packs a value that needs no bytes elsewhere. False: it does, and `*out` is as before.
zend_always_inline bool EncodeInRegisters(const zval* value, ShortBytes* out) {
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

/// Writes the head of a string to `head`, which has kPackedBytes; the body is the string's own bytes. The string must
/// live, unchanged, as long as the result. REQUIRES: IsStoredInPlace().
inline ValueBytes EncodeInPlace(const zend_string* string, char* head) {
  const auto size = static_cast<uint32_t>(ZSTR_LEN(string));
  const char* const end = PackStringHead(head, size, IsText(string));
  return {head, static_cast<uint64_t>(end - head), ZSTR_VAL(string), size};
}

/// Encodes `*value`, which is no reference, into the fresh `*out` by walking it. See EncodeValue().
bool EncodeGraph(zval* value, EncodedValue* out);

/// Encodes `*value` into `*out`, which must be fresh and must not outlive the value. False: `*out` is empty, and either
/// EG(exception) is set (the value was refused, or user code threw) or memory is out.
///
/// Throws what serialize() throws, and an Exception for a value nested deeper than kMaxValueDepth and for a string of
/// 4 GiB or more. Warnings raised on the way (by __sleep) do not fail it.
///
/// Runs user code (__serialize, __sleep, Serializable::serialize, handlers of warnings, destructors). Call it before
/// taking any lock, and fetch native handles again after it.
inline bool EncodeValue(zval* value, EncodedValue* out) {
  ZVAL_DEREF(value);
  if (UNEXPECTED(!IsScalar(value))) return EncodeGraph(value, out);
  if (IsStoredInPlace(value)) {
    out->size_ = EncodeInPlace(Z_STR_P(value), out->begin_).head_bytes;
    out->AppendInPlace(Z_STRVAL_P(value), Z_STRLEN_P(value));
  } else {
    RunPacker packer(out);
    packer.Scalar(value);
    packer.Done();
  }
  return true;
}

}  // namespace shmpack::php
