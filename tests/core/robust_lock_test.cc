// SPDX-License-Identifier: BSD-3-Clause

#include "port/robust_lock.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "fault_injection.h"

namespace shmpack {
namespace {

constexpr uint32_t kPromptMs = 100;
constexpr uint32_t kLongMs = 10'000;

class RobustLockTest : public ::testing::Test {
 protected:
  RobustLockTest()
      : lock_(*static_cast<LockShm*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~RobustLockTest() override { munmap(&lock_, 4096); }

  /// A child that takes the lock and then does `then`; returns once it has it, or had it and is gone.
  template <typename Then>
  pid_t ChildThatHolds(Then then) {
    const pid_t child = fork();
    if (child == 0) {
      if (AcquireRobustLock(lock_, kLongMs) == Acquired::kTimeout) _exit(1);
      then();
      _exit(0);
    }
    const auto id = static_cast<uint32_t>(child);
    while (RobustLockHolder(lock_) != id && (lock_.word & FUTEX_OWNER_DIED) == 0) usleep(100);
    return child;
  }

  /// Until the thread sleeps; it may not have begun yet.
  static void AwaitSleep(const std::atomic<pid_t>& thread) {
    for (std::string state; state != "S";) {
      std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
      std::string id, name;
      stat >> id >> name >> state;
      usleep(100);
    }
  }

  static pid_t ProcessThatIsGone() {
    const pid_t gone = fork();
    if (gone == 0) _exit(0);
    waitpid(gone, nullptr, 0);
    return gone;
  }

  LockShm& lock_;
};

TEST_F(RobustLockTest, IsTakenAndGivenBack) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  ReleaseRobustLock(lock_, true);
  EXPECT_EQ(lock_.word.load(), 0U);
  EXPECT_EQ(lock_.pid_namespace.load(), 0U);
}

TEST_F(RobustLockTest, ReleasedUndoneIsAsIfTheHolderHadDied) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ReleaseRobustLock(lock_, false);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AKilledHolderIsNoticedAtOnce) {
  for (int i = 0; i < 100; ++i) {
    const pid_t child = ChildThatHolds([] { pause(); });
    kill(child, SIGKILL);
    // Not waited for yet: a holder is dead before its parent knows.
    ASSERT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kOwnerDied);
    ReleaseRobustLock(lock_, true);
    waitpid(child, nullptr, 0);
  }
}

TEST_F(RobustLockTest, AKilledHolderWithoutARobustListOfItsOwnIsNoticedToo) {
  // As with musl, which registers none before the first robust mutex.
  const pid_t child = fork();
  if (child == 0) {
    syscall(SYS_set_robust_list, nullptr, sizeof(robust_list_head));
    if (AcquireRobustLock(lock_, kLongMs) == Acquired::kTimeout) _exit(1);
    pause();
  }
  while (RobustLockHolder(lock_) != static_cast<uint32_t>(child)) usleep(100);
  kill(child, SIGKILL);
  EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
  waitpid(child, nullptr, 0);
}

/// Giving the lock back has two points; the second is right before the wake.
void ExpectNothingPendingAtTheWake(const char*, int) {
  static int points = 0;
  if (++points != 2) return;
  robust_list_head* list = nullptr;
  size_t length = 0;
  ASSERT_EQ(syscall(SYS_get_robust_list, 0, &list, &length), 0);
  EXPECT_EQ(list->list_op_pending, nullptr);
}

TEST_F(RobustLockTest, NothingIsPendingWhileItWakes) {
  // Or a kill there would mark the lock of a thread with the same id in another pid namespace.
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  fault_hook = ExpectNothingPendingAtTheWake;
  ReleaseRobustLock(lock_, true);
  fault_hook = nullptr;
}

