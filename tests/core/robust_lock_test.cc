// SPDX-License-Identifier: BSD-3-Clause

#include "port/robust_lock.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

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

  /// Until the thread sleeps, or has ended; it may not have begun yet.
  static void AwaitSleep(const std::atomic<pid_t>& thread) {
    while (thread == 0) usleep(100);
    for (std::string state; state != "S";) {
      std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
      if (!stat) break;
      std::string id, name;
      stat >> id >> name >> state;
      usleep(100);
    }
  }

  static uint64_t OwnNamespace() {
    struct stat info = {};
    stat("/proc/self/ns/pid", &info);
    return info.st_ino;
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

TEST_F(RobustLockTest, AWordThatNamesNobodyIsNotTakenOver) {
  // The kernel marks each holder that has a robust list: this word comes from foreign bytes.
  lock_.word = static_cast<uint32_t>(ProcessThatIsGone());
  lock_.pid_namespace = OwnNamespace();
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
  Deadline soon(kPromptMs);
  EXPECT_EQ(AwaitRobustLock(lock_, soon), Acquired::kTimeout);
  EXPECT_EQ(DescribeHolder(lock_).kind, LockHolder::Kind::kNoThread);
}

TEST_F(RobustLockTest, AnUnlistedHolderThatIsGoneIsTakenOverOnlyInItsOwnNamespace) {
  const auto gone = static_cast<uint32_t>(ProcessThatIsGone());
  for (const uint64_t elsewhere : {uint64_t{0}, OwnNamespace() + 1}) {
    lock_.word = gone | kUnlisted;
    lock_.pid_namespace = elsewhere;
    EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
  }
  EXPECT_EQ(DescribeHolder(lock_).kind, LockHolder::Kind::kElsewhere);
  lock_.pid_namespace = OwnNamespace();
  EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
  // One that lives keeps it.
  lock_.word = static_cast<uint32_t>(getppid()) | kUnlisted;
  lock_.pid_namespace = OwnNamespace();
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kTimeout);
}

TEST_F(RobustLockTest, AnUnlistedHolderThatHadThisThreadsIdIsGone) {
  // It is this thread's now, which has nothing.
  lock_.word = static_cast<uint32_t>(gettid()) | kUnlisted;
  lock_.pid_namespace = OwnNamespace();
  EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
}

/// The lock has just been taken from a dead holder.
LockShm* taken_lock;
void ExpectNoNamespace(const char*, int) {
  fault_hook = nullptr;
  EXPECT_EQ(taken_lock->pid_namespace, 0U);
}

TEST_F(RobustLockTest, ADeadHoldersNamespaceDoesNotStandBesideTheNextHoldersId) {
  lock_.word = FUTEX_OWNER_DIED;
  lock_.pid_namespace = OwnNamespace() + 1;
  taken_lock = &lock_;
  fault_hook = ExpectNoNamespace;
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  EXPECT_EQ(fault_hook, nullptr);
  EXPECT_EQ(lock_.pid_namespace, OwnNamespace());
  ReleaseRobustLock(lock_, true);
}

/// From now on this process is not told its robust list, as in a sandbox.
void RefuseRobustLists() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_get_robust_list, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    _exit(77);
  }
}

TEST_F(RobustLockTest, InASandboxTheCLibrarysRobustMutexesStayRobust) {
  auto* const mutex = reinterpret_cast<pthread_mutex_t*>(&lock_ + 1);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ASSERT_EQ(pthread_mutex_init(mutex, &attributes), 0);
  const pid_t child = fork();
  if (child == 0) {
    RefuseRobustLists();
    if (AcquireRobustLock(lock_, kLongMs) == Acquired::kTimeout) _exit(1);
    if (pthread_mutex_lock(mutex) != 0) _exit(2);
    pause();
  }
  while (mutex->__data.__owner == 0) {
    ASSERT_EQ(waitpid(child, nullptr, WNOHANG), 0);
    usleep(100);
  }
  EXPECT_EQ(lock_.word & ~uint32_t{FUTEX_WAITERS}, static_cast<uint32_t>(child) | kUnlisted);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(child));
  EXPECT_EQ(DescribeHolder(lock_).pid, static_cast<uint32_t>(child));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(pthread_mutex_lock(mutex), EOWNERDEAD);
  pthread_mutex_unlock(mutex);
  // A slice later: the kernel does not say so.
  EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
}

