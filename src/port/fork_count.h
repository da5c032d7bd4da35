// SPDX-License-Identifier: BSD-3-Clause
//
// ForkCount(): how many forks lie between this process and the one that loaded the library. What a process remembers of
// itself (thread ids, what it acquired) is valid while the count is the same. Asking costs two loads; getpid() would
// cost a system call.
//
// Every child with a memory of its own counts, however it was made, since the kernel clears a page in it. Where the
// kernel cannot do so (before Linux 4.14), only children of the C library's fork() count. Thread-safe.

#pragma once

#include <atomic>
#include <cstdint>

namespace shmpack {

namespace internal {
/// 0 in a child, until CountFork().
extern std::atomic<uint32_t>* fork_count;

uint32_t CountFork() noexcept;
}  // namespace internal

inline uint32_t ForkCount() noexcept {
  const uint32_t count = internal::fork_count->load(std::memory_order_relaxed);
  return count != 0 ? count : internal::CountFork();
}

}  // namespace shmpack
