// SPDX-License-Identifier: BSD-3-Clause
//
// How the core touches shared memory: single words by Load() (shmpack/shared_word.h) and Store(), bytes by CopyOut()
// and CopyIn(). Nothing else in src/core reaches into a region; a lock's word is the port's (port/robust_lock.h).
//
// Ordering. Store() releases and Load() acquires, always: on x86-64 both are plain moves, and one rule for all words
// is what makes "a kill leaves a prefix of the stores" and "a load that sees a store sees everything before it"
// arguments that need no case by case. The partner of each Store() is every Load() of the same word, in this or another
// process.
//
// Every Store() is a fault point (port/fault_point.h), and every CopyIn() is several, the first ones amid the bytes: a
// test can kill the process right after it, or with a part of the bytes copied.

#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "port/fault_point.h"
#include "shmpack/shared_word.h"

#if defined(__SANITIZE_THREAD__)
#define SHMPACK_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHMPACK_TSAN 1
#endif
#endif

namespace shmpack {

#ifdef SHMPACK_FAULTS
template <typename T>
inline void Store(std::atomic<T>& word, T value, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) noexcept {
  word.store(value, std::memory_order_release);
  FaultPoint(file, line);
}
#else
template <typename T>
inline void Store(std::atomic<T>& word, T value) noexcept {
  word.store(value, std::memory_order_release);
}
#endif

namespace internal {

/// The one place that copies bytes which another process may be writing (or reading) meanwhile. Sound because nobody
/// acts on such bytes before a version has been checked that a writer changes before it touches them; and because
/// memcpy on plain bytes cannot trap. To the language it is a data race all the same, so ThreadSanitizer gets atomic
/// words.
inline void RacyCopy(uint8_t* to, const uint8_t* from, uint64_t bytes) noexcept {
#ifdef SHMPACK_TSAN
  for (uint64_t i = 0; i < bytes; ++i) {
    __atomic_store_n(to + i, __atomic_load_n(from + i, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
  }
#else
  std::memcpy(to, from, bytes);
#endif
}

}  // namespace internal

/// From a region to private memory. The fence keeps the copy before the version check that follows; partner:
/// CopyIn()'s.
inline void CopyOut(void* to, const uint8_t* shared, uint64_t bytes) noexcept {
  internal::RacyCopy(static_cast<uint8_t*>(to), shared, bytes);
#ifndef SHMPACK_TSAN
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
}

namespace internal {

inline void FenceBeforeCopyIn() noexcept {
#ifndef SHMPACK_TSAN
  std::atomic_thread_fence(std::memory_order_release);
#endif
}

}  // namespace internal

/// From private memory, or from elsewhere in the region, into a region. The fence keeps the copy behind the stores that
/// took the bytes away from their last owner; partner: CopyOut()'s.
#ifdef SHMPACK_FAULTS
inline void CopyIn(uint8_t* shared, const void* from, uint64_t bytes, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) noexcept {
  internal::FenceBeforeCopyIn();
  // Under a test that waits for it, a quarter at a time, but no less than two words.
  const uint64_t quarter = (bytes + 3) / 4;
  const uint64_t part = fault_hook == nullptr ? bytes : quarter < 16 ? 16 : quarter;
  for (uint64_t done = 0; done < bytes; done += part) {
    internal::RacyCopy(shared + done, static_cast<const uint8_t*>(from) + done, std::min(part, bytes - done));
    FaultPoint(file, line);
  }
}
#else
inline void CopyIn(uint8_t* shared, const void* from, uint64_t bytes) noexcept {
  internal::FenceBeforeCopyIn();
  internal::RacyCopy(shared, static_cast<const uint8_t*>(from), bytes);
}
#endif

}  // namespace shmpack
