// SPDX-License-Identifier: BSD-3-Clause
//
// Words in shared memory, and the lock that is made of two: what the layouts of all families are built from.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace shmpack {

/// A word in shared memory. Every store is a release and every load an acquire: a reader that sees a store sees all
/// that was stored before it, and what a killed process left is a prefix of what it meant to do.
using SharedU32 = std::atomic<uint32_t>;
using SharedU64 = std::atomic<uint64_t>;
static_assert(SharedU32::is_always_lock_free && sizeof(SharedU32) == 4);
static_assert(SharedU64::is_always_lock_free && sizeof(SharedU64) == 8);

/// Loads a word; partner: the core's Store().
#ifdef SHMPACK_FUZZ_LOADS
/// Set by tests and fuzz targets, and called before each Load(): bytes can change between two loads of one word.
extern void (*load_hook)(const void* word);

template <typename T>
inline T Load(const std::atomic<T>& word) noexcept {
  if (load_hook != nullptr) load_hook(&word);
  return word.load(std::memory_order_acquire);
}
#else
template <typename T>
inline T Load(const std::atomic<T>& word) noexcept {
  return word.load(std::memory_order_acquire);
}
#endif

/// What a word of that name holds: it reads as another number in the other byte order.
inline constexpr uint32_t kByteOrderMark = 0x0102'0304;

/// A lock. See src/port/robust_lock.h for the protocol.
struct LockShm {
  SharedU32 word;  // Holder's thread id, waiters bit, owner-died bit: the kernel's robust-futex form.
  uint32_t reserved;
  SharedU64 pid_namespace;  // Where that thread id means something (inode of /proc/self/ns/pid); 0: not known (yet).
};

static_assert(sizeof(LockShm) == 16 && offsetof(LockShm, pid_namespace) == 8);

}  // namespace shmpack
