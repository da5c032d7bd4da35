// SPDX-License-Identifier: BSD-3-Clause
//
// Packs the msgpack forms that most of any document consists of: integers, floats, short ASCII strings. A few stores do
// it, without a check for room. msgpack-c packs everything else; its packer takes several times as long for these.
// tests/core/msgpack_writer_test.cc shows that both write the same bytes.
//
// Pack...() writes at `at`, where kPackedBytes are free, and returns where it ended. Short...() packs the same bytes in
// registers.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmpack/msgpack_format.h"
#include "shmpack/value_bytes.h"

namespace shmpack {

/// The most that one Pack...() stores. It may store more than it packs; the next one overwrites that.
inline constexpr size_t kPackedBytes = 32;
static_assert(kPackedBytes == 1 + kMaxFixStr);

/// Stores 8 bytes, big-endian.
inline void StoreBig(char* at, uint64_t value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    value = __builtin_bswap64(value);
  }
  std::memcpy(at, &value, sizeof(value));
}

/// Copies up to 32 bytes, with moves that overlap, each of a constant size. Reads and writes nothing beyond. Returns
/// the bytes or'ed together, in groups of up to eight: a bit is set if some byte has it.
inline uint64_t CopyShort(char* to, const char* from, size_t size) noexcept {
  if (size >= 8) {
    uint64_t first, last;
    std::memcpy(&first, from, 8);
    std::memcpy(&last, from + size - 8, 8);
    uint64_t seen = first | last;
    if (size > 16) {
      uint64_t second, third;
      std::memcpy(&second, from + 8, 8);
      std::memcpy(&third, from + size - 16, 8);
      seen |= second | third;
      std::memcpy(to + 8, &second, 8);
      std::memcpy(to + size - 16, &third, 8);
    }
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
    return seen;
  }
  if (size >= 4) {
    uint32_t first, last;
    std::memcpy(&first, from, 4);
    std::memcpy(&last, from + size - 4, 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
    return first | last;
  }
  if (size == 0) return 0;
  const char first = from[0], middle = from[size / 2], last = from[size - 1];
  to[0] = first;
  to[size / 2] = middle;
  to[size - 1] = last;
  return static_cast<uint8_t>(first | middle | last);
}

/// The form of an integer that does not fit in a head.
struct IntForm {
  uint8_t head;
  unsigned bytes;      // behind the head
  uint64_t left_bits;  // those bytes, in the highest bits
};

constexpr bool IsFixInt(int64_t value) noexcept { return value >= -32 && value < 128; }

/// The shortest form. REQUIRES: !IsFixInt(value).
constexpr IntForm FormOf(int64_t value) noexcept {
  // The heads of each sign follow one another in the order of their sizes.
  const bool negative = value < 0;
  const uint64_t unsigned_range = negative ? ~static_cast<uint64_t>(value) << 1 : static_cast<uint64_t>(value);
  const unsigned size = (unsigned_range > UINT8_MAX) + (unsigned_range > UINT16_MAX) + (unsigned_range > UINT32_MAX);
  const unsigned bytes = 1u << size;
  return {static_cast<uint8_t>((negative ? kHeadInt8 : kHeadUint8) + size), bytes,
          static_cast<uint64_t>(value) << (64 - 8 * bytes)};
}

inline char* PackInt(char* at, int64_t value) noexcept {
  if (IsFixInt(value)) {
    *at = static_cast<char>(value);
    return at + 1;
  }
  const IntForm form = FormOf(value);
  *at = static_cast<char>(form.head);
  StoreBig(at + 1, form.left_bits);
  return at + 1 + form.bytes;
}

/// A head and the highest `bytes` bytes of `left_bits`, big-endian, in registers.
inline ShortBytes ShortForm(uint8_t head, uint64_t left_bits, unsigned bytes) noexcept {
  ShortBytes packed;
  packed.count = 1 + bytes;
  if constexpr (std::endian::native == std::endian::little) {
    const uint64_t big = __builtin_bswap64(left_bits);
    packed.words[0] = head | big << 8;
    packed.words[1] = big >> 56;
  } else {
    packed.words[0] = uint64_t{head} << 56 | left_bits >> 8;
    packed.words[1] = left_bits << 56;
  }
  return packed;
}

/// PackInt() in registers.
inline ShortBytes ShortInt(int64_t value) noexcept {
  if (IsFixInt(value)) return ShortForm(static_cast<uint8_t>(value), 0, 0);
  const IntForm form = FormOf(value);
  return ShortForm(form.head, form.left_bits, form.bytes);
}

/// Always a float 64: msgpack-c's pack_double() makes an integer of a whole number, even of -0.0.
inline char* PackDouble(char* at, double value) noexcept {
  *at = static_cast<char>(kHeadFloat64);
  StoreBig(at + 1, std::bit_cast<uint64_t>(value));
  return at + 9;
}

/// PackDouble() in registers.
inline ShortBytes ShortDouble(double value) noexcept {
  return ShortForm(kHeadFloat64, std::bit_cast<uint64_t>(value), 8);
}

/// The shortest head of a str (`is_text`) or bin of `size` bytes.
inline char* PackStringHead(char* at, uint32_t size, bool is_text) noexcept {
  if (is_text && size <= kMaxFixStr) {
    *at = static_cast<char>(kHeadFixStr | size);
    return at + 1;
  }
  // 0, 1 or 2: its size takes one, two or four bytes.
  const unsigned form = (size > UINT8_MAX) + (size > UINT16_MAX);
  const unsigned bytes = 1u << form;
  *at = static_cast<char>((is_text ? kHeadStr8 : kHeadBin8) + form);
  StoreBig(at + 1, static_cast<uint64_t>(size) << (64 - 8 * bytes));
  return at + 1 + bytes;
}

/// Packs up to kMaxFixStr bytes of ASCII as str. Null: not all of them are ASCII. Reads nothing beyond `size`.
inline char* PackShortAscii(char* at, const char* text, size_t size) noexcept {
  *at = static_cast<char>(kHeadFixStr | size);
  const uint64_t seen = CopyShort(at + 1, text, size);
  return (seen & 0x8080808080808080) == 0 ? at + 1 + size : nullptr;
}

/// PackShortAscii() for more than kMaxFixStr and up to kMaxStr8 bytes. Needs `size` more bytes of room.
inline char* PackMediumAscii(char* at, const char* text, size_t size) noexcept {
  *at = static_cast<char>(kHeadStr8);
  at[1] = static_cast<char>(size);
  char* const to = at + 2;
  uint64_t block[2];
  uint64_t seen = 0;
  const auto copy = [&block, &seen, text, to](size_t from) {
    std::memcpy(block, text + from, 16);
    std::memcpy(to + from, block, 16);
    seen |= block[0] | block[1];
  };
  for (size_t i = 0; i + 16 < size; i += 16) copy(i);
  copy(size - 16);
  return (seen & 0x8080808080808080) == 0 ? to + size : nullptr;
}

}  // namespace shmpack