/// So long that a test which waits for it does not end.
constexpr uint32_t kForEverMs = 3'600'000;

LockShm* lock_of_handler;
Acquired handler_got[2];

void TakeBothInAHandler(int) {
  handler_got[0] = AcquireRobustLock(lock_of_handler[0], kForEverMs);
  handler_got[1] = AcquireRobustLock(lock_of_handler[1], kForEverMs);
}

TEST_F(RobustLockTest, ASignalHandlerOfTheHolderIsGivenNoLockAndDoesNotWait) {
  lock_of_handler = &lock_;
  signal(SIGUSR1, TakeBothInAHandler);
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  raise(SIGUSR1);
  EXPECT_EQ(handler_got[0], Acquired::kTimeout);
  // Nor another, free one: the kernel would not be told of the first any more.
  EXPECT_EQ(handler_got[1], Acquired::kTimeout);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  ReleaseRobustLock(lock_, true);
  raise(SIGUSR1);
  EXPECT_EQ(handler_got[0], Acquired::kClean);
  EXPECT_EQ(handler_got[1], Acquired::kTimeout);
  ReleaseRobustLock(lock_, true);
  signal(SIGUSR1, SIG_DFL);
}

TEST_F(RobustLockTest, AThreadWhoseWaitForARobustMutexTimedOutIsGivenLocks) {
  // The C library leaves such a mutex in list_op_pending.
  auto* const mutex = reinterpret_cast<pthread_mutex_t*>(&lock_ + 1);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ASSERT_EQ(pthread_mutex_init(mutex, &attributes), 0);
  ASSERT_EQ(pthread_mutex_lock(mutex), 0);
  std::thread waits([&] {
    const timespec past = {1, 0};
    EXPECT_EQ(pthread_mutex_timedlock(mutex, &past), ETIMEDOUT);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
      EXPECT_EQ(AcquireRobustLock(lock_, kForEverMs), Acquired::kTimeout);
      ReleaseRobustLock(lock_, true);
      EXPECT_EQ(pthread_mutex_timedlock(mutex, &past), ETIMEDOUT);
    }
  });
  waits.join();
  pthread_mutex_unlock(mutex);
}

LockShm* lock_of_forker;
int forked_child_status;

/// A child that is forked by a handler of the holder, and does not go back to what the handler interrupted.
void ForkInAHandler(int) {
  const pid_t child = fork();
  if (child == 0) {
    const bool ok = AcquireRobustLock(lock_of_forker[1], kForEverMs) == Acquired::kClean &&
                    RobustLockHolder(lock_of_forker[1]) == static_cast<uint32_t>(getpid()) &&
                    AcquireRobustLock(lock_of_forker[0], kPromptMs) == Acquired::kTimeout;
    _exit(ok ? 0 : 1);
  }
  waitpid(child, &forked_child_status, 0);
}

