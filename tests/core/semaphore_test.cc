// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/semaphore.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <limits>
#include <thread>
#include <type_traits>
#include <vector>

#include "port/fault_point.h"

namespace shmpack {
namespace {

constexpr double kForEver = std::numeric_limits<double>::infinity();
constexpr double kLockTimeout = 5;

static_assert(std::is_trivially_destructible_v<Semaphore>);

class SemaphoreTest : public ::testing::Test {
 protected:
  void SetUp() override { RemoveSet(); }
  void TearDown() override { RemoveSet(); }

  static key_t Key() { return 0x53500000 + (getpid_of_test & 0xffff); }
  static int Id() { return semget(Key(), 0, 0); }
  static void RemoveSet() {
    if (const int id = Id(); id >= 0) semctl(id, 0, IPC_RMID);
  }
  static int Value() { return semctl(Id(), 0, GETVAL); }
  static int Usage() { return semctl(Id(), 1, GETVAL); }
  static int Setval() { return semctl(Id(), 2, GETVAL); }

  static Semaphore Opened(int max_acquire = 1, bool auto_release = true) {
    Semaphore semaphore;
    Status limit;
    EXPECT_TRUE(semaphore.Open(Key(), max_acquire, 0600, auto_release, kLockTimeout, &limit).ok());
    EXPECT_TRUE(limit.ok());
    return semaphore;
  }

