// SPDX-License-Identifier: BSD-3-Clause

#include "port/robust_lock_wait_linux.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "port/robust_lock_word_linux.h"

namespace shmpack {

namespace {

constexpr double kSliceSeconds = 0.02;    // The longest sleep between two looks at the word.
constexpr double kMomentSeconds = 0.001;  // The longest sleep for a word that is known to be stuck.
constexpr int kSpins = 30;                // Looks before the first sleep; critical sections are shorter than that.
constexpr int kLongestPause = 8;          // Powers of two: between two looks, so that the holder keeps the cache line.

/// Whether a holder that the kernel does not mark has ended.
bool UnlistedHolderIsGone(const ThreadSelf& self, const LockShm& lock, uint32_t word) noexcept {
  if ((word & kUnlisted) == 0) return false;
  // Relaxed: a holder clears it before it gives the lock back. So of a holder of another namespace it shows 0 or that
  // one's own.
  const uint64_t pid_namespace = lock.pid_namespace.load(std::memory_order_relaxed);
  if (pid_namespace == 0 || pid_namespace != self.pid_namespace) return false;
  const uint32_t holder = word & kThreadIdMask;
  if (holder == OwnThreadId()) return true;  // An earlier thread of the same id: this one holds no lock here.
  return kill(static_cast<pid_t>(holder), 0) != 0 && errno == ESRCH;
}

/// Whether the word names this very thread, which then waits for itself: in a signal handler, or because of foreign
/// bytes.
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

/// One wait. Each look at the word is one of five cases:
///   1. No thread id is in it: take it, or see it free.
///   2. One of the first looks: pause, and look again.
///   3. An unlisted holder has not changed it for a slice, and does not exist: take it over.
///   4. It is known to be stuck: give up, unless it changes in a moment.
///   5. Else sleep, until a wake or for a slice.
class Wait {
 public:
  Wait(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept
      : self_(self), lock_(lock), wanted_(wanted), deadline_(deadline) {}

  Acquired Run() noexcept {
    for (spin_ = 0;; ++spin_) {
      // The deadline holds for each way through the loop: a hostile word may change at each look.
      double seconds_left = 0;
      if (spin_ >= kSpins) {
        seconds_left = deadline_.SecondsLeft();
        if (seconds_left <= 0) return GiveUp();
      }
      // A wait for the lock has its acquire in TryTake(). For a wait to see it free, the partner is the release of the
      // last holder, and all that TryTake() names.
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
  /// No thread id is in the word. True: `*result` is the end of the wait.
  bool TakeFree(uint32_t word, Acquired* result) noexcept {
    const bool died = (word & FUTEX_OWNER_DIED) != 0;
    *result = died ? Acquired::kOwnerDied : Acquired::kClean;
    if (wanted_ == Wanted::kToSeeItFree) {
      // This thread's wake may have been the only one, and meant for a waiter that takes the lock.
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
    // What the kernel would have stored. Release only: this thread takes nothing.
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
    // 0 is a wake; EAGAIN, the word has changed; EINTR, a signal. Look again after each, as after a slice.
    if (Futex(lock_.word, FUTEX_WAIT, marked, &slice) == 0) {
      spin_ = 0;  // Woken, so it came free: look some times before the next sleep, or a waiter that sleeps loses.
    } else if (errno == ETIMEDOUT) {
      seen_for_a_slice_ = marked;
    }
  }

  Acquired GiveUp() noexcept {
    const uint32_t word = lock_.word.load(std::memory_order_relaxed);
    // A process that exists may be stopped, and go on. The second look: a holder that gave the lock back meanwhile
    // would look like none.
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
  uint32_t waiters_ = 0;           // The waiters bit after the first sleep: others may sleep too, so it is passed on.
  uint32_t seen_for_a_slice_ = 0;  // The word that did not change for a whole slice.
  uint32_t unchanged_ = 0;         // The word that each look has met since there were
  double unchanged_since_ = 0;     // so many seconds left.
};

}  // namespace

Acquired AwaitWord(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept {
  return Wait(self, lock, wanted, deadline).Run();
}

}  // namespace shmpack
