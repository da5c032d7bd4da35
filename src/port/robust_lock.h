// SPDX-License-Identifier: BSD-3-Clause
//
// A lock in shared memory that survives its holder: one futex word in the form the kernel knows from robust mutexes.
//
//   word = 0                          free
//   word = tid | waiters              held by thread tid; waiters: somebody may sleep on it
//   word = tid | unlisted | waiters   held by a thread whose death the kernel does not notice
//   word = owner-died | waiters       the holder died (the kernel stored this), or left things undone
//
// How the kernel knows. Each thread has a robust list, registered with the kernel by the C library; its
// `list_op_pending` names one lock that the thread is about to take or let go. It is set before the word is taken and
// cleared after it was given back, so when the thread dies, however it dies, the kernel looks at the word: with the
// thread's id in it, it stores owner-died and wakes a waiter. No system call per lock. Only one such lock is held at a
// time, and nothing that uses the C library's robust mutexes is called meanwhile. A holder that needs to know that
// another is free asks AwaitRobustLock(), which takes nothing.
//
// Kills. Before the compare-and-swap: the word has another value, nothing happens. Between it and release: owner-died.
// Between the release store and the end of pending: the kernel sees a free word that is still pending and wakes in our
// place. A wake that is lost (a kill before it; the word was taken again at once) costs a waiter one slice: nobody
// sleeps longer.
//
// Without a list. Where the system does not tell a thread its robust list (a sandbox refuses get_robust_list), the
// thread marks the word: `kUnlisted`. The kernel cannot mark such a holder's death. A waiter that has seen such a word
// unchanged for a slice asks whether the thread exists, and takes the lock over if it does not. That costs a waiter 20
// ms where the kernel's mark costs nothing, and works in the holder's own pid namespace only; elsewhere the word stays.
//
// Any other word is waited for until the deadline, whatever it names: the kernel marks each holder that has a list, so
// a word that it did not mark has a living holder, or comes from foreign bytes. A word that was waited for in vain
// costs later calls a moment only (port/stuck_words.h).
//
// Namespaces. Thread ids mean something in one pid namespace only, so a holder also leaves its namespace: for messages,
// and for the question above. To keep a waiter that happens to have the holder's thread id in another namespace from
// being taken for the holder, list_op_pending is cleared while waiting.
//
// Reentry. A thread that has a lock, or is about to take one, is given none: kTimeout at once. That concerns signal
// handlers. A child has a copy of the parent's memory, but holds nothing; what the parent held is not waited for.
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

/// Takes the lock, waiting until the deadline. Not recursive: see "Reentry". Interrupted sleeps go on.
Acquired AcquireRobustLock(LockShm& lock, Deadline& deadline) noexcept;

/// The same, waiting at most `timeout_ms` (0: not at all).
inline Acquired AcquireRobustLock(LockShm& lock, uint32_t timeout_ms) noexcept {
  Deadline deadline(timeout_ms);
  return AcquireRobustLock(lock, deadline);
}

/// Gives it back and wakes one waiter. `done` false: as if the holder had died, so that the next one repairs.
void ReleaseRobustLock(LockShm& lock, bool done) noexcept;

/// Whether nobody has the lock, and nobody died holding it. Sequentially consistent; partner: AcquireRobustLock(). Of
/// two who each take one lock and then look at the other's, at least one sees the other.
inline bool RobustLockIsFree(const LockShm& lock) noexcept { return lock.word.load(std::memory_order_seq_cst) == 0; }

/// Waits until nobody holds the lock, without taking it: for who keeps others from holding it for long in another way.
/// kOwnerDied: what it guards may be half done.
Acquired AwaitRobustLock(LockShm& lock, Deadline& deadline) noexcept;

/// After kOwnerDied from AwaitRobustLock(), when all that it guards is whole again. Does nothing if somebody has taken
/// the lock meanwhile, who knows then.
void ForgetDeadHolder(LockShm& lock) noexcept;

/// Whether the last holder died and nobody has taken the lock since.
bool RobustLockOwnerDied(const LockShm& lock) noexcept;

/// The thread id in the word, 0 if there is none.
uint32_t RobustLockHolder(const LockShm& lock) noexcept;

/// Whom the word names. Asks the system.
LockHolder DescribeHolder(const LockShm& lock) noexcept;

}  // namespace shmpack
