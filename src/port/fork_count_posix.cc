// SPDX-License-Identifier: BSD-3-Clause

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/fork_count.h"

namespace shmpack {

namespace internal {

namespace {

/// A child has a copy, so this is never less than what one of its threads remembers.
std::atomic<uint32_t> counted = 0;

/// Used where the kernel clears no page.
std::atomic<uint32_t> cleared_by_handler = 0;

void Clear() noexcept { cleared_by_handler.store(0, std::memory_order_relaxed); }

void* page = MAP_FAILED;  // The kernel clears it in each child with a memory of its own.

size_t PageBytes() noexcept { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

}  // namespace

std::atomic<uint32_t>* fork_count = &cleared_by_handler;

uint32_t CountFork() noexcept {
  const uint32_t count = counted.fetch_add(1, std::memory_order_relaxed) + 1;
  fork_count->store(count, std::memory_order_relaxed);
  return count;
}

namespace {

// Not an object with a destructor: that would need the C++ library, which httpd's module does without.
[[gnu::constructor]] void BeginCounting() noexcept {
  page = mmap(nullptr, PageBytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED && madvise(page, PageBytes(), MADV_WIPEONFORK) == 0) {
    fork_count = static_cast<std::atomic<uint32_t>*>(page);
  } else {
    pthread_atfork(nullptr, nullptr, Clear);  // Unloading takes it back.
  }
}

[[gnu::destructor]] void EndCounting() noexcept {
  fork_count = &cleared_by_handler;
  if (page != MAP_FAILED) munmap(page, PageBytes());
}

}  // namespace

}  // namespace internal

}  // namespace shmpack
