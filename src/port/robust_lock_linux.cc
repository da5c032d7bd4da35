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
#include "port/process_identity.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr uint32_t kThreadIdMask = FUTEX_TID_MASK & ~kUnlisted;
constexpr double kSliceSeconds = 0.02;    // The longest sleep between two looks at the word.
constexpr double kMomentSeconds = 0.001;  // The longest sleep for a word that is known to be stuck.
constexpr int kSpins = 30;                // Looks before the first sleep; critical sections are shorter than that.
constexpr int kLongestPause = 8;          // Powers of two: between two looks, so that the holder keeps the cache line.

/// What a thread needs to know of itself, filled on first use and again after a fork.
struct ThreadSelf {
  robust_list_head* list = nullptr;  // The kernel's for this thread, or own_list. Its list_op_pending: what we hold.
  uint64_t pid_namespace = 0;
  uint32_t word = 0;  // What stands in a word that this thread holds: its id, and kUnlisted if the kernel has no list.
  uint32_t fork_count = 0;
  // Whether list_op_pending names a word that this thread holds, or is about to take or give back. Not null alone does
  // not say so: the C library leaves its own mutex there after a wait that timed out. Volatile: for signal handlers.
  volatile bool holds_something = false;
};

// glibc keeps room for a little of this model in libraries that are loaded late (PHP counts on that, too); the general
// one costs two calls into the dynamic linker for each write.
#ifdef __GLIBC__
#define SHMPACK_THREAD_LOCAL thread_local __attribute__((tls_model("initial-exec")))
#else
#define SHMPACK_THREAD_LOCAL thread_local
#endif

SHMPACK_THREAD_LOCAL ThreadSelf thread_self;

/// For threads whose C library registers no robust list (musl does so with the first robust mutex only); and for those
/// that may not ask for theirs, which the kernel does not get to know then.
SHMPACK_THREAD_LOCAL robust_list_head own_list = {};

