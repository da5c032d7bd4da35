// SPDX-License-Identifier: BSD-3-Clause
//
// IsUtf8: decides whether a PHP string is stored as text (msgpack str) or as bytes (bin).
//
// Strict, like RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF. Readers in other languages refuse
// these. ASCII, the usual case, is checked in blocks, and never past the string's end. Long text is checked in vectors
// of 32 bytes if the processor has them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "php/values/utf8_check_avx2.h"

namespace shmpack::php {

inline constexpr uint64_t kNonAsciiBits = 0x8080808080808080;

/// IsAscii() for fewer than 16 bytes.
[[gnu::always_inline]] inline bool IsShortAscii(const char* text, size_t size) {
  if (size >= 8) {
    uint64_t first, last;
    std::memcpy(&first, text, 8);
    std::memcpy(&last, text + size - 8, 8);
    return ((first | last) & kNonAsciiBits) == 0;
  }
  if (size >= 4) {
    uint32_t first, last;
    std::memcpy(&first, text, 4);
    std::memcpy(&last, text + size - 4, 4);
    return ((first | last) & static_cast<uint32_t>(kNonAsciiBits)) == 0;
  }
  uint8_t seen = 0;
  for (size_t i = 0; i < size; ++i) seen |= static_cast<uint8_t>(text[i]);
  return seen < 0x80;
}

/// Whether every byte is below 0x80.
inline bool IsAscii(const char* text, size_t size) {
  // Long text, in blocks of vectors, up to the first block that is not ASCII.
  using Vector = uint64_t __attribute__((vector_size(16)));
  constexpr size_t kVectors = 16;
  for (; size >= kVectors * sizeof(Vector); text += kVectors * sizeof(Vector), size -= kVectors * sizeof(Vector)) {
    // Not through a pointer to an unaligned vector type: clang loses that attribute, and its aligned loads trap.
    const auto block = [text](size_t index) {
      Vector vector;
      std::memcpy(&vector, text + index * sizeof(Vector), sizeof(Vector));
      return vector;
    };
    Vector even = block(0);
    Vector odd = block(1);
    for (size_t i = 2; i < kVectors; i += 2) {
      even |= block(i);
      odd |= block(i + 1);
    }
    const Vector all = even | odd;
    if (((all[0] | all[1]) & kNonAsciiBits) != 0) return false;
  }
  if (size >= sizeof(Vector)) {
    Vector vector, all = {};
    for (size_t at = 0; at + sizeof(Vector) < size; at += sizeof(Vector)) {
      std::memcpy(&vector, text + at, sizeof(Vector));
      all |= vector;
    }
    std::memcpy(&vector, text + size - sizeof(Vector), sizeof(Vector));
    all |= vector;
    return ((all[0] | all[1]) & kNonAsciiBits) == 0;
  }
  return IsShortAscii(text, size);
}

/// IsUtf8() for text that is not ASCII.
inline bool IsUtf8Multibyte(const char* text, size_t size) {
  const auto* at = reinterpret_cast<const uint8_t*>(text);
  const uint8_t* const end = at + size;
  while (at != end) {
    if (*at < 0x80) {
      uint64_t word;
      while (end - at >= 8 && (std::memcpy(&word, at, 8), (word & kNonAsciiBits) == 0)) {
        at += 8;
      }
      while (at != end && *at < 0x80) {
        ++at;
      }
      continue;
    }
    const uint8_t head = *at++;
    // How many continuation bytes follow, and the range of the first of them.
    int more = 0;
    uint8_t low = 0x80, high = 0xbf;
    if (head >= 0xc2 && head <= 0xdf) {
      more = 1;
    } else if (head >= 0xe0 && head <= 0xef) {
      more = 2;
      low = head == 0xe0 ? 0xa0 : low;
      high = head == 0xed ? 0x9f : high;
    } else if (head >= 0xf0 && head <= 0xf4) {
      more = 3;
      low = head == 0xf0 ? 0x90 : low;
      high = head == 0xf4 ? 0x8f : high;
    } else {
      return false;
    }
    if (end - at < more || *at < low || *at > high) return false;
    for (int i = 1; i < more; ++i) {
      if ((at[i] & 0xc0) != 0x80) return false;
    }
    at += more;
  }
  return true;
}

inline bool IsUtf8(const char* text, size_t size) {
#ifdef SHMPACK_AVX2_CHECK
  if (size >= kLongText && HasAvx2()) return IsUtf8Avx2(text, size);
#endif
  return IsAscii(text, size) || IsUtf8Multibyte(text, size);
}

}  // namespace shmpack::php
