// SPDX-License-Identifier: BSD-3-Clause

#include <linux/futex.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "port/fault_point.h"
#include "port/fork_count.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr double kSliceSeconds = 0.02;  // The longest sleep between two looks at the word.
constexpr int kSpins = 30;              // Looks before the first sleep; critical sections are shorter than that.
constexpr int kLongestPause = 8;        // Powers of two: between two looks, so that the holder keeps the cache line.

/// What a thread needs to know of itself, filled on first use and again after a fork.
struct ThreadSelf {
  robust_list_head* robust_list = nullptr;
  uint64_t pid_namespace = 0;
  uint32_t thread_id = 0;
  uint32_t fork_count = 0;
};

// glibc keeps room for a little of this model in libraries that are loaded late (PHP counts on that, too); the general
// one costs two calls into the dynamic linker for each write.
#ifdef __GLIBC__
#define SHMPACK_THREAD_LOCAL thread_local __attribute__((tls_model("initial-exec")))
#else
#define SHMPACK_THREAD_LOCAL thread_local
#endif

SHMPACK_THREAD_LOCAL ThreadSelf thread_self;

/// For threads whose C library registers no robust list (musl does so with the first robust mutex only).
SHMPACK_THREAD_LOCAL robust_list_head own_list = {};

uint64_t OwnPidNamespace() noexcept {
  struct stat info;
  return stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

[[gnu::noinline]] void FillSelf(ThreadSelf& self) noexcept {
  size_t length = 0;
  if (syscall(SYS_get_robust_list, 0, &self.robust_list, &length) != 0) self.robust_list = nullptr;
  if (self.robust_list == nullptr) {
    own_list = {{&own_list.list}, 0, nullptr};
    if (syscall(SYS_set_robust_list, &own_list, sizeof own_list) == 0) self.robust_list = &own_list;
  }
  self.pid_namespace = OwnPidNamespace();
  self.thread_id = static_cast<uint32_t>(syscall(SYS_gettid));
  self.fork_count = ForkCount();
}

/// Tells the kernel which word to look at should this thread die now. Seen only by the kernel on this thread's behalf,
/// so program order is all that is needed: the signal fences keep the compiler to it.
inline void SetPending(ThreadSelf& self, SharedU32* word) noexcept {
  if (self.robust_list == nullptr) return;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  auto* pending = word == nullptr
                      ? nullptr
                      : reinterpret_cast<robust_list*>(reinterpret_cast<char*>(word) - self.robust_list->futex_offset);
  *const_cast<robust_list* volatile*>(&self.robust_list->list_op_pending) = pending;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// Takes the word if it still is `expected`. Acquire: partner is the release in ReleaseRobustLock(), or the kernel's
/// store on the dead holder's behalf. Release: whoever sees our id sees the dead holder's namespace gone. And in one
/// order with all RobustLockIsFree() and AwaitRobustLock(): its only reason to be more than the two.
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

long Futex(SharedU32& word, int operation, uint32_t value, const timespec* timeout) noexcept {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

/// Whether the word's holder cannot be alive, although the kernel did not say so.
bool HolderIsGone(const ThreadSelf& self, const LockShm& lock, uint32_t holder) noexcept {
  // Relaxed: the holder cleared it before it gave the lock back, so another namespace's holder shows 0 or its own.
  const uint64_t pid_namespace = lock.pid_namespace.load(std::memory_order_relaxed);
  if (pid_namespace == 0 || pid_namespace != self.pid_namespace) return false;
  if (holder == self.thread_id) return true;  // Somebody before us had our id: we do not hold it.
  return kill(static_cast<pid_t>(holder), 0) != 0 && errno == ESRCH;
}

enum class Wanted : uint8_t { kTheLock, kToSeeItFree };

/// The word was not free at first sight.
[[gnu::noinline]] Acquired WaitSlowly(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept {
  uint32_t waiters = 0;  // Once we slept, others may sleep too: pass the bit on.
  uint32_t seen_for_a_slice = 0;
  double seconds_left = 0;
  for (int spin = 0;; ++spin) {
    // The deadline holds for every way through the loop: a hostile word may change at each look.
    if (spin >= kSpins) {
      seconds_left = deadline.SecondsLeft();
      if (seconds_left <= 0) return Acquired::kTimeout;
    }
    // Who wants the lock has its acquire in TryTake(). Who wants to see it free: partner is the release of the last
    // holder, and all that TryTake() names.
    uint32_t word = lock.word.load(std::memory_order_seq_cst);
    const uint32_t holder = word & FUTEX_TID_MASK;
    if (holder == 0) {
      const bool died = (word & FUTEX_OWNER_DIED) != 0;
      if (wanted == Wanted::kToSeeItFree) {
        // What woke us may have been the only wake, and meant for somebody who takes it.
        if (waiters != 0) Futex(lock.word, FUTEX_WAKE, 1, nullptr);
        return died ? Acquired::kOwnerDied : Acquired::kClean;
      }
      // The dead holder's namespace must not stand beside the next holder's id, not even for a moment.
      if (died) lock.pid_namespace.store(0, std::memory_order_relaxed);
      if (TryTake(self, lock, word, self.thread_id | (word & FUTEX_WAITERS) | waiters)) {
        return died ? Acquired::kOwnerDied : Acquired::kClean;
      }
      continue;
    }
    if (spin < kSpins) {
      for (int pause = 1 << std::min(spin, kLongestPause); pause > 0; --pause) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
      }
      continue;
    }
    if (word == seen_for_a_slice && HolderIsGone(self, lock, holder)) {
      if (wanted == Wanted::kToSeeItFree) {
        // As the kernel would have done. Release: nothing of it is ours.
        (void)lock.word.compare_exchange_strong(word, FUTEX_OWNER_DIED | FUTEX_WAITERS, std::memory_order_release,
                                                std::memory_order_relaxed);
      } else if (TryTake(self, lock, word, self.thread_id | FUTEX_WAITERS)) {
        return Acquired::kOwnerDied;
      }
      continue;
    }
    if ((word & FUTEX_WAITERS) == 0 &&
        !lock.word.compare_exchange_strong(word, word | FUTEX_WAITERS, std::memory_order_relaxed)) {
      continue;
    }
    waiters = FUTEX_WAITERS;
    const timespec slice = {0, static_cast<long>(std::min(kSliceSeconds, seconds_left) * 1e9)};
    // 0 is a wake; EAGAIN, the word has changed; EINTR, a signal: look again in each case, as after a slice.
    if (Futex(lock.word, FUTEX_WAIT, word | FUTEX_WAITERS, &slice) == 0) {
      spin = 0;  // Woken because it came free: worth some looks before the next sleep, or whoever never sleeps gets it.
    } else if (errno == ETIMEDOUT) {
      seen_for_a_slice = word | FUTEX_WAITERS;
    }
  }
}

/// The first time in this thread, or after a fork.
[[gnu::noinline]] Acquired AcquireFirst(LockShm& lock, Deadline& deadline) noexcept {
  FillSelf(thread_self);
  return AcquireRobustLock(lock, deadline);
}

}  // namespace

Acquired AcquireRobustLock(LockShm& lock, Deadline& deadline) noexcept {
  ThreadSelf& self = thread_self;
  // Calls at the end only: so the usual way needs no stack.
  if (self.fork_count != ForkCount()) [[unlikely]]
    return AcquireFirst(lock, deadline);
  return TryTake(self, lock, 0, self.thread_id) ? Acquired::kClean : WaitSlowly(self, lock, Wanted::kTheLock, deadline);
}

Acquired AwaitRobustLock(LockShm& lock, Deadline& deadline) noexcept {
  if (RobustLockIsFree(lock)) return Acquired::kClean;
  if (thread_self.fork_count != ForkCount()) FillSelf(thread_self);
  return WaitSlowly(thread_self, lock, Wanted::kToSeeItFree, deadline);
}

void ForgetDeadHolder(LockShm& lock) noexcept {
  // As above: not beside the next holder's id. Were that one there by now, it would be unknown where it lives.
  lock.pid_namespace.store(0, std::memory_order_relaxed);
  uint32_t word = lock.word.load(std::memory_order_relaxed);
  // Release: whoever takes the lock next sees what was repaired.
  while ((word & (FUTEX_TID_MASK | FUTEX_OWNER_DIED)) == FUTEX_OWNER_DIED &&
         !lock.word.compare_exchange_weak(word, word & FUTEX_WAITERS, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
  FaultPoint();
}

void ReleaseRobustLock(LockShm& lock, bool done) noexcept {
  ThreadSelf& self = thread_self;  // Filled when the lock was taken.
  lock.pid_namespace.store(0, std::memory_order_relaxed);
  // Release: partner is the acquire in TryTake(). Keeps the line above before it, too.
  const uint32_t word = lock.word.exchange(done ? 0 : FUTEX_OWNER_DIED, std::memory_order_release);
  FaultPoint();
  // Before the system call: were we killed inside it, the kernel would take a thread of our id in another pid
  // namespace, which may have the lock by then, for us. A wake that this loses costs the waiter a slice.
  SetPending(self, nullptr);
  FaultPoint();
  if ((word & FUTEX_WAITERS) != 0) Futex(lock.word, FUTEX_WAKE, 1, nullptr);
}

void ReleaseRobustLockQuickly(LockShm& lock) noexcept {
  if ((lock.word.load(std::memory_order_relaxed) & FUTEX_WAITERS) != 0) [[unlikely]]
    return ReleaseRobustLock(lock, true);
  ThreadSelf& self = thread_self;
  lock.pid_namespace.store(0, std::memory_order_relaxed);
  // Release: as in ReleaseRobustLock(). No waiters' bit that comes now is seen; but only the holder may store anything
  // else, so nobody's lock is lost.
  lock.word.store(0, std::memory_order_release);
  FaultPoint();
  SetPending(self, nullptr);
  FaultPoint();
}

bool RobustLockOwnerDied(const LockShm& lock) noexcept {
  // Acquire: partner is the kernel's store on the dead holder's behalf.
  return (lock.word.load(std::memory_order_acquire) & (FUTEX_TID_MASK | FUTEX_OWNER_DIED)) == FUTEX_OWNER_DIED;
}

uint32_t RobustLockHolder(const LockShm& lock) noexcept {
  return lock.word.load(std::memory_order_relaxed) & FUTEX_TID_MASK;
}

}  // namespace shmpack
