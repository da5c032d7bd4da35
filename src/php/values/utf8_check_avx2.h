// SPDX-License-Identifier: BSD-3-Clause
//
// IsUtf8Avx2: the UTF-8 check 32 bytes at a time, for processors with AVX2. HasAvx2() asks at run time, so the library
// itself does not need AVX2.
//
// Every error of UTF-8 shows in three half bytes: both halves of a byte, and the upper half of the byte behind it. Each
// half selects the set of errors that it allows from a table of 16, as bits of a byte. An error that all three allow is
// there. (The method of Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021.)

#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#define SHMPACK_AVX2_CHECK 1

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace shmpack::php {

inline bool HasAvx2() { return __builtin_cpu_supports("avx2") != 0; }

#define SHMPACK_AVX2 __attribute__((target("avx2")))

struct Utf8Tables {
  enum Error : uint8_t {
    kTooShort = 1,    // a head, and no continuation behind it
    kTooLong = 2,     // ASCII, and a continuation behind it
    kOverlong3 = 4,   // e0 80..9f
    kTooLarge = 8,    // f4 90..bf, and above
    kSurrogate = 16,  // ed a0..bf
    kOverlong2 = 32,  // c0, c1
    kFirst16 = 64,    // f0 80..8f: overlong; f5 80..8f and above: too large
    kTwo = 128,       // two continuations: right if a head of 3 or 4 bytes is before them
  };
  static constexpr uint8_t kAny = kTooShort | kTooLong | kTwo;
  static constexpr uint8_t kAbove = kAny | kTooLarge | kFirst16;
  static constexpr uint8_t kContinued = kTooLong | kOverlong2 | kTwo;

  static constexpr uint8_t kFirstUpper[16] = {
      kTooLong,
      kTooLong,
      kTooLong,
      kTooLong,
      kTooLong,
      kTooLong,
      kTooLong,
      kTooLong,
      kTwo,
      kTwo,
      kTwo,
      kTwo,
      kTooShort | kOverlong2,
      kTooShort,
      kTooShort | kOverlong3 | kSurrogate,
      kTooShort | kTooLarge | kFirst16,
  };
  static constexpr uint8_t kFirstLower[16] = {
      kAny | kOverlong3 | kOverlong2 | kFirst16,
      kAny | kOverlong2,
      kAny,
      kAny,
      kAny | kTooLarge,
      kAbove,
      kAbove,
      kAbove,
      kAbove,
      kAbove,
      kAbove,
      kAbove,
      kAbove,
      kAbove | kSurrogate,
      kAbove,
      kAbove,
  };
  static constexpr uint8_t kSecondUpper[16] = {
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
      kContinued | kOverlong3 | kFirst16,
      kContinued | kOverlong3 | kTooLarge,
      kContinued | kSurrogate | kTooLarge,
      kContinued | kSurrogate | kTooLarge,
      kTooShort,
      kTooShort,
      kTooShort,
      kTooShort,
  };
};

/// table[i] for each byte i below 16.
SHMPACK_AVX2 inline __m256i Utf8LookUp(const uint8_t* table, __m256i bytes) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), bytes);
}

/// Not zero if `block` has an error, given the block before it.
SHMPACK_AVX2 inline __m256i Utf8Errors(__m256i block, __m256i before) {
  // The bytes one, two and three places before each of the block's.
  const __m256i middle = _mm256_permute2x128_si256(before, block, 0x21);
  const __m256i first = _mm256_alignr_epi8(block, middle, 15);
  const __m256i second = _mm256_alignr_epi8(block, middle, 14);
  const __m256i third = _mm256_alignr_epi8(block, middle, 13);
  const __m256i half = _mm256_set1_epi8(0x0f);
  const __m256i first_upper = _mm256_and_si256(_mm256_srli_epi16(first, 4), half);
  const __m256i first_lower = _mm256_and_si256(first, half);
  const __m256i block_upper = _mm256_and_si256(_mm256_srli_epi16(block, 4), half);
  const __m256i errors = _mm256_and_si256(_mm256_and_si256(Utf8LookUp(Utf8Tables::kFirstUpper, first_upper),
                                                           Utf8LookUp(Utf8Tables::kFirstLower, first_lower)),
                                          Utf8LookUp(Utf8Tables::kSecondUpper, block_upper));
  // The top bit means two continuations. It must be set exactly where a head of 3 bytes is two places before, or a head
  // of 4 bytes three places.
  const __m256i heads = _mm256_or_si256(_mm256_subs_epu8(second, _mm256_set1_epi8(static_cast<char>(0xe0 - 0x80))),
                                        _mm256_subs_epu8(third, _mm256_set1_epi8(static_cast<char>(0xf0 - 0x80))));
  return _mm256_xor_si256(_mm256_and_si256(heads, _mm256_set1_epi8(static_cast<char>(Utf8Tables::kTwo))), errors);
}

