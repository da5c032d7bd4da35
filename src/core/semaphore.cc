// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/semaphore.h"

#include <limits>

#include "port/fork_count.h"
#include "port/monotonic_clock.h"
#include "port/semaphore_set.h"

namespace shmpack {
namespace {

enum : uint16_t { kValue = 0, kUsage = 1, kSetval = 2, kSetSize = 3 };

// How often Open() starts again when the set is removed under it. Each time another process must have removed it in
// the same few microseconds, so more than a handful means that something is wrong.
constexpr int kMostTries = 100;

constexpr const char* kAcquiringSetval = "acquiring SYSVSEM_SETVAL";
constexpr const char* kReleasingSetval = "releasing SYSVSEM_SETVAL";

Status Named(Status status, const char* step) noexcept { return Status(status.code(), step, status.os_errno()); }

}  // namespace

Status Semaphore::Open(int32_t key, int32_t max_acquire, int permissions, bool auto_release, double lock_timeout_s,
                       Status* limit_status) noexcept {
  const double deadline = MonotonicSeconds() + lock_timeout_s;
  Status gone;
  for (int tries = 0; tries < kMostTries; ++tries) {
    int id = -1;
    if (Status status = OpenSemaphoreSet(key, kSetSize, permissions, &id); !status.ok()) return status;

    constexpr SemaphoreStep kEnter[] = {{kSetval, 0, false}, {kSetval, 1, true}, {kUsage, 1, true}};
    Status status = ChangeSemaphores(id, kEnter, 3, deadline - MonotonicSeconds());
    if (status.code() == Code::kNotFound) {
      gone = Named(status, kAcquiringSetval);
      continue;
    }
    if (!status.ok()) return Named(status, kAcquiringSetval);

    int users = 0;
    Status limit = GetSemaphore(id, kUsage, &users);
    if (limit.ok() && users == 1) limit = SetSemaphore(id, kValue, max_acquire);

    constexpr SemaphoreStep kLeave[] = {{kSetval, -1, true}};
    status = ChangeSemaphores(id, kLeave, 1, 0);
    if (status.code() == Code::kNotFound) {
      gone = Named(status, kReleasingSetval);
      continue;
    }
    if (limit.ok() && !status.ok()) limit = Named(status, kReleasingSetval);

    *limit_status = limit;
    set_id_ = id;
    key_ = key;
    fork_count_ = ForkCount();
    taken_ = 0;
    inherited_ = 0;
    counted_ = true;
    auto_release_ = auto_release;
    removed_ = false;
    return Status();
  }
  return gone;
}

Status Semaphore::Acquire(double timeout_s) noexcept {
  NoticeFork();
  if (counted_) {
    constexpr SemaphoreStep kTake[] = {{kValue, -1, true}};
    if (Status status = ChangeSemaphores(set_id_, kTake, 1, timeout_s); !status.ok()) return status;
  } else {
    // A forked child that takes must count as a user, or a later first user would set the value anew while we hold it.
    // Not while someone else is between looking at the usage and setting the value.
    constexpr SemaphoreStep kTakeAsNewUser[] = {{kSetval, 0, false}, {kUsage, 1, true}, {kValue, -1, true}};
    if (Status status = ChangeSemaphores(set_id_, kTakeAsNewUser, 3, timeout_s); !status.ok()) return status;
    counted_ = true;
  }
  ++taken_;
  return Status();
}

Status Semaphore::Release() noexcept {
  NoticeFork();
  uint32_t* const held = taken_ > 0 ? &taken_ : &inherited_;
  // ext/sysvsem lets a removed one through to the system, which then says what is wrong.
  if (*held == 0 && !removed_) return Status(Code::kNotFound);
  // With undo also for what a child releases on its parent's behalf: the child's end takes it back, the parent's own
  // undo gives it again, so that the sum is right whichever of them ends first.
  constexpr SemaphoreStep kGiveBack[] = {{kValue, 1, true}};
  Status status = ChangeSemaphores(set_id_, kGiveBack, 1, std::numeric_limits<double>::infinity());
  if (!status.ok()) return Status(Code::kSystem, "", status.os_errno());
  if (*held > 0) --*held;
  return Status();
}

Status Semaphore::Remove() noexcept {
  if (Status status = LookAtSemaphoreSet(set_id_); !status.ok()) return Status(Code::kNotFound);
  if (Status status = RemoveSemaphoreSet(set_id_); !status.ok()) {
    return Status(Code::kSystem, "", status.os_errno());
  }
  removed_ = true;
  return Status();
}

void Semaphore::Close() noexcept {
  NoticeFork();
  if (is_open() && !removed_ && auto_release_ && counted_) {
    const SemaphoreStep give_back[] = {{kUsage, -1, true}, {kValue, static_cast<int16_t>(taken_), true}};
    // One that is gone, or that an operator changed by hand, cannot be helped from here.
    (void)ChangeSemaphores(set_id_, give_back, taken_ > 0 ? 2 : 1, 0);
  }
  *this = Semaphore();
}

void Semaphore::NoticeFork() noexcept {
  if (fork_count_ == ForkCount()) return;
  fork_count_ = ForkCount();
  inherited_ += taken_;
  taken_ = 0;
  counted_ = false;
}

}  // namespace shmpack
