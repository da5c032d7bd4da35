// SPDX-License-Identifier: BSD-3-Clause
//
// EncodedValue: the bytes that encoding makes, in request memory.
//
// It has no destructor, so a bailout leaks nothing. On every other way out its owner calls FreeEncodedValue().

#pragma once

#include <cstddef>
#include <cstring>

#include "php.h"
#include "shmpack/value_bytes.h"

namespace shmpack::php {

/// The encoded bytes. A small value lies inside the object, which therefore cannot be copied.
struct EncodedValue {
  EncodedValue() = default;
  EncodedValue(const EncodedValue&) = delete;
  EncodedValue& operator=(const EncodedValue&) = delete;

  /// The whole value: what was written, then the bytes that are stored from where they lie.
  ValueBytes bytes() const { return {begin_, size_, body_, body_size_}; }

  /// Appends bytes. msgpack::packer calls it.
  void write(const char* bytes, size_t count) {
    if (UNEXPECTED(capacity_ - size_ < count) && !Grow(count)) return;
    std::memcpy(begin_ + size_, bytes, count);
    size_ += count;
  }

  /// Ends the value with bytes that are not copied. They must live, unchanged, as long as this.
  void AppendInPlace(const char* bytes, size_t count) {
    body_ = bytes;
    body_size_ = count;
  }

  // For the encoder only.
  /// Makes room for `count` more bytes. False: memory is out. What was written is given up for good, and the room that
  /// it took may be written to.
  bool Grow(size_t count);
  /// For a caller with a position of its own, `at`: makes room for `count` bytes behind it and returns the new
  /// position. If that fails, as many bytes as `inline_` has are free there.
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

/// Frees the bytes. `*out` is empty and fresh again.
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