TEST_F(RobustLockTest, AChildThatAHolderForkedHoldsNothing) {
  lock_of_forker = &lock_;
  signal(SIGUSR1, ForkInAHandler);
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_DFL);
  EXPECT_EQ(forked_child_status, 0);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  EXPECT_TRUE(RobustLockOwnerDied((&lock_)[1]));
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AHolderDoesNotWaitForItself) {
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  Deadline for_ever(kForEverMs);
  EXPECT_EQ(AwaitRobustLock(lock_, for_ever), Acquired::kTimeout);
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AThreadTakesOverWhatAnUnlistedOneOfItsIdLeft) {
  lock_.word = static_cast<uint32_t>(gettid()) | kUnlisted;
  lock_.pid_namespace = OwnNamespace();
  EXPECT_EQ(AcquireRobustLock(lock_, kForEverMs), Acquired::kOwnerDied);
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AHolderWaitsForAThreadOfItsIdInAnotherNamespace) {
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  LockShm& other = (&lock_)[1];
  other.word = static_cast<uint32_t>(gettid());
  other.pid_namespace = OwnNamespace() + 1;
  std::thread gives_back([&] {
    usleep(50'000);
    other.word = 0;
  });
  Deadline deadline(kForEverMs);
  EXPECT_EQ(AwaitRobustLock(other, deadline), Acquired::kClean);
  gives_back.join();
  ReleaseRobustLock(lock_, true);
}

LockShm* lock_just_taken;
uint64_t namespace_when_taken;
void NoteTheNamespace(const char*, int) {
  namespace_when_taken = lock_just_taken->pid_namespace;
  fault_hook = nullptr;
}

TEST_F(RobustLockTest, ADeadHoldersNamespaceNeverStandsBesideTheNextHoldersId) {
  lock_.word = FUTEX_OWNER_DIED;
  lock_.pid_namespace = OwnNamespace() + 1;
  lock_just_taken = &lock_;
  namespace_when_taken = 1;
  fault_hook = NoteTheNamespace;
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  EXPECT_EQ(namespace_when_taken, 0U);
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, AWaiterIsNotTakenForTheHolderWhenItDies) {
  // The kernel would look at the word, which may have its id, of a holder in another namespace.
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  std::atomic<pid_t> waiter = 0;
  std::thread waits([&] {
    waiter = gettid();
    EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kClean);
    ReleaseRobustLock(lock_, true);
  });
  while ((lock_.word & FUTEX_WAITERS) == 0) usleep(100);
  robust_list_head* list = nullptr;
  size_t length = 0;
  ASSERT_EQ(syscall(SYS_get_robust_list, waiter.load(), &list, &length), 0);
  // As the kernel would: it is the waiter's own memory, which no other thread may load.
  robust_list* pending = nullptr;
  const iovec here = {&pending, sizeof pending};
  const iovec there = {&list->list_op_pending, sizeof pending};
  ASSERT_EQ(process_vm_readv(getpid(), &here, 1, &there, 1, 0), static_cast<ssize_t>(sizeof pending));
  EXPECT_EQ(pending, nullptr);
  ReleaseRobustLock(lock_, true);
  waits.join();
}

TEST_F(RobustLockTest, AWaiterThatSleptPassesOnThatOthersMaySleep) {
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  std::thread waits([&] {
    EXPECT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kClean);
    EXPECT_NE(lock_.word & FUTEX_WAITERS, 0U);
    ReleaseRobustLock(lock_, true);
  });
  while ((lock_.word & FUTEX_WAITERS) == 0) usleep(100);
  ReleaseRobustLock(lock_, true);
  waits.join();
}

TEST_F(RobustLockTest, WhoTakesOverFromTheDeadPassesOnThatOthersMaySleep) {
  lock_.word = FUTEX_OWNER_DIED | FUTEX_WAITERS;
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
  EXPECT_NE(lock_.word & FUTEX_WAITERS, 0U);
  ReleaseRobustLock(lock_, true);
}

/// fork() without the C library: nothing of what it does for a child is done.
pid_t BareFork() { return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)); }