TEST_F(RobustLockTest, AHolderThatExitsOrExecsCountsAsDead) {
  pid_t child = ChildThatHolds([] {});
  waitpid(child, nullptr, 0);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
  child = ChildThatHolds([] { execl("/bin/sleep", "sleep", "5", nullptr); });
  EXPECT_EQ(AcquireRobustLock(lock_, 2'000), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(RobustLockTest, AStoppedHolderCostsTheTimeoutAndNoMore) {
  const pid_t child = ChildThatHolds([this] {
    raise(SIGSTOP);
    ReleaseRobustLock(lock_, true);
  });
  int status = 0;
  waitpid(child, &status, WUNTRACED);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
  EXPECT_EQ(AcquireRobustLock(lock_, 0), Acquired::kTimeout);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(child));
  kill(child, SIGCONT);
  EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kClean);
  ReleaseRobustLock(lock_, true);
  waitpid(child, nullptr, 0);
}

TEST_F(RobustLockTest, AWordThatNamesNobodyIsTakenOverOnlyInItsOwnNamespace) {
  const pid_t gone = ProcessThatIsGone();
  lock_.word = static_cast<uint32_t>(gone);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
  // Where our namespace is recorded, a thread that is not there is dead.
  lock_.word = 0;
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  const uint64_t pid_namespace = lock_.pid_namespace;
  EXPECT_NE(pid_namespace, 0U);
  ReleaseRobustLock(lock_, true);
  lock_.word = static_cast<uint32_t>(gone);
  lock_.pid_namespace = pid_namespace;
  EXPECT_EQ(AcquireRobustLock(lock_, 2'000), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AnyWordAtAllIsLeftAfterTheTimeout) {
  for (const uint32_t word : {1U, uint32_t{FUTEX_TID_MASK}, FUTEX_WAITERS | 1U, ~uint32_t{FUTEX_OWNER_DIED}}) {
    lock_.word = word;
    EXPECT_EQ(AcquireRobustLock(lock_, 50), Acquired::kTimeout) << word;
  }
  // Even one that changes at every look.
  lock_.word = 1;
  std::atomic<bool> stop = false;
  std::thread hostile([&] {
    for (uint32_t i = 1; !stop; ++i) lock_.word = i % 3 == 0 ? 1 : FUTEX_WAITERS | 1;
  });
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
  stop = true;
  hostile.join();
}

TEST_F(RobustLockTest, WhoOnlyWaitsTakesNothing) {
  Deadline soon(kPromptMs);
  EXPECT_TRUE(RobustLockIsFree(lock_));
  EXPECT_EQ(AwaitRobustLock(lock_, soon), Acquired::kClean);
  EXPECT_EQ(lock_.word, 0U);
  const pid_t child = ChildThatHolds([] { pause(); });
  EXPECT_FALSE(RobustLockIsFree(lock_));
  EXPECT_EQ(AwaitRobustLock(lock_, soon), Acquired::kTimeout);
  kill(child, SIGKILL);
  Deadline later(kLongMs);
  EXPECT_EQ(AwaitRobustLock(lock_, later), Acquired::kOwnerDied);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(AwaitRobustLock(lock_, later), Acquired::kOwnerDied);
  EXPECT_FALSE(RobustLockIsFree(lock_));
  ForgetDeadHolder(lock_);
  EXPECT_EQ(lock_.word & ~FUTEX_WAITERS, 0U);
  EXPECT_EQ(AwaitRobustLock(lock_, later), Acquired::kClean);
}

TEST_F(RobustLockTest, WhoOnlyWaitsIsWokenByTheHolder) {
  const pid_t child = ChildThatHolds([this] {
    usleep(50'000);
    ReleaseRobustLock(lock_, true);
    pause();
  });
  Deadline deadline(kLongMs);
  EXPECT_EQ(AwaitRobustLock(lock_, deadline), Acquired::kClean);
  EXPECT_EQ(RobustLockHolder(lock_), 0U);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(RobustLockTest, WhoOnlyWaitedPassesTheWakeOn) {
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
    std::atomic<pid_t> looker = 0;
    std::thread looks([&] {
      looker = gettid();
      Deadline deadline(kLongMs);
      EXPECT_EQ(AwaitRobustLock(lock_, deadline), Acquired::kClean);
    });
    AwaitSleep(looker);
    // Behind it in the queue, and without slices: who wants the lock.
    std::atomic<pid_t> sleeper = 0;
    bool woken = false;
    std::thread sleeps([&] {
      sleeper = gettid();
      const timespec long_time = {kLongMs / 1000, 0};
      woken = syscall(SYS_futex, &lock_.word, FUTEX_WAIT, lock_.word.load(), &long_time, nullptr, 0) == 0;
    });
    AwaitSleep(sleeper);
    ReleaseRobustLock(lock_, true);
    looks.join();
    sleeps.join();
    ASSERT_TRUE(woken);
  }
}

TEST_F(RobustLockTest, WhoOnlyWaitsMarksAWordThatNamesNobody) {
  const pid_t gone = ProcessThatIsGone();
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  const uint64_t pid_namespace = lock_.pid_namespace;
  ReleaseRobustLock(lock_, true);
  lock_.word = static_cast<uint32_t>(gone);
  Deadline soon(kPromptMs);
  EXPECT_EQ(AwaitRobustLock(lock_, soon), Acquired::kTimeout);
  lock_.pid_namespace = pid_namespace;
  Deadline later(2'000);
  EXPECT_EQ(AwaitRobustLock(lock_, later), Acquired::kOwnerDied);
  EXPECT_TRUE(RobustLockOwnerDied(lock_));
}

TEST_F(RobustLockTest, ALivingHolderIsNotForgotten) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ForgetDeadHolder(lock_);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  ReleaseRobustLock(lock_, true);
}

/// Both ways to give it back.
class RobustLockReleaseTest : public RobustLockTest, public ::testing::WithParamInterface<bool> {
 protected:
  void Release() {
    if (GetParam()) {
      ReleaseRobustLockQuickly(lock_);
    } else {
      ReleaseRobustLock(lock_, true);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Quickly, RobustLockReleaseTest, ::testing::Bool());

TEST_P(RobustLockReleaseTest, LeavesNothing) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  Release();
  EXPECT_EQ(lock_.word.load(), 0U);
  EXPECT_EQ(lock_.pid_namespace.load(), 0U);
  robust_list_head* list = nullptr;
  size_t length = 0;
  ASSERT_EQ(syscall(SYS_get_robust_list, 0, &list, &length), 0);
  EXPECT_EQ(list->list_op_pending, nullptr);
}

TEST_P(RobustLockReleaseTest, WakesWhoSleeps) {
  // Not this lock's own waiter, which looks again after a slice: one that sleeps until it is woken.
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  lock_.word |= FUTEX_WAITERS;
  const uint32_t word = lock_.word;
  std::atomic<pid_t> sleeper = 0;
  bool woken = false;
  std::thread waiter([&] {
    sleeper = gettid();
    const timespec long_time = {kLongMs / 1000, 0};
    woken = syscall(SYS_futex, &lock_.word, FUTEX_WAIT, word, &long_time, nullptr, 0) == 0;
  });
  const auto is_asleep = [&] {
    std::ifstream stat("/proc/self/task/" + std::to_string(sleeper) + "/stat");
    std::string id, name, state;
    stat >> id >> name >> state;
    return state == "S";
  };
  while (sleeper == 0 || !is_asleep()) usleep(1000);
  Release();
  waiter.join();
  EXPECT_TRUE(woken);
  EXPECT_EQ(lock_.word.load(), 0U);
}

TEST_P(RobustLockReleaseTest, ExcludesThreads) {
  int64_t counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        ASSERT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kClean);
        ++counter;
        Release();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, 80'000);
}

TEST_F(RobustLockTest, AForkedChildIsAHolderOfItsOwn) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ReleaseRobustLock(lock_, true);
  const pid_t child = ChildThatHolds([] { pause(); });
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
}

TEST_P(RobustLockReleaseTest, AKillAtEachStepFreezesNobody) {
  for (int point = 1;; ++point) {
    const ChildEnd end = RunAndKillAtPoint(point, [this] {
      if (AcquireRobustLock(lock_, kLongMs) == Acquired::kTimeout) return false;
      Release();
      return true;
    });
    ASSERT_NE(end, ChildEnd::kFailed);
    ASSERT_NE(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout) << point;
    ReleaseRobustLock(lock_, true);
    if (end == ChildEnd::kFinished) {
      EXPECT_GT(point, 2);
      break;
    }
  }
}

}  // namespace
}  // namespace shmpack