uint64_t OwnPidNamespace() noexcept {
  struct stat info;
  return stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

uint32_t OwnThreadId() noexcept { return static_cast<uint32_t>(syscall(SYS_gettid)); }

/// Tells the kernel which word to look at should this thread die now. Seen only by the kernel on this thread's behalf,
/// and by its signal handlers, so program order is all that is needed: the signal fences keep the compiler to it.
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

/// REQUIRES: the thread holds nothing, whatever its memory, which may be a copy of a holder's, says.
[[gnu::noinline]] void FillSelf(ThreadSelf& self) noexcept {
  size_t length = 0;
  robust_list_head* list = nullptr;
  // Where it may not be asked for, there may be one all the same, and another in its place would take the C library's
  // robust mutexes away from the kernel.
  bool is_listed = syscall(SYS_get_robust_list, 0, &list, &length) == 0;
  if (list == nullptr) {
    own_list = {{&own_list.list}, 0, nullptr};
    list = &own_list;
    if (is_listed) is_listed = syscall(SYS_set_robust_list, &own_list, sizeof own_list) == 0;
  }
  self.list = list;
  self.pid_namespace = OwnPidNamespace();
  self.word = OwnThreadId() | (is_listed ? 0 : kUnlisted);
  self.fork_count = ForkCount();
  SetPending(self, nullptr);
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

/// Whether the holder, of whom the kernel cannot say so, has ended.
bool UnlistedHolderIsGone(const ThreadSelf& self, const LockShm& lock, uint32_t word) noexcept {
  if ((word & kUnlisted) == 0) return false;
  // Relaxed: the holder cleared it before it gave the lock back, so another namespace's holder shows 0 or its own.
  const uint64_t pid_namespace = lock.pid_namespace.load(std::memory_order_relaxed);
  if (pid_namespace == 0 || pid_namespace != self.pid_namespace) return false;
  const uint32_t holder = word & kThreadIdMask;
  if (holder == OwnThreadId()) return true;  // An earlier thread had our id: this one has no such lock.
  return kill(static_cast<pid_t>(holder), 0) != 0 && errno == ESRCH;
}

/// Whether the word names this very thread, which waits for itself then: in a signal handler, or by foreign bytes.
bool IsOwn(const ThreadSelf& self, const LockShm& lock, uint32_t word) noexcept {
  return ((word ^ self.word) & kThreadIdMask) == 0 && self.holds_something &&
         lock.pid_namespace.load(std::memory_order_relaxed) == self.pid_namespace;
}

inline void Pause(int spin) noexcept {
  for (int pause = 1 << std::min(spin, kLongestPause); pause > 0; --pause) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }
}

enum class Wanted : uint8_t { kTheLock, kToSeeItFree };

/// One wait for a lock whose word was not free at first sight.
class Wait {
 public:
  Wait(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept
      : self_(self), lock_(lock), wanted_(wanted), deadline_(deadline) {}

  Acquired Run() noexcept {
    for (spin_ = 0;; ++spin_) {
      // The deadline holds for every way through the loop: a hostile word may change at each look.
      double seconds_left = 0;
      if (spin_ >= kSpins) {
        seconds_left = deadline_.SecondsLeft();
        if (seconds_left <= 0) return GiveUp();
      }
      // A wait for the lock has its acquire in TryTake(). A wait to see it free: partner is the release of the last
      // holder, and all that TryTake() names.
      const uint32_t word = lock_.word.load(std::memory_order_seq_cst);
      Acquired result;
      if ((word & FUTEX_TID_MASK) == 0) {
        if (TakeFree(word, &result)) return result;
      } else if (spin_ < kSpins) {
        if (IsOwn(self_, lock_, word)) return Acquired::kTimeout;
        Pause(spin_);
      } else if (word == seen_for_a_slice_ && UnlistedHolderIsGone(self_, lock_, word)) {
        if (TakeOver(word)) return Acquired::kOwnerDied;
      } else if (deadline_.IsKnownStuck(&lock_.word, word)) {
        if (!ChangesInAMoment(word)) return Acquired::kTimeout;
      } else {
        Sleep(word, seconds_left);
      }
    }
  }

 private:
  /// No thread id is in the word. True: `*result` is what the wait came to.
  bool TakeFree(uint32_t word, Acquired* result) noexcept {
    const bool died = (word & FUTEX_OWNER_DIED) != 0;
    *result = died ? Acquired::kOwnerDied : Acquired::kClean;
    if (wanted_ == Wanted::kToSeeItFree) {
      // What woke us may have been the only wake, and meant for a waiter that takes it.
      if (waiters_ != 0) Futex(lock_.word, FUTEX_WAKE, 1, nullptr);
      return true;
    }
    // The dead holder's namespace must not stand beside the next holder's id, not even for a moment.
    if (died) lock_.pid_namespace.store(0, std::memory_order_relaxed);
    return TryTake(self_, lock_, word, self_.word | (word & FUTEX_WAITERS) | waiters_);
  }

  /// True: the lock is taken. Else look again.
  bool TakeOver(uint32_t word) noexcept {
    if (wanted_ == Wanted::kTheLock) return TryTake(self_, lock_, word, self_.word | FUTEX_WAITERS);
    // As the kernel would have done. Release: nothing of it is ours.
    (void)lock_.word.compare_exchange_strong(word, FUTEX_OWNER_DIED | FUTEX_WAITERS, std::memory_order_release,
                                             std::memory_order_relaxed);
    return false;
  }

  bool ChangesInAMoment(uint32_t word) noexcept {
    const timespec moment = {0, static_cast<long>(kMomentSeconds * 1e9)};
    Futex(lock_.word, FUTEX_WAIT, word, &moment);
    spin_ = 0;
    return lock_.word.load(std::memory_order_relaxed) != word;
  }

  void Sleep(uint32_t word, double seconds_left) noexcept {
    const uint32_t marked = word | FUTEX_WAITERS;
    if (word != marked && !lock_.word.compare_exchange_strong(word, marked, std::memory_order_relaxed)) return;
    waiters_ = FUTEX_WAITERS;
    if (marked != unchanged_) {
      unchanged_ = marked;
      unchanged_since_ = seconds_left;
    }
    const timespec slice = {0, static_cast<long>(std::min(kSliceSeconds, seconds_left) * 1e9)};
    // 0 is a wake; EAGAIN, the word has changed; EINTR, a signal: look again in each case, as after a slice.
    if (Futex(lock_.word, FUTEX_WAIT, marked, &slice) == 0) {
      spin_ = 0;  // Woken because it came free: worth some looks before the next sleep, or a waiter that sleeps loses.
    } else if (errno == ETIMEDOUT) {
      seen_for_a_slice_ = marked;
    }
  }

  Acquired GiveUp() noexcept {
    const uint32_t word = lock_.word.load(std::memory_order_relaxed);
    // A process that exists may be stopped, and go on. One that let go meanwhile would look like none.
    if (word == unchanged_ && DescribeHolder(lock_).kind != LockHolder::Kind::kProcess &&
        lock_.word.load(std::memory_order_relaxed) == word) {
      deadline_.RememberStuckSince(unchanged_since_, &lock_.word, word);
    }
    return Acquired::kTimeout;
  }

  ThreadSelf& self_;
  LockShm& lock_;
  const Wanted wanted_;
  Deadline& deadline_;
  int spin_ = 0;
  uint32_t waiters_ = 0;           // Once we slept, others may sleep too: pass the bit on.
  uint32_t seen_for_a_slice_ = 0;  // The word that did not change for a whole slice.
  uint32_t unchanged_ = 0;         // The word as it was at each look since there were
  double unchanged_since_ = 0;     // so many seconds left.
};

[[gnu::noinline]] Acquired WaitSlowly(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept {
  return Wait(self, lock, wanted, deadline).Run();
}

/// The first time in this thread, or after a fork.
[[gnu::noinline]] Acquired AcquireFirst(LockShm& lock, Deadline& deadline) noexcept {
  ThreadSelf& self = thread_self;
  // A copy of a holder's memory. What the parent still holds is not waited for: it may be waiting for this child.
  if (self.holds_something && RobustLockHolder(lock) == (self.word & kThreadIdMask)) return Acquired::kTimeout;
  FillSelf(self);
  return AcquireRobustLock(lock, deadline);
}

}  // namespace

Acquired AcquireRobustLock(LockShm& lock, Deadline& deadline) noexcept {
  ThreadSelf& self = thread_self;
  // Calls at the end only: so the usual way needs no stack.
  if (self.fork_count != ForkCount()) [[unlikely]]
    return AcquireFirst(lock, deadline);
  if (self.holds_something) [[unlikely]]
    return Acquired::kTimeout;  // A signal handler has interrupted the holder.
  return TryTake(self, lock, 0, self.word) ? Acquired::kClean : WaitSlowly(self, lock, Wanted::kTheLock, deadline);
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

bool RobustLockOwnerDied(const LockShm& lock) noexcept {
  // Acquire: partner is the kernel's store on the dead holder's behalf.
  return (lock.word.load(std::memory_order_acquire) & (FUTEX_TID_MASK | FUTEX_OWNER_DIED)) == FUTEX_OWNER_DIED;
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
  // Without /proc here, it may be one of either.
  return {pid_namespace == own ? LockHolder::Kind::kNoThread : LockHolder::Kind::kElsewhere, 0};
}

}  // namespace shmpack