  // What a forked child returns; it must not return to the test's own code.
  static int InChild(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  static const pid_t getpid_of_test;
};

const pid_t SemaphoreTest::getpid_of_test = getpid();

double Seconds(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_F(SemaphoreTest, FirstUserSetsTheLimitAndLaterOnesDoNot) {
  Semaphore first = Opened(3);
  EXPECT_EQ(Value(), 3);
  Semaphore second = Opened(7);
  EXPECT_EQ(Value(), 3);
  EXPECT_EQ(Usage(), 2);
  EXPECT_EQ(Setval(), 0);
  first.Close();
  second.Close();
  EXPECT_EQ(Usage(), 0);
  Semaphore third = Opened(7);
  EXPECT_EQ(Value(), 7);
  third.Close();
}

TEST_F(SemaphoreTest, CloseGivesBackEverythingThatWasTaken) {
  Semaphore semaphore = Opened(3);
  ASSERT_TRUE(semaphore.Acquire(0).ok());
  ASSERT_TRUE(semaphore.Acquire(0).ok());
  EXPECT_EQ(Value(), 1);
  semaphore.Close();
  EXPECT_EQ(Value(), 3);
  EXPECT_FALSE(semaphore.is_open());
}

TEST_F(SemaphoreTest, CloseLeavesTheCountsWhenOpenedSo) {
  Semaphore semaphore = Opened(1, false);
  ASSERT_TRUE(semaphore.Acquire(0).ok());
  semaphore.Close();
  EXPECT_EQ(Value(), 0);
  EXPECT_EQ(Usage(), 1);
}

TEST_F(SemaphoreTest, ReleaseRefusesWhatIsNotHeld) {
  Semaphore semaphore = Opened();
  EXPECT_EQ(semaphore.Release().code(), Code::kNotFound);
  EXPECT_EQ(Value(), 1);
  semaphore.Close();
}

TEST_F(SemaphoreTest, TimeoutEndsTheWaitAndTakesNothing) {
  Semaphore holder = Opened();
  ASSERT_TRUE(holder.Acquire(kForEver).ok());
  Semaphore other = Opened();
  EXPECT_EQ(other.Acquire(0).code(), Code::kTimeout);
  const double waited = Seconds([&] { EXPECT_EQ(other.Acquire(0.2).code(), Code::kTimeout); });
  EXPECT_GE(waited, 0.19);
  EXPECT_LT(waited, 2);
  ASSERT_TRUE(holder.Release().ok());
  EXPECT_TRUE(other.Acquire(0.2).ok());
  holder.Close();
  other.Close();
}

TEST_F(SemaphoreTest, SignalsDoNotEndOrProlongTheWait) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  sigaction(SIGUSR1, &action, nullptr);  // Without SA_RESTART.
  Semaphore holder = Opened();
  ASSERT_TRUE(holder.Acquire(0).ok());
  Semaphore other = Opened();
  const pthread_t waiting = pthread_self();
  std::atomic<bool> done = false;
  std::thread sender([&] {
    while (!done) {
      pthread_kill(waiting, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  const double waited = Seconds([&] { EXPECT_EQ(other.Acquire(0.3).code(), Code::kTimeout); });
  done = true;
  sender.join();
  EXPECT_GE(waited, 0.29);
  EXPECT_LT(waited, 2);
  holder.Close();
  other.Close();
}

TEST_F(SemaphoreTest, AKilledHoldersCountComesBack) {
  Semaphore parent = Opened();
  const int result = InChild([] {
    Semaphore child = Opened();
    if (!child.Acquire(0).ok() || Value() != 0) return 1;
    kill(getpid(), SIGKILL);
    return 2;
  });
  EXPECT_EQ(result, -SIGKILL);
  EXPECT_EQ(Value(), 1);
  EXPECT_EQ(Usage(), 1);
  EXPECT_TRUE(parent.Acquire(0).ok());
  parent.Close();
}

TEST_F(SemaphoreTest, AForkedChildsCloseGivesBackNothingOfItsParents) {
  Semaphore parent = Opened();
  ASSERT_TRUE(parent.Acquire(0).ok());
  EXPECT_EQ(InChild([&] {
              parent.Close();
              return Value() * 10 + Usage();
            }),
            1);
  EXPECT_EQ(Value(), 0);
  EXPECT_EQ(Usage(), 1);
  EXPECT_TRUE(parent.Release().ok());
  parent.Close();
  EXPECT_EQ(Usage(), 0);
}

TEST_F(SemaphoreTest, AForkedChildThatAcquiresCountsAsAUser) {
  Semaphore parent = Opened(2);
  EXPECT_EQ(InChild([&] {
              if (!parent.Acquire(0).ok()) return 1;
              if (Usage() != 2 || Value() != 1) return 2;
              parent.Close();
              if (Usage() != 1 || Value() != 2) return 3;
              return 0;
            }),
            0);
  EXPECT_EQ(Usage(), 1);
  EXPECT_EQ(Value(), 2);
  parent.Close();
}

TEST_F(SemaphoreTest, AForkedChildThatAcquiresWaitsForTheHolderOfSetval) {
  Semaphore parent = Opened(2);
  ASSERT_EQ(semctl(Id(), 2, SETVAL, 1), 0);
  EXPECT_EQ(InChild([&] { return parent.Acquire(0.02).code() == Code::kTimeout ? 0 : 1; }), 0);
  ASSERT_EQ(semctl(Id(), 2, SETVAL, 0), 0);
  EXPECT_EQ(Value(), 2);
  EXPECT_EQ(Usage(), 1);
  parent.Close();
}

/// From now on this process is killed when it sets a semaphore's value.
void DieAtSetval() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_semctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SETVAL, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {static_cast<unsigned short>(std::size(filter)), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    _exit(77);
  }
}

TEST_F(SemaphoreTest, AFirstUserThatIsKilledWhileItSetsTheLimitKeepsNobodyOut) {
  EXPECT_EQ(InChild([] {
              DieAtSetval();
              (void)Opened(3);
              return 1;
            }),
            -SIGSYS);
  EXPECT_EQ(Setval(), 0);
  EXPECT_EQ(Usage(), 0);
  Semaphore next = Opened(3);
  EXPECT_EQ(Value(), 3);
  next.Close();
}

TEST_F(SemaphoreTest, AGrandchildMayReleaseWhatBothAcquired) {
  Semaphore parent = Opened(2);
  ASSERT_TRUE(parent.Acquire(0).ok());
  EXPECT_EQ(InChild([&] {
              if (!parent.Acquire(0).ok()) return 1;
              return InChild([&] {
                if (!parent.Release().ok() || !parent.Release().ok()) return 2;
                return parent.Release().code() == Code::kNotFound ? 0 : 3;
              });
            }),
            0);
  parent.Close();
}

TEST_F(SemaphoreTest, AForkedChildMayReleaseWhatItsParentAcquired) {
  Semaphore parent = Opened();
  ASSERT_TRUE(parent.Acquire(0).ok());
  EXPECT_EQ(InChild([&] {
              if (!parent.Release().ok()) return 1;
              if (Value() != 1) return 2;
              return parent.Release().code() == Code::kNotFound ? 0 : 3;
            }),
            0);
  parent.Close();
}

TEST_F(SemaphoreTest, AForkedChildReleasesItsOwnFirst) {
  Semaphore parent = Opened(2);
  ASSERT_TRUE(parent.Acquire(0).ok());
  EXPECT_EQ(InChild([&] {
              if (!parent.Acquire(0).ok()) return 1;
              if (!parent.Release().ok()) return 2;
              parent.Close();
              return Value();
            }),
            1);
  parent.Close();
}

TEST_F(SemaphoreTest, RemovalTwiceIsNotFound) {
  Semaphore semaphore = Opened();
  EXPECT_TRUE(semaphore.Remove().ok());
  EXPECT_EQ(semaphore.Remove().code(), Code::kNotFound);
  const Status status = semaphore.Acquire(0);
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_NE(status.os_errno(), 0);
  semaphore.Close();
}

TEST_F(SemaphoreTest, AWaitingProcessWakesWhenTheSetIsRemoved) {
  Semaphore holder = Opened();
  ASSERT_TRUE(holder.Acquire(0).ok());
  Semaphore other = Opened();
  std::thread remover([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Semaphore third = Opened();
    EXPECT_TRUE(third.Remove().ok());
    third.Close();
  });
  EXPECT_EQ(other.Acquire(10).code(), Code::kNotFound);
  remover.join();
  holder.Close();
  other.Close();
}

TEST_F(SemaphoreTest, OpenWaitsForTheHolderOfSetvalNoLongerThanAsked) {
  const int id = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  Semaphore semaphore;
  Status limit;
  Status status;
  const double waited = Seconds([&] { status = semaphore.Open(Key(), 1, 0600, true, 0.2, &limit); });
  EXPECT_EQ(status.code(), Code::kTimeout);
  EXPECT_STREQ(status.text(), "acquiring SYSVSEM_SETVAL");
  EXPECT_FALSE(semaphore.is_open());
  EXPECT_GE(waited, 0.19);
  EXPECT_LT(waited, 2);
  EXPECT_EQ(Usage(), 0);
}

/// Open() with a short timeout.
Code OpenCode(key_t key, double timeout_s = 0.2) {
  Semaphore semaphore;
  Status limit;
  const Code code = semaphore.Open(key, 1, 0600, true, timeout_s, &limit).code();
  semaphore.Close();
  return code;
}

TEST_F(SemaphoreTest, AGuardThatIsHeldForEverIsWaitedForOnce) {
  const int id = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
  Status status;
  rusage before;
  rusage after;
  const double waited = Seconds([&] {
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < 20; ++i) ASSERT_EQ(OpenCode(Key(), 5), Code::kStillHeld);
    getrusage(RUSAGE_SELF, &after);
    // What the process knows, its children know.
    EXPECT_EQ(InChild([] { return static_cast<int>(OpenCode(Key(), 5)); }), static_cast<int>(Code::kStillHeld));
  });
  EXPECT_LT(waited, 5);
  EXPECT_LT(after.ru_nvcsw - before.ru_nvcsw, 20);  // None of them slept, however briefly.
  // Given back at last: forgotten.
  ASSERT_EQ(semctl(id, 2, SETVAL, 0), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kOk);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
}

TEST_F(SemaphoreTest, OthersThatUseTheSetDoNotMakeAHeldGuardCostTheTimeoutAgain) {
  Semaphore user = Opened();
  ASSERT_EQ(semctl(Id(), 2, SETVAL, 1), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
  const double waited = Seconds([&] {
    for (int i = 0; i < 3; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));  // The set's time has seconds.
      ASSERT_TRUE(user.Acquire(0).ok() && user.Release().ok());
      EXPECT_EQ(OpenCode(Key(), 5), Code::kStillHeld);
    }
  });
  EXPECT_LT(waited, 5);
  ASSERT_EQ(semctl(Id(), 2, SETVAL, 0), 0);
  user.Close();
}

TEST_F(SemaphoreTest, AnotherHolderOfTheGuardIsWaitedForAnew) {
  const int id = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
  EXPECT_EQ(InChild([&] { return semctl(id, 2, SETVAL, 1); }), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
  EXPECT_EQ(OpenCode(Key()), Code::kStillHeld);
  // So is one of another set under the same key.
  RemoveSet();
  const int other = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(other, 2, SETVAL, 1), 0);
  EXPECT_EQ(OpenCode(Key()), Code::kTimeout);
}

TEST_F(SemaphoreTest, ThreadsMayMeetAHeldGuardTogether) {
  const int id = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < 20; ++round) {
        const Code code = OpenCode(Key());
        EXPECT_TRUE(code == Code::kTimeout || code == Code::kStillHeld);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class FailedOpenTest : public SemaphoreTest {
 protected:
  static constexpr uid_t kNobody = 65534;

  /// Open() as a user whom a mode binds.
  static Status OpenAsNobody(int permissions) {
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(100);
    Semaphore semaphore;
    Status limit;
    return semaphore.Open(Key(), 1, permissions, true, kLockTimeout, &limit);
  }
};

TEST_F(FailedOpenTest, RemovesTheSetThatItMade) {
  for (const int permissions : {0, 0400, 0200, 0066}) {
    EXPECT_EQ(InChild([&] { return OpenAsNobody(permissions).os_errno(); }), EACCES) << permissions;
    EXPECT_EQ(Id(), -1) << permissions;
  }
  EXPECT_EQ(InChild([] { return OpenAsNobody(0600).ok() ? 0 : 1; }), 0);
}

TEST_F(FailedOpenTest, LeavesASetThatItDidNotMake) {
  const int id = semget(Key(), 3, 0 | IPC_CREAT);
  ASSERT_GE(id, 0);
  EXPECT_EQ(InChild([] { return OpenAsNobody(0).os_errno(); }), EACCES);
  EXPECT_EQ(Id(), id);
}

int to_other[2];
int from_other[2];

TEST_F(FailedOpenTest, LeavesASetThatAnotherUsesMeanwhile) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, whom no mode binds";
  ASSERT_TRUE(pipe(to_other) == 0 && pipe(from_other) == 0);
  std::thread other([] {
    char byte = 0;
    ASSERT_EQ(read(to_other[0], &byte, 1), 1);
    Semaphore semaphore = Opened(5);
    semaphore.Close();
    ASSERT_EQ(write(from_other[1], &byte, 1), 1);
  });
  EXPECT_EQ(InChild([] {
              fault_hook = [](const char*, int) {
                char byte = 0;
                if (write(to_other[1], &byte, 1) != 1 || read(from_other[0], &byte, 1) != 1) _exit(101);
              };
              return OpenAsNobody(0).os_errno();
            }),
            EACCES);
  other.join();
  EXPECT_EQ(Value(), 5);
  for (const int end : {to_other[0], to_other[1], from_other[0], from_other[1]}) close(end);
}

TEST_F(SemaphoreTest, OnlyATrustedUsersSetIsUsed) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
  ASSERT_EQ(InChild([] { return setuid(65534) == 0 && semget(Key(), 3, 0666 | IPC_CREAT) >= 0 ? 0 : 1; }), 0);
  TrustedOwners owners;
  owners.anybody = false;
  owners.self = true;
  const auto open = [&owners] {
    Semaphore semaphore;
    Status limit;
    const Code code = semaphore.Open(Key(), 1, 0600, true, kLockTimeout, &limit, &owners).code();
    semaphore.Close();
    return code;
  };
  EXPECT_EQ(open(), Code::kUntrusted);
  semid_ds untouched;
  ASSERT_EQ(semctl(Id(), 0, IPC_STAT, &untouched), 0);
  EXPECT_EQ(untouched.sem_otime, 0);
  owners.users[owners.user_count++] = 65534;
  EXPECT_EQ(open(), Code::kOk);
  // What the call makes is its own.
  RemoveSet();
  owners = {};
  owners.anybody = false;
  EXPECT_EQ(open(), Code::kOk);
  EXPECT_EQ(open(), Code::kUntrusted);
}

TEST_F(SemaphoreTest, OpenStartsAgainWhenTheSetIsRemovedUnderIt) {
  // One that waits for setval is certain to be between opening and entering; then the set goes.
  const int id = semget(Key(), 3, 0600 | IPC_CREAT);
  ASSERT_EQ(semctl(id, 2, SETVAL, 1), 0);
  std::thread remover([&] {
    while (semctl(id, 2, GETZCNT) != 1) std::this_thread::yield();
    semctl(id, 0, IPC_RMID);
  });
  Semaphore semaphore = Opened(4);
  remover.join();
  EXPECT_NE(Id(), id);
  EXPECT_EQ(Value(), 4);
  semaphore.Close();
}

TEST_F(SemaphoreTest, ALimitTheSystemRefusesLeavesTheHandleOpen) {
  Semaphore semaphore;
  Status limit;
  EXPECT_TRUE(semaphore.Open(Key(), 100000, 0600, true, kLockTimeout, &limit).ok());
  EXPECT_EQ(limit.os_errno(), ERANGE);
  EXPECT_EQ(Setval(), 0);
  semaphore.Close();
}

TEST_F(SemaphoreTest, ASetOfFewerSemaphoresIsRefused) {
  ASSERT_GE(semget(Key(), 1, 0600 | IPC_CREAT), 0);
  Semaphore semaphore;
  Status limit;
  const Status status = semaphore.Open(Key(), 1, 0600, true, kLockTimeout, &limit);
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EINVAL);
}

TEST_F(SemaphoreTest, ManyProcessesNeverHoldMoreThanTheLimit) {
  constexpr int kChildren = 4;
  constexpr int kRounds = 500;
  auto* const counter =
      static_cast<volatile int*>(mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(counter, MAP_FAILED);
  Semaphore parent = Opened();
  pid_t children[kChildren];
  for (pid_t& child : children) {
    child = fork();
    if (child != 0) continue;
    Semaphore own = Opened();
    for (int round = 0; round < kRounds; ++round) {
      if (!own.Acquire(kForEver).ok()) _exit(1);
      const int seen = *counter;  // Plain on purpose: two holders at a time lose updates.
      sched_yield();
      *counter = seen + 1;
      if (!own.Release().ok()) _exit(2);
    }
    own.Close();
    _exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(*counter, kChildren * kRounds);
  munmap(const_cast<int*>(counter), sizeof(int));
  EXPECT_EQ(Usage(), 1);
  parent.Close();
}

}  // namespace
}  // namespace shmpack