TEST_F(RobustLockTest, AChildThatWasNotCountedIsNotGivenWhatItsParentHolds) {
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  pid_t child = BareFork();
  if (child == 0) {
    LockShm& other = (&lock_)[1];
    bool ok = AcquireRobustLock(lock_, kForEverMs) == Acquired::kTimeout;
    // It is a thread of its own, and may have what its parent does not.
    ok = ok && AcquireRobustLock(other, kForEverMs) == Acquired::kClean;
    ok = ok && RobustLockHolder(other) == static_cast<uint32_t>(syscall(SYS_gettid));
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  // It ended with the other one.
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  EXPECT_TRUE(RobustLockOwnerDied((&lock_)[1]));
  child = BareFork();
  if (child == 0) {
    while (RobustLockHolder(lock_) != 0) usleep(100);
    if (AcquireRobustLock(lock_, kForEverMs) != Acquired::kClean) _exit(1);
    _exit(RobustLockHolder(lock_) == static_cast<uint32_t>(syscall(SYS_gettid)) ? 0 : 2);
  }
  ReleaseRobustLock(lock_, true);
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(RobustLockOwnerDied(lock_));
}

TEST_F(RobustLockTest, AChildThatWasNotCountedTakesALockAsItself) {
  // Its parent holds nothing, but has a name: a kill under that one would be noticed by nobody.
  ASSERT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ReleaseRobustLock(lock_, true);
  for (int round = 0; round < 2; ++round) {
    const pid_t child = BareFork();
    if (child == 0) {
      if (AcquireRobustLock(lock_, kForEverMs) == Acquired::kTimeout) _exit(1);
      if (round == 0) _exit(0);
      // Nor is its own child a part of it.
      ReleaseRobustLock(lock_, true);
      const pid_t grandchild = BareFork();
      if (grandchild == 0) _exit(AcquireRobustLock(lock_, kForEverMs) == Acquired::kClean ? 0 : 1);
      waitpid(grandchild, nullptr, 0);
      _exit(RobustLockOwnerDied(lock_) ? 0 : 2);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kOwnerDied);
    ReleaseRobustLock(lock_, true);
  }
}

class StuckLockTest : public RobustLockTest {
 protected:
  StuckLockTest() : nobody_(static_cast<uint32_t>(ProcessThatIsGone())) { lock_.word = nobody_; }

  Acquired Take(uint32_t timeout_ms, uint64_t object = 7) {
    Deadline deadline(timeout_ms, {&lock_, object});
    const Acquired acquired = AcquireRobustLock(lock_, deadline);
    if (acquired != Acquired::kTimeout) ReleaseRobustLock(lock_, true);
    return acquired;
  }

  const uint32_t nobody_;
};

TEST_F(StuckLockTest, AWordIsWaitedForInVainOnce) {
  EXPECT_EQ(Take(kPromptMs), Acquired::kTimeout);
  EXPECT_EQ(Take(kForEverMs), Acquired::kTimeout);
  EXPECT_EQ(Take(kForEverMs), Acquired::kTimeout);
  Deadline deadline(kForEverMs, {&lock_, 7});
  EXPECT_EQ(AwaitRobustLock(lock_, deadline), Acquired::kTimeout);
  lock_.word = 0;
  EXPECT_EQ(Take(kForEverMs), Acquired::kClean);
}

TEST_F(StuckLockTest, AnotherWordPlaceOrObjectIsWaitedForAnew) {
  EXPECT_EQ(Take(kPromptMs), Acquired::kTimeout);
  std::atomic<pid_t> waiter = 0;
  for (const bool other_word : {true, false}) {
    if (other_word) lock_.word = nobody_ + 1;
    std::thread waits([&] {
      waiter = gettid();
      EXPECT_EQ(Take(kForEverMs, other_word ? 7 : 8), Acquired::kClean);
    });
    AwaitSleep(waiter);
    usleep(50'000);  // Longer than a look at a word that is known.
    lock_.word = 0;
    waits.join();
    lock_.word = nobody_;
  }
}

TEST_F(StuckLockTest, AHolderThatExistsIsWaitedForAnewEachTime) {
  lock_.word = static_cast<uint32_t>(getppid());
  EXPECT_EQ(Take(kPromptMs), Acquired::kTimeout);
  EXPECT_FALSE(IsKnownStuck({&lock_, 7}, &lock_.word, lock_.word));
}

TEST_F(StuckLockTest, AWordThatChangesIsNotTakenForStuck) {
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    for (uint32_t i = 1; !stop; ++i) {
      lock_.word = i % 100 + 1;
      usleep(1000);
    }
  });
  EXPECT_EQ(Take(200), Acquired::kTimeout);
  stop = true;
  busy.join();
  const uint32_t last = lock_.word | FUTEX_WAITERS;
  EXPECT_FALSE(IsKnownStuck({&lock_, 7}, &lock_.word, last));
  // Nor one that was not waited for.
  EXPECT_EQ(Take(0), Acquired::kTimeout);
  EXPECT_FALSE(IsKnownStuck({&lock_, 7}, &lock_.word, last));
}

