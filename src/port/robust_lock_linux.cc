// SPDX-License-Identifier: BSD-3-Clause

#include "port/fault_point.h"
#include "port/fork_count.h"
#include "port/robust_lock.h"
#include "port/robust_lock_wait_linux.h"
#include "port/robust_lock_word_linux.h"

namespace shmpack {

namespace {

SHMPACK_THREAD_LOCAL ThreadSelf thread_self;

/// The first time in this thread, or after a fork.
[[gnu::noinline]] Acquired AcquireFirst(LockShm& lock, Deadline& deadline) noexcept {
  ThreadSelf& self = thread_self;
  // A copy of a holder's memory. What the parent still holds is not waited for: the parent may be waiting for this
  // child.
  if (self.holds_something && RobustLockHolder(lock) == (self.word & kThreadIdMask)) return Acquired::kTimeout;
  FillSelf(self);
  return AcquireRobustLock(lock, deadline);
}

}  // namespace

Acquired AcquireRobustLock(LockShm& lock, Deadline& deadline) noexcept {
  ThreadSelf& self = thread_self;
  // Calls stand at the end only, so the usual way needs no stack.
  if (self.fork_count != ForkCount()) [[unlikely]]
    return AcquireFirst(lock, deadline);
  if (self.holds_something) [[unlikely]]
    return Acquired::kTimeout;  // A signal handler has interrupted the holder.
  return TryTake(self, lock, 0, self.word) ? Acquired::kClean : AwaitWord(self, lock, Wanted::kTheLock, deadline);
}

Acquired AwaitRobustLock(LockShm& lock, Deadline& deadline) noexcept {
  if (RobustLockIsFree(lock)) return Acquired::kClean;
  if (thread_self.fork_count != ForkCount()) FillSelf(thread_self);
  return AwaitWord(thread_self, lock, Wanted::kToSeeItFree, deadline);
}

void ReleaseRobustLock(LockShm& lock, bool done) noexcept {
  ThreadSelf& self = thread_self;  // Filled when the lock was taken.
  lock.pid_namespace.store(0, std::memory_order_relaxed);
  // Release: partner is the acquire in TryTake(). It also keeps the line above before it.
  const uint32_t word = lock.word.exchange(done ? 0 : FUTEX_OWNER_DIED, std::memory_order_release);
  FaultPoint();
  // Before the system call. A thread of this one's id in another pid namespace may have the lock by then. If this
  // thread died inside of the call with the lock still pending, the kernel would take that one for it. The wake that a
  // kill here loses costs the waiter a slice.
  SetPending(self, nullptr);
  FaultPoint();
  if ((word & FUTEX_WAITERS) != 0) Futex(lock.word, FUTEX_WAKE, 1, nullptr);
}

}  // namespace shmpack
