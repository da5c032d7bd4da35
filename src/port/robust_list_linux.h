// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's robust list of this thread: how the kernel learns which lock the thread holds when it dies.

#pragma once

#include <linux/futex.h>

#include <cstdint>

#include "shmpack/shared_word.h"

// glibc keeps room for a little of this model in libraries that are loaded late (PHP counts on that, too). The general
// model costs two calls into the dynamic linker for each write.
#ifdef __GLIBC__
#define SHMPACK_THREAD_LOCAL thread_local __attribute__((tls_model("initial-exec")))
#else
#define SHMPACK_THREAD_LOCAL thread_local
#endif

namespace shmpack {

/// What a thread has to know of itself, filled at its first lock and again after a fork.
struct ThreadSelf {
  robust_list_head* list = nullptr;  // The kernel's for this thread, or one that the kernel does not know.
  uint64_t pid_namespace = 0;
  uint32_t word = 0;  // What stands in a word that this thread holds: its id, and kUnlisted if the kernel has no list.
  uint32_t fork_count = 0;
  // Whether list_op_pending names a word that this thread holds, or is about to take or give back. A field that is not
  // null does not say so: the C library leaves its own mutex there after a wait that timed out. Volatile: for signal
  // handlers.
  volatile bool holds_something = false;
};

/// Asks the system. REQUIRES: the thread holds nothing. Its memory may say otherwise, as the copy of a holder's.
void FillSelf(ThreadSelf& self) noexcept;

uint64_t OwnPidNamespace() noexcept;
uint32_t OwnThreadId() noexcept;

/// Tells the kernel which word to look at if this thread dies now; null: none. Only the kernel, on this thread's
/// behalf, and the thread's signal handlers see it, so program order is enough: the signal fences keep the compiler to
/// it.
inline void SetPending(ThreadSelf& self, SharedU32* word) noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (word != nullptr) self.holds_something = true;
  auto* pending = word == nullptr
                      ? nullptr
                      : reinterpret_cast<robust_list*>(reinterpret_cast<char*>(word) - self.list->futex_offset);
  *const_cast<robust_list* volatile*>(&self.list->list_op_pending) = pending;
  if (word == nullptr) self.holds_something = false;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace shmpack
