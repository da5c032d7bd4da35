// SPDX-License-Identifier: BSD-3-Clause
//
// EncodeValue: a PHP value to the bytes that are stored in a region (docs/format/values.md).
//
// Runs user code (__serialize, __sleep, Serializable::serialize, warnings' handlers, destructors), so call it before
// taking any lock, and fetch native handles again after it. The bytes are request memory and EncodedValue has no
// destructor, so a bailout inside leaks nothing; on every other way the caller ends with FreeEncodedValue().

#pragma once

#include <cstddef>
#include <cstring>

#include "php.h"
#include "shmpack/value_bytes.h"

namespace shmpack::php {

/// The encoded bytes. Small ones lie inside the object, which therefore cannot be copied.
struct EncodedValue {
  EncodedValue() = default;
  EncodedValue(const EncodedValue&) = delete;
  EncodedValue& operator=(const EncodedValue&) = delete;

  /// The whole of it: what was written, and behind it what is stored from where it lies.
  ValueBytes bytes() const { return {begin_, size_, body_, body_size_}; }

  /// Appends; the stream interface that msgpack::packer writes to.
  void write(const char* bytes, size_t count) {
    if (UNEXPECTED(capacity_ - size_ < count) && !Grow(count)) {
      return;
    }
    std::memcpy(begin_ + size_, bytes, count);
    size_ += count;
  }

  /// Ends the value with bytes that are not copied and must live, unchanged, as long as this.
  void AppendInPlace(const char* bytes, size_t count) {
    body_ = bytes;
    body_size_ = count;
  }

  // For the encoder only.
  /// False: memory is out, and what was written is given up, for good; the room that it took may be written to.
  bool Grow(size_t count);
  /// For who keeps its own position `at`, from where `count` bytes must be free: the position to go on at. After a
  /// Grow() that failed as many as `inline_` has are free there, not more.
  char* GrowFrom(char* at, size_t count);
  const char* limit() const { return begin_ + capacity_; }
  char* begin_ = inline_;
  size_t size_ = 0;
  size_t capacity_ = sizeof(inline_);
  const char* body_ = nullptr;
  size_t body_size_ = 0;
  bool is_given_up_ = false;
  char inline_[512];
};

/// Encodes `*value` into `*out`, which must be fresh and must not outlive the value. False: refused, or user code
/// threw, and EG(exception) is set; or memory is out; `*out` is empty. What serialize() throws is thrown here too;
/// besides, values nested deeper than kMaxValueDepth, and strings of 4 GiB or more, throw an Exception. Warnings raised
/// on the way (by __sleep) do not fail it.
bool EncodeValue(zval* value, EncodedValue* out);

/// Frees the bytes; `*out` is empty and fresh again.
inline void FreeEncodedValue(EncodedValue* out) {
  if (UNEXPECTED(out->begin_ != out->inline_)) {
    efree(out->begin_);
    out->begin_ = out->inline_;
    out->capacity_ = sizeof(out->inline_);
  }
  out->size_ = 0;
  out->body_size_ = 0;
  out->is_given_up_ = false;
}

}  // namespace shmpack::php
