// SPDX-License-Identifier: BSD-3-Clause

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/fork_count.h"

namespace shmpack {

namespace internal {

namespace {

/// In memory that a child has a copy of: never less than what any of its threads remembers.
std::atomic<uint32_t> counted = 0;

/// Where no page can be had that is cleared.
std::atomic<uint32_t> cleared_by_handler = 0;

void Clear() noexcept { cleared_by_handler.store(0, std::memory_order_relaxed); }

/// For as long as the library is loaded.
class Page {
 public:
  Page() noexcept {
    page_ = mmap(nullptr, Size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page_ != MAP_FAILED && madvise(page_, Size(), MADV_WIPEONFORK) == 0) {
      fork_count = static_cast<std::atomic<uint32_t>*>(page_);
    } else {
      pthread_atfork(nullptr, nullptr, Clear);  // Unloading takes it back.
    }
  }
  ~Page() {
    fork_count = &cleared_by_handler;
    if (page_ != MAP_FAILED) munmap(page_, Size());
  }

 private:
  static size_t Size() noexcept { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

  void* page_;
};

}  // namespace

std::atomic<uint32_t>* fork_count = &cleared_by_handler;

uint32_t CountFork() noexcept {
  const uint32_t count = counted.fetch_add(1, std::memory_order_relaxed) + 1;
  fork_count->store(count, std::memory_order_relaxed);
  return count;
}

namespace {
[[maybe_unused]] const Page page;
}  // namespace

}  // namespace internal

}  // namespace shmpack
