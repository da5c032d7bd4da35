// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/semaphore.h"

#include <algorithm>
#include <atomic>
#include <limits>

#include "port/clock.h"
#include "port/fork_count.h"
#include "port/semaphore_set.h"
#include "port/users.h"

namespace shmpack {
namespace {

enum : uint16_t { kValue = 0, kUsage = 1, kSetval = 2, kSetSize = 3 };

// How often Open() starts again when the set is removed under it. Another process must have removed it in the same few
// microseconds each time, so more than a handful means that something is wrong.
constexpr int kMostTries = 100;

constexpr const char* kAcquiringSetval = "acquiring SYSVSEM_SETVAL";
constexpr const char* kReleasingSetval = "releasing SYSVSEM_SETVAL";

Status Named(Status status, const char* step) noexcept { return Status(status.code(), step, status.os_errno()); }

// The guards that were not given back within the timeout, so that later calls need not wait to learn it. A word for
// each set; sets that share one only forget one another. 0: nothing. Upper half: set and holder. Lower half: the second
// of the set's last change. Relaxed: a word is complete in itself, and as true in a forked child and in other threads.
constexpr uint32_t kRemembered = 64;
std::atomic<uint64_t> stuck_guards[kRemembered];
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// How long to wait for a stuck holder once more, when other processes have used the set meanwhile: a thousand times
// what a holder at work needs.
constexpr double kMomentSeconds = 0.02;

/// The guard's holder, as a word of stuck_guards. 0: the set does not show it.
uint64_t LookAtGuard(int id) noexcept {
  SemaphoreSetInfo info;
  int holder = 0;
  if (!DescribeSemaphoreSet(id, &info).ok() || !GetLastProcess(id, kSetval, &holder).ok()) return 0;
  const uint32_t set_and_holder = static_cast<uint32_t>(id) * 0x9e37'79b1U ^ static_cast<uint32_t>(holder);
  return uint64_t{set_and_holder} << 32 | static_cast<uint32_t>(info.last_change_s);
}

/// Takes the guard and counts a user. kStillHeld: see Open().
Status Enter(int id, double deadline) noexcept {
  constexpr SemaphoreStep kEnter[] = {{kSetval, 0, false}, {kSetval, 1, true}, {kUsage, 1, true}};
  std::atomic<uint64_t>& stuck = stuck_guards[static_cast<uint32_t>(id) % kRemembered];
  const uint64_t before = stuck.load(std::memory_order_relaxed);
  Status status = ChangeSemaphores(id, kEnter, 3, 0);
  if (status.code() == Code::kTimeout) {
    const uint64_t now = before != 0 ? LookAtGuard(id) : 0;
    if (now != 0 && now == before) return Status(Code::kStillHeld);
    const bool same_holder = now != 0 && now >> 32 == before >> 32;
    const double left_s = deadline - MonotonicSeconds();
    status = ChangeSemaphores(id, kEnter, 3, same_holder ? std::min(left_s, kMomentSeconds) : left_s);
    if (status.code() == Code::kTimeout) {
      stuck.store(LookAtGuard(id), std::memory_order_relaxed);
      return same_holder ? Status(Code::kStillHeld) : status;
    }
  }
  if (status.ok() && before != 0) stuck.store(0, std::memory_order_relaxed);
  return status;
}

/// Whether an existing set is a trusted user's.
Status CheckCreator(int id, const TrustedOwners* trusted) noexcept {
  if (trusted == nullptr || trusted->anybody) return Status();
  SemaphoreSetInfo info;
  const Status status = DescribeSemaphoreSet(id, &info);
  if (!status.ok() || trusted->Contains(info.creator_uid, OwnUser())) return status;
  return Status(Code::kUntrusted);
}

/// Removes a set that this call made and cannot use, unless another process has used it. An Open() that gets in between
/// the look and the removal finds the set gone when it leaves, and starts again.
void RemoveUnused(int id) noexcept {
  SemaphoreSetInfo info;
  if (DescribeSemaphoreSet(id, &info).ok() && info.last_change_s == 0) (void)RemoveSemaphoreSet(id);
}

/// Opens or makes the set, and enters it. kNotFound: it was removed meanwhile.
Status OpenAndEnter(int32_t key, int permissions, double deadline, const TrustedOwners* trusted, int* id,
                    bool* made) noexcept {
  Status status = OpenSemaphoreSet(key, kSetSize, permissions, id, made);
  if (status.ok() && !*made) status = CheckCreator(*id, trusted);
  if (!status.ok()) return status;
  status = Enter(*id, deadline);
  if (!status.ok() && status.code() != Code::kNotFound && *made) RemoveUnused(*id);
  return status.ok() ? status : Named(status, kAcquiringSetval);
}

/// Gives the guard back.
Status Leave(int id) noexcept {
  constexpr SemaphoreStep kLeave[] = {{kSetval, -1, true}};
  const Status status = ChangeSemaphores(id, kLeave, 1, 0);
  return status.ok() ? status : Named(status, kReleasingSetval);
}

}  // namespace

Status Semaphore::Open(int32_t key, int32_t max_acquire, int permissions, bool auto_release, double lock_timeout_s,
                       Status* limit_status, const TrustedOwners* trusted) noexcept {
  const double deadline = MonotonicSeconds() + lock_timeout_s;
  Status gone;
  for (int tries = 0; tries < kMostTries; ++tries) {
    int id = -1;
    bool made = false;
    Status status = OpenAndEnter(key, permissions, deadline, trusted, &id, &made);
    if (status.code() == Code::kNotFound) {
      gone = status;
      continue;
    }
    if (!status.ok()) return status;

    int users = 0;
    Status limit = GetSemaphore(id, kUsage, &users);
    if (!limit.ok() && made) {
      // No other process can have entered meanwhile, and none would set the value.
      (void)RemoveSemaphoreSet(id);
      return limit;
    }
    if (limit.ok() && users == 1) limit = SetSemaphore(id, kValue, max_acquire);

    status = Leave(id);
    if (status.code() == Code::kNotFound) {
      gone = status;
      continue;
    }
    if (limit.ok()) limit = status;

    *limit_status = limit;
    *this = Semaphore();
    set_id_ = id;
    key_ = key;
    max_acquire_ = limit.ok() && users == 1 ? max_acquire : 0;
    fork_count_ = ForkCount();
    counted_ = true;
    auto_release_ = auto_release;
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
    // A forked child that takes must count as a user. Else a later first user would set the value anew while the child
    // holds it. And it must not do so while another process holds the guard: between its look at the usage and the new
    // value.
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
  // Like ext/sysvsem, ask the system for a removed one: it says what is wrong.
  if (*held == 0 && !removed_) return Status(Code::kNotFound);
  // With undo also for what a child releases on its parent's behalf. The child's end takes it back, and the parent's
  // own undo gives it again, so the sum is right whichever of them ends first.
  constexpr SemaphoreStep kGiveBack[] = {{kValue, 1, true}};
  Status status = ChangeSemaphores(set_id_, kGiveBack, 1, std::numeric_limits<double>::infinity());
  if (!status.ok()) return Status(Code::kSystem, "", status.os_errno());
  if (*held > 0) --*held;
  return Status();
}

Status Semaphore::Remove() noexcept {
  SemaphoreSetInfo info;
  if (!DescribeSemaphoreSet(set_id_, &info).ok()) return Status(Code::kNotFound);
  if (Status status = RemoveSemaphoreSet(set_id_); !status.ok()) {
    return Status(Code::kSystem, "", status.os_errno());
  }
  removed_ = true;
  return Status();
}

Status Semaphore::Look(SemaphoreState* out) const noexcept {
  SemaphoreSetInfo info;
  if (const Status status = DescribeSemaphoreSet(set_id_, &info); !status.ok()) return status;
  *out = SemaphoreState();
  out->mode = info.mode;
  out->owner_uid = info.owner_uid;
  (void)GetSemaphore(set_id_, kValue, &out->value);
  (void)GetSemaphore(set_id_, kUsage, &out->users);
  return Status();
}

void Semaphore::Close() noexcept {
  NoticeFork();
  if (is_open() && !removed_ && auto_release_ && counted_) {
    const SemaphoreStep give_back[] = {{kUsage, -1, true}, {kValue, static_cast<int16_t>(taken_), true}};
    // Nothing can be done here for a set that is gone, or that was changed by hand.
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
  max_acquire_ = 0;  // Without this process as a user, another one may set it anew.
}

}  // namespace shmpack
