// SPDX-License-Identifier: BSD-3-Clause

#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>

#include "port/clock.h"
#include "port/fault_point.h"
#include "port/semaphore_set.h"

namespace shmpack {
namespace {

// A longer wait has no end. So a time_t cannot overflow.
constexpr double kLongestWaitSeconds = 1e9;
constexpr size_t kMostSteps = 4;

// The argument of semctl(), which the caller has to define.
union SemctlArgument {
  int value;
  semid_ds* description;
};

Status FromErrno(int error) noexcept {
  switch (error) {
    case EAGAIN:
      return Status(Code::kTimeout, "", error);
    case EIDRM:
    case EINVAL:
      return Status(Code::kNotFound, "", error);
    default:
      return Status(Code::kSystem, "", error);
  }
}

timespec ToTimespec(double seconds) noexcept {
  const double whole = std::floor(seconds);
  timespec result{};
  result.tv_sec = static_cast<time_t>(whole);
  result.tv_nsec = static_cast<long>((seconds - whole) * 1e9);
  return result;
}

}  // namespace

Status OpenSemaphoreSet(int32_t key, int count, int permissions, int* id, bool* made) noexcept {
  const int mode = permissions & 0777;
  int opened = key == IPC_PRIVATE ? -1 : semget(key, count, mode);
  *made = opened < 0 && (key == IPC_PRIVATE || errno == ENOENT);
  if (*made) opened = semget(key, count, mode | IPC_CREAT | IPC_EXCL);
  if (opened < 0) {
    // Not FromErrno(): here EINVAL means a set of fewer semaphores.
    return Status(*made && errno == EEXIST ? Code::kNotFound : Code::kSystem, "", errno);
  }
  *id = opened;
  FaultPoint();
  return Status();
}

Status FindSemaphoreSet(int32_t key, int* id) noexcept {
  const int found = semget(key, 0, 0);
  if (found < 0) return Status(errno == ENOENT ? Code::kNotFound : Code::kSystem, "", errno);
  *id = found;
  return Status();
}

Status DescribeSemaphoreSet(int id, SemaphoreSetInfo* out) noexcept {
  semid_ds description{};
  SemctlArgument argument{};
  argument.description = &description;
  if (semctl(id, 0, IPC_STAT, argument) < 0) {
    if (errno != EACCES) return FromErrno(errno);
    // It needs no right to read. It takes the part of the id that is an index, and returns the id of the set there.
    if (semctl(id, 0, SEM_STAT_ANY, argument) != id) return FromErrno(EACCES);
  }
  *out = {description.sem_perm.mode & 0777u, description.sem_perm.uid, description.sem_perm.cuid,
          static_cast<uint32_t>(description.sem_nsems), description.sem_otime};
  return Status();
}

Status ChangeSemaphores(int id, const SemaphoreStep* steps, size_t count, double timeout_s) noexcept {
  std::array<sembuf, kMostSteps> operations{};
  if (count > operations.size()) return Status(Code::kSystem, "", E2BIG);
  const bool no_wait = timeout_s <= 0;
  for (size_t i = 0; i < count; ++i) {
    operations[i].sem_num = steps[i].index;
    operations[i].sem_op = steps[i].change;
    operations[i].sem_flg = static_cast<short>((steps[i].undo ? SEM_UNDO : 0) | (no_wait ? IPC_NOWAIT : 0));
  }
  const bool for_ever = no_wait || timeout_s > kLongestWaitSeconds;
  const double deadline = for_ever ? 0 : MonotonicSeconds() + timeout_s;
  double left = timeout_s;
  while (true) {
    int result;
    if (for_ever) {
      result = semop(id, operations.data(), count);
    } else {
      const timespec wait = ToTimespec(left > 0 ? left : 0);
      result = semtimedop(id, operations.data(), count, &wait);
    }
    if (result == 0) return Status();
    if (errno != EINTR) return FromErrno(errno);
    if (!for_ever) left = deadline - MonotonicSeconds();
  }
}

Status GetSemaphore(int id, int index, int* value) noexcept {
  const int read = semctl(id, index, GETVAL);
  if (read < 0) return FromErrno(errno);
  *value = read;
  return Status();
}

Status GetLastProcess(int id, int index, int* pid) noexcept {
  const int read = semctl(id, index, GETPID);
  if (read < 0) return FromErrno(errno);
  *pid = read;
  return Status();
}

Status SetSemaphore(int id, int index, int value) noexcept {
  SemctlArgument argument{};
  argument.value = value;
  if (semctl(id, index, SETVAL, argument) < 0) return FromErrno(errno);
  return Status();
}

Status RemoveSemaphoreSet(int id) noexcept {
  if (semctl(id, 0, IPC_RMID) < 0) return FromErrno(errno);
  return Status();
}

}  // namespace shmpack
