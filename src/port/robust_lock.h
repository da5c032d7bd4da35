// SPDX-License-Identifier: BSD-3-Clause
//
// A lock in shared memory that survives its holder: one futex word in the form the kernel knows from robust mutexes.
//
//   word = 0                          free
//   word = tid | waiters              held by thread tid; waiters: another thread may sleep on it
//   word = tid | unlisted | waiters   held by a thread whose death the kernel does not notice
//   word = owner-died | waiters       the holder died (the kernel stored this), or left things undone
//
// How the kernel learns of a death. Each thread has a robust list, which the C library registers with the kernel. Its
// field list_op_pending names one lock that the thread is about to take or give back:
//
//   1. The thread names the lock there.
//   2. It takes the word, by a compare-and-swap.
//   3. It gives the word back.
//   4. It clears the field.
//   5. It wakes a waiter, if the word had the waiters bit.
//
// When the thread dies, however it dies, the kernel looks at the word that the field names. With the thread's id in it,
// the kernel stores owner-died and wakes a waiter. So a lock needs no system call while nobody waits. A thread holds
// one such lock at a time, and meanwhile calls nothing that uses the C library's robust mutexes. A holder that must
// know that another lock is free asks AwaitRobustLock(), which takes nothing.
//
// What a kill leaves:
//
//   before 2         the word as it was
//   between 2 and 3  owner-died
//   between 3 and 4  a free word that is still pending; the kernel wakes a waiter in the thread's place
//   between 4 and 5  a free word, and no wake
//
// A wake can be lost: by a kill before 5, or because another thread took the free word at once. That costs a waiter one
// slice of 20 ms, since no waiter sleeps longer without a look.
//
// Without a list. A sandbox may refuse get_robust_list, so that the thread does not know its list. Then it marks the
// word with kUnlisted, because the kernel cannot mark its death. A waiter that has seen such a word unchanged for a
// slice asks whether the thread exists, and takes the lock over if it does not. That costs the waiter 20 ms. It works
// in the holder's own pid namespace only; elsewhere the word stays.
//
// Any other word is waited for until the deadline, whatever it names. The kernel marks each dead holder that has a
// list, so a word without its mark has a living holder, or consists of foreign bytes. A word for which a wait timed out
// costs later calls a moment only (port/stuck_words.h).
//
// Namespaces. A thread id means something in one pid namespace only. So a holder also leaves its namespace: for
// messages, and for the question above. A waiter in another namespace may have the holder's thread id. It clears
// list_op_pending while it waits, so the kernel does not take it for the holder when it dies.
//
// Reentry. A thread that has a lock, or is about to take one, is given no other: kTimeout at once. That concerns signal
// handlers. A forked child has a copy of the parent's memory, but holds nothing. It does not wait for what its parent
// holds.
//
// Linux only: a port to another system finds dead holders in another way.

#pragma once

#include <cstdint>

#include "port/deadline.h"
#include "shmpack/lock_holder.h"
#include "shmpack/shared_word.h"

namespace shmpack {

enum class Acquired : uint8_t {
  kClean,
  kOwnerDied,  // The lock is held; what it guards may be half done.
  kTimeout,    // The lock is not held.
};

/// The bit of a word whose holder has no robust list. Thread ids have 22 bits at most (PID_MAX_LIMIT).
inline constexpr uint32_t kUnlisted = uint32_t{1} << 29;

/// Takes the lock; waits until the deadline. Not recursive: see "Reentry". A signal does not end the wait.
Acquired AcquireRobustLock(LockShm& lock, Deadline& deadline) noexcept;

/// The same; waits at most `timeout_ms` (0: not at all).
inline Acquired AcquireRobustLock(LockShm& lock, uint32_t timeout_ms) noexcept {
  Deadline deadline(timeout_ms);
  return AcquireRobustLock(lock, deadline);
}

/// Gives the lock back and wakes one waiter. `done` false: as if the holder had died, so the next holder repairs.
/// REQUIRES: this thread holds it.
void ReleaseRobustLock(LockShm& lock, bool done) noexcept;

/// Whether the lock has no holder, and its last holder did not die. Sequentially consistent; partner: the
/// compare-and-swap in AcquireRobustLock(). Of two threads that each take one lock and then look at the other's, at
/// least one sees the other.
inline bool RobustLockIsFree(const LockShm& lock) noexcept { return lock.word.load(std::memory_order_seq_cst) == 0; }

/// Waits until the lock has no holder, and does not take it. For a caller that keeps others from holding it for long in
/// another way. kOwnerDied: what it guards may be half done.
Acquired AwaitRobustLock(LockShm& lock, Deadline& deadline) noexcept;

/// To be called after kOwnerDied from AwaitRobustLock(), when all that the lock guards is whole again. Does nothing if
/// another thread has taken the lock meanwhile: that one was told kOwnerDied.
void ForgetDeadHolder(LockShm& lock) noexcept;

/// Whether the last holder died and no thread has taken the lock since.
bool RobustLockOwnerDied(const LockShm& lock) noexcept;

/// The thread id in the word. 0: there is none.
uint32_t RobustLockHolder(const LockShm& lock) noexcept;

/// The holder that the word names. Asks the system.
LockHolder DescribeHolder(const LockShm& lock) noexcept;

}  // namespace shmpack
