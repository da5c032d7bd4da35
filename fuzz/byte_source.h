// SPDX-License-Identifier: BSD-3-Clause
//
// ByteSource: a fuzzer's input taken apart from the front. An exhausted one gives zeros, so that every input is a valid
// one. Owns nothing: the input must outlive it. One thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace shmpack {

class ByteSource {
 public:
  ByteSource(const uint8_t* data, size_t size) noexcept : at_(data), left_(size) {}

  template <typename T>
  T Take() noexcept {
    T value = 0;
    TakeBytes(&value, sizeof value);
    return value;
  }

  /// Fills `out` with what is left, at most `bytes`. Returns how much that was.
  size_t TakeBytes(void* out, size_t bytes) noexcept {
    const size_t taken = bytes < left_ ? bytes : left_;
    if (taken != 0) std::memcpy(out, at_, taken);
    at_ += taken;
    left_ -= taken;
    return taken;
  }

  bool empty() const noexcept { return left_ == 0; }

 private:
  const uint8_t* at_;
  size_t left_;
};

}  // namespace shmpack
