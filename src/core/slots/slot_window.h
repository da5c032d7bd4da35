// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a window (SlotTable::Window()), which other processes load and store at the same time. A word of 1, 2, 4
// or 8 bytes at a multiple of its size is loaded and stored in one piece. All else is copied, and two copies at the
// same time may mix.
//
// Memory order. Loads acquire and stores release; each is the partner of the other on the same word. So a process that
// sees a stored word sees what was stored before it. The read-modify-writes are sequentially consistent, since user
// code builds locks and queues of them.
//
// A kill leaves each word old or new, and any part of a copy. A later put to the slot finds the bytes as they are then.

#pragma once

#include <cstdint>

#include "core/base/shared_access.h"

namespace shmpack {

inline void ReadWindow(void* to, const uint8_t* at, uint64_t bytes) noexcept { CopyOut(to, at, bytes); }
inline void WriteWindow(uint8_t* at, const void* from, uint64_t bytes) noexcept { CopyIn(at, from, bytes); }

namespace internal {

/// Calls `work` with an unsigned integer of that size.
template <typename Work>
auto WithWord(uint32_t bytes, Work work) noexcept {
  switch (bytes) {
    case 1:
      return work(uint8_t{});
    case 2:
      return work(uint16_t{});
    case 4:
      return work(uint32_t{});
    default:
      return work(uint64_t{});
  }
}

inline bool IsAligned(const uint8_t* at, uint32_t bytes) noexcept {
  return reinterpret_cast<uintptr_t>(at) % bytes == 0;
}

}  // namespace internal

/// REQUIRES, all of the following: `bytes` is 1, 2, 4 or 8.
inline uint64_t LoadWord(const uint8_t* at, uint32_t bytes) noexcept {
  return internal::WithWord(bytes, [&](auto word) -> uint64_t {
    if (internal::IsAligned(at, bytes)) {
      return __atomic_load_n(reinterpret_cast<const decltype(word)*>(at), __ATOMIC_ACQUIRE);
    }
    ReadWindow(&word, at, sizeof word);
    return word;
  });
}

/// Stores the low bytes of `value`.
inline void StoreWord(uint8_t* at, uint32_t bytes, uint64_t value) noexcept {
  internal::WithWord(bytes, [&](auto word) {
    word = static_cast<decltype(word)>(value);
    if (internal::IsAligned(at, bytes)) {
      __atomic_store_n(reinterpret_cast<decltype(word)*>(at), word, __ATOMIC_RELEASE);
    } else {
      WriteWindow(at, &word, sizeof word);
    }
  });
}

/// Adds in one step, and returns the sum, which wraps. REQUIRES: `at` is a multiple of `bytes`.
inline uint64_t AddToWord(uint8_t* at, uint32_t bytes, uint64_t amount) noexcept {
  return internal::WithWord(bytes, [&](auto word) -> uint64_t {
    return __atomic_add_fetch(reinterpret_cast<decltype(word)*>(at), static_cast<decltype(word)>(amount),
                              __ATOMIC_SEQ_CST);
  });
}

/// Replaces `expected` by `desired` in one step. False: the word was another. REQUIRES: `at` is a multiple of `bytes`.
inline bool CompareExchangeWord(uint8_t* at, uint32_t bytes, uint64_t expected, uint64_t desired) noexcept {
  return internal::WithWord(bytes, [&](auto word) -> bool {
    word = static_cast<decltype(word)>(expected);
    return __atomic_compare_exchange_n(reinterpret_cast<decltype(word)*>(at), &word,
                                       static_cast<decltype(word)>(desired), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  });
}

}  // namespace shmpack
