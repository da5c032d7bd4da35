// SPDX-License-Identifier: BSD-3-Clause
//
// ForkCount(): how many forks lie between this process and the one that loaded the library. What a process remembers of
// itself (thread ids, what it acquired) holds as long as the count is the same; asking costs a load, where getpid()
// costs a system call. A child made without the C library's fork() is not counted.

#pragma once

#include <atomic>
#include <cstdint>

namespace shmpack {

namespace internal {
/// Stored by a new child, while it has one thread only.
extern std::atomic<uint32_t> fork_count;
}  // namespace internal

inline uint32_t ForkCount() noexcept { return internal::fork_count.load(std::memory_order_relaxed); }

}  // namespace shmpack
