// SPDX-License-Identifier: BSD-3-Clause
//
// The word of a lock: taking it, and the system call to sleep on it.

#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>

#include "port/fault_point.h"
#include "port/robust_list_linux.h"
#include "port/robust_lock.h"

namespace shmpack {

inline constexpr uint32_t kThreadIdMask = FUTEX_TID_MASK & ~kUnlisted;

inline long Futex(SharedU32& word, int operation, uint32_t value, const timespec* timeout) noexcept {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

/// Takes the word if it still is `expected`. The order, by its parts:
///   acquire  partner: the release in ReleaseRobustLock(), or the kernel's store on the dead holder's behalf
///   release  a thread that sees this one's id sees the dead holder's namespace gone
///   seq_cst  in one order with all RobustLockIsFree() and AwaitRobustLock(): its only reason to be more than the two
inline bool TryTake(ThreadSelf& self, LockShm& lock, uint32_t expected, uint32_t desired) noexcept {
  SetPending(self, &lock.word);
  if (lock.word.compare_exchange_strong(expected, desired, std::memory_order_seq_cst, std::memory_order_relaxed)) {
    FaultPoint();
    lock.pid_namespace.store(self.pid_namespace, std::memory_order_relaxed);
    return true;
  }
  SetPending(self, nullptr);
  return false;
}

}  // namespace shmpack
