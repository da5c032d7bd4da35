// SPDX-License-Identifier: BSD-3-Clause

#include <pthread.h>

#include "port/fork_count.h"

namespace shmpack {

namespace internal {
std::atomic<uint32_t> fork_count = 1;
}  // namespace internal

namespace {

void CountFork() noexcept { internal::fork_count.fetch_add(1, std::memory_order_relaxed); }

/// Once per load of the library; children inherit the handler, and unloading takes it back.
[[maybe_unused]] const int registered = pthread_atfork(nullptr, nullptr, CountFork);

}  // namespace

}  // namespace shmpack
