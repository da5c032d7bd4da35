// SPDX-License-Identifier: BSD-3-Clause
//
// ToShort(): up to 16 bytes from memory into registers.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "shmpack/value_bytes.h"

namespace shmpack {

namespace internal {

/// Up to 8 bytes as the word whose memory they would be. In registers: to read what was just written, in other pieces
/// than it was written in, costs a stall each time.
[[gnu::always_inline]] inline uint64_t WordOf(const uint8_t* from, uint64_t bytes) noexcept {
  if (bytes >= 4 && bytes < 8) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + bytes - sizeof last, sizeof last);
    return first | uint64_t{last} << (8 * (bytes - sizeof last));
  }
  uint64_t word = 0;
  if (bytes == 8) {
    std::memcpy(&word, from, sizeof word);
  } else {
    for (uint64_t i = 0; i < bytes; ++i) word |= uint64_t{from[i]} << (8 * i);
  }
  return word;
}

}  // namespace internal

/// REQUIRES: value.bytes() is at most sizeof(ShortBytes::words).
inline ShortBytes ToShort(const ValueBytes& value) noexcept {
  ShortBytes bytes;
  bytes.count = static_cast<uint32_t>(value.bytes());
  if (std::endian::native == std::endian::little && value.body_bytes == 0) {
    const auto* const head = static_cast<const uint8_t*>(value.head);
    const uint64_t low = value.head_bytes < 8 ? value.head_bytes : 8;
    bytes.words[0] = internal::WordOf(head, low);
    bytes.words[1] = internal::WordOf(head + low, value.head_bytes - low);
    return bytes;
  }
  auto* const to = reinterpret_cast<uint8_t*>(bytes.words);
  if (value.head_bytes != 0) std::memcpy(to, value.head, value.head_bytes);
  if (value.body_bytes != 0) std::memcpy(to + value.head_bytes, value.body, value.body_bytes);
  return bytes;
}

}  // namespace shmpack