/// Four vectors at once, because the check of ASCII consists of loads.
struct Utf8Block {
  __m256i a, b, c, d;
};

inline constexpr size_t kLongText = sizeof(Utf8Block);

SHMPACK_AVX2 inline Utf8Block LoadUtf8Block(const char* text) {
  const auto* const from = reinterpret_cast<const __m256i*>(text);
  return {_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1), _mm256_loadu_si256(from + 2),
          _mm256_loadu_si256(from + 3)};
}

SHMPACK_AVX2 inline bool IsAsciiBlock(const Utf8Block& block) {
  const __m256i all = _mm256_or_si256(_mm256_or_si256(block.a, block.b), _mm256_or_si256(block.c, block.d));
  return _mm256_movemask_epi8(all) == 0;
}

/// From this size on a text is checked backwards, because that speeds up the copy that follows. Below it, a text that
/// is not all ASCII would lose more than others gain.
inline constexpr size_t kCacheFilling = 16 * 1024;

/// How many bytes lie before the ASCII at the end of a text, in whole blocks. 0: the text is all ASCII, if its first
/// block is. REQUIRES: kLongText bytes or more.
///
/// Reads from the end to the beginning. So the copy that follows begins with what was read last and is still in the
/// first-level cache. Loads are aligned: half of the unaligned ones would touch two cache lines.
SHMPACK_AVX2 inline size_t BytesBeforeAscii(const char* text, size_t size) {
  const char* end = text + size;
  if (!IsAsciiBlock(LoadUtf8Block(end - kLongText))) return size;
  end -= reinterpret_cast<uintptr_t>(end) % sizeof(__m256i);
  for (; static_cast<size_t>(end - text) >= kLongText; end -= kLongText) {
    if (!IsAsciiBlock(LoadUtf8Block(end - kLongText))) return static_cast<size_t>(end - text);
  }
  return 0;
}

/// IsUtf8() for text of kLongText bytes or more. Reads nothing beyond `size`.
SHMPACK_AVX2 inline bool IsUtf8Avx2(const char* text, size_t size) {
  constexpr size_t kBlock = kLongText;
  // Most binary data shows at its beginning. Its end may be many zeros, which are ASCII.
  if (size >= kCacheFilling && IsAsciiBlock(LoadUtf8Block(text))) {
    size = BytesBeforeAscii(text, size);
    if (size == 0) return true;
  }
  __m256i before = _mm256_setzero_si256();
  for (bool last = false; !last; text += kBlock, size -= kBlock) {
    // ASCII behind ASCII needs no look at its neighbours.
    if (_mm256_testz_si256(before, before) != 0) {
      while (size >= kBlock && IsAsciiBlock(LoadUtf8Block(text))) {
        text += kBlock;
        size -= kBlock;
      }
      if (size < kBlock && IsAsciiBlock(LoadUtf8Block(text + size - kBlock))) return true;
    }
    // The last round checks what is left, with zeros behind it. They also reveal a text that ends too early.
    last = size < kBlock;
    alignas(32) char rest[kBlock];
    if (last) {
      std::memset(rest, 0, sizeof(rest));
      std::memcpy(rest, text, size);
    }
    const Utf8Block block = LoadUtf8Block(last ? rest : text);
    const __m256i errors = _mm256_or_si256(_mm256_or_si256(Utf8Errors(block.a, before), Utf8Errors(block.b, block.a)),
                                           _mm256_or_si256(Utf8Errors(block.c, block.b), Utf8Errors(block.d, block.c)));
    if (_mm256_testz_si256(errors, errors) == 0) return false;
    before = IsAsciiBlock(block) ? _mm256_setzero_si256() : block.d;
  }
  return true;
}

#undef SHMPACK_AVX2

}  // namespace shmpack::php

#endif
