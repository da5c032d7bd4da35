// SPDX-License-Identifier: BSD-3-Clause
//
// What the word of a lock says of its holder, living or dead.

#include <linux/futex.h>

#include "port/fault_point.h"
#include "port/process_identity.h"
#include "port/robust_list_linux.h"
#include "port/robust_lock.h"
#include "port/robust_lock_word_linux.h"

namespace shmpack {

bool RobustLockOwnerDied(const LockShm& lock) noexcept {
  // Acquire: partner is the kernel's store on the dead holder's behalf.
  return (lock.word.load(std::memory_order_acquire) & (FUTEX_TID_MASK | FUTEX_OWNER_DIED)) == FUTEX_OWNER_DIED;
}

void ForgetDeadHolder(LockShm& lock) noexcept {
  // The dead holder's namespace must not stand beside the next holder's id. If the next one has stored its own by now,
  // this takes it away: then nobody knows in which namespace that holder lives.
  lock.pid_namespace.store(0, std::memory_order_relaxed);
  uint32_t word = lock.word.load(std::memory_order_relaxed);
  // Release: the next thread that takes the lock sees what was repaired. Partner: the acquire in TryTake().
  while ((word & (FUTEX_TID_MASK | FUTEX_OWNER_DIED)) == FUTEX_OWNER_DIED &&
         !lock.word.compare_exchange_weak(word, word & FUTEX_WAITERS, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
  FaultPoint();
}

uint32_t RobustLockHolder(const LockShm& lock) noexcept {
  return lock.word.load(std::memory_order_relaxed) & kThreadIdMask;
}

LockHolder DescribeHolder(const LockShm& lock) noexcept {
  const uint32_t thread = RobustLockHolder(lock);
  if (thread == 0) return {};
  const uint64_t pid_namespace = lock.pid_namespace.load(std::memory_order_relaxed);
  const uint64_t own = pid_namespace == 0 ? 0 : OwnPidNamespace();
  if (own != 0 && pid_namespace != own) return {LockHolder::Kind::kElsewhere, 0};
  const uint32_t pid = ProcessOfThread(thread);
  if (pid != 0) return {LockHolder::Kind::kProcess, pid};
  // Without /proc in this process, the thread may be of this namespace or of another.
  return {pid_namespace == own ? LockHolder::Kind::kNoThread : LockHolder::Kind::kElsewhere, 0};
}

}  // namespace shmpack
