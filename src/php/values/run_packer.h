// SPDX-License-Identifier: BSD-3-Clause
//
// The encoder's inner loops. They pack runs of scalars (IsScalar()) in an array, without a frame, without user code,
// and with one check for room per element. A run ends at the first element that is no scalar.

#pragma once

#include <cstdint>

#include "core/values/msgpack_writer.h"
#include "php.h"
#include "php/values/encoded_value.h"
#include "php/values/value_kinds.h"
#include "php/values/zend_array_access.h"

namespace shmpack::php {

/// Appends to an EncodedValue. Keeps the position itself from the constructor to Done(), so that it can be in a
/// register.
class RunPacker {
 public:
  explicit RunPacker(EncodedValue* out) : out_(out), at_(out->begin_ + out->size_), limit_(out->limit()) {}

  /// Makes room for a key and a value. To be called before each element.
  zend_always_inline void Reserve() {
    if (UNEXPECTED(limit_ - at_ < static_cast<ptrdiff_t>(2 * kPackedBytes))) {
      at_ = out_->GrowFrom(at_, 2 * kPackedBytes);
      limit_ = out_->limit();
    }
  }
  zend_always_inline void Done() { out_->size_ = static_cast<size_t>(at_ - out_->begin_); }

  zend_always_inline void Int(zend_long value) { at_ = PackInt(at_, value); }

  zend_always_inline void String(const zend_string* string) {
    if (EXPECTED(ZSTR_LEN(string) <= kMaxFixStr)) {
      char* const end = PackShortAscii(at_, ZSTR_VAL(string), ZSTR_LEN(string));
      if (EXPECTED(end != nullptr)) {
        at_ = end;
        return;
      }
    }
    at_ = LongString(string, at_, out_);
    limit_ = out_->limit();
  }

  /// REQUIRES: IsScalar().
  zend_always_inline void Scalar(const zval* value) {
    switch (Z_TYPE_P(value)) {
      case IS_LONG:
        at_ = PackInt(at_, Z_LVAL_P(value));
        break;
      case IS_STRING:
        String(Z_STR_P(value));
        break;
      case IS_DOUBLE:
        at_ = PackDouble(at_, Z_DVAL_P(value));
        break;
      case IS_FALSE:
        *at_++ = static_cast<char>(kHeadFalse);
        break;
      case IS_TRUE:
        *at_++ = static_cast<char>(kHeadTrue);
        break;
      default:
        *at_++ = static_cast<char>(kHeadNil);
    }
  }

 private:
  /// Packs a string that is not short ASCII, and leaves room for another key or value.
  static zend_never_inline char* LongString(const zend_string* string, char* at, EncodedValue* out) {
    const size_t size = ZSTR_LEN(string);
    at = out->GrowFrom(at, size + 3 * kPackedBytes);
    if (UNEXPECTED(out->is_given_up_)) return at;
    if (size > kMaxFixStr && size <= kMaxStr8) {
      char* const end = PackMediumAscii(at, ZSTR_VAL(string), size);
      if (EXPECTED(end != nullptr)) return end;
    }
    at = PackStringHead(at, static_cast<uint32_t>(size), IsText(string));
    std::memcpy(at, ZSTR_VAL(string), size);
    return at + size;
  }

  EncodedValue* out_;
  char* at_;
  const char* limit_;
};

/// Packs a list's elements from `index` on. Returns the index where it stopped: of the first element that is no scalar,
/// or nNumUsed.
inline uint32_t PackListRun(zend_array* table, uint32_t index, EncodedValue* out) {
  RunPacker packer(out);
  const uint32_t used = table->nNumUsed;
  for (; index < used; ++index) {
    const zval* const element = ElementAt(table, index);
    if (IsScalar(element)) {
      packer.Reserve();
      packer.Scalar(element);
    } else if (Z_TYPE_P(element) != IS_UNDEF) {
      break;
    }
  }
  packer.Done();
  return index;
}

/// Packs pairs from `index` on, and counts them. Returns the index where it stopped: of the first pair with a value
/// that is no scalar, or a key that does not fit; or nNumUsed. REQUIRES: the table is not packed.
inline uint32_t PackPairRun(zend_array* table, uint32_t index, uint32_t* written, EncodedValue* out) {
  RunPacker packer(out);
  const Bucket* bucket = table->arData + index;
  const Bucket* const end = table->arData + table->nNumUsed;
  uint32_t count = *written;
  for (; bucket != end; ++bucket) {
    const zval* element = &bucket->val;
    if (UNEXPECTED(Z_TYPE_P(element) == IS_INDIRECT)) element = Z_INDIRECT_P(element);
    if (!IsScalar(element)) {
      if (Z_TYPE_P(element) == IS_UNDEF) continue;
      break;
    }
    packer.Reserve();
    if (EXPECTED(bucket->key != nullptr)) {
      if (!Fits(bucket->key)) break;
      packer.String(bucket->key);
    } else {
      packer.Int(static_cast<zend_long>(bucket->h));
    }
    packer.Scalar(element);
    ++count;
  }
  *written = count;
  packer.Done();
  return static_cast<uint32_t>(bucket - table->arData);
}

}  // namespace shmpack::php