TEST_F(StuckLockTest, AWordThatCameLateIsNotTakenForStuck) {
  lock_.word = nobody_ + 1;
  std::thread changes([&] {
    usleep(300'000);
    lock_.word = nobody_;
  });
  EXPECT_EQ(Take(400), Acquired::kTimeout);
  changes.join();
  EXPECT_FALSE(IsKnownStuck({&lock_, 7}, &lock_.word, lock_.word));
}

TEST_F(StuckLockTest, AHolderOfThisNamespaceExistsAlsoForAWaiterThatDoesNotSeeProc) {
  // As a worker in a folder of its own (chroot) does not.
  const auto holder = static_cast<uint32_t>(getpid());
  lock_.word = holder;
  lock_.pid_namespace = OwnNamespace();
  const pid_t child = fork();
  if (child == 0) {
    if (chroot("/var/empty") != 0 && chroot("/etc") != 0) _exit(77);
    const LockHolder described = DescribeHolder(lock_);
    if (described.kind != LockHolder::Kind::kProcess || described.pid != holder) _exit(1);
    if (Take(kPromptMs) != Acquired::kTimeout) _exit(2);
    _exit(IsKnownStuck({&lock_, 7}, &lock_.word, lock_.word) ? 3 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "only root may change its root";
  EXPECT_EQ(WEXITSTATUS(status), 0);
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

TEST_F(RobustLockTest, WhoOnlyWaitsMarksAnUnlistedHolderThatIsGone) {
  lock_.word = static_cast<uint32_t>(ProcessThatIsGone()) | kUnlisted;
  lock_.pid_namespace = OwnNamespace();
  Deadline deadline(kLongMs);
  EXPECT_EQ(AwaitRobustLock(lock_, deadline), Acquired::kOwnerDied);
  EXPECT_TRUE(RobustLockOwnerDied(lock_));
}

TEST_F(RobustLockTest, ALivingHolderIsNotForgotten) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ForgetDeadHolder(lock_);
  EXPECT_EQ(RobustLockHolder(lock_), static_cast<uint32_t>(gettid()));
  ReleaseRobustLock(lock_, true);
}

TEST_F(RobustLockTest, ReleaseLeavesNothing) {
  EXPECT_EQ(AcquireRobustLock(lock_, kPromptMs), Acquired::kClean);
  ReleaseRobustLock(lock_, true);
  EXPECT_EQ(lock_.word.load(), 0U);
  EXPECT_EQ(lock_.pid_namespace.load(), 0U);
  robust_list_head* list = nullptr;
  size_t length = 0;
  ASSERT_EQ(syscall(SYS_get_robust_list, 0, &list, &length), 0);
  EXPECT_EQ(list->list_op_pending, nullptr);
}

TEST_F(RobustLockTest, ReleaseWakesWhoSleeps) {
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
  ReleaseRobustLock(lock_, true);
  waiter.join();
  EXPECT_TRUE(woken);
  EXPECT_EQ(lock_.word.load(), 0U);
}

TEST_F(RobustLockTest, ExcludesThreads) {
  int64_t counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        ASSERT_EQ(AcquireRobustLock(lock_, kLongMs), Acquired::kClean);
        ++counter;
        ReleaseRobustLock(lock_, true);
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

TEST_F(RobustLockTest, AKillAtEachStepFreezesNobody) {
  for (int point = 1;; ++point) {
    const ChildEnd end = RunAndKillAtPoint(point, [this] {
      if (AcquireRobustLock(lock_, kLongMs) == Acquired::kTimeout) return false;
      ReleaseRobustLock(lock_, true);
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
