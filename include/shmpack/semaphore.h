// SPDX-License-Identifier: BSD-3-Clause
//
// Semaphore: a process's handle to the keyed semaphore that PHP's ext/sysvsem makes, compatible with it byte for byte.
//
// The kernel object is a set of three SysV semaphores, every operation with SEM_UNDO:
//   0 value   starts at max_acquire; down to acquire, up to release
//   1 usage   how many handles are open; the one that brings it to 1 sets `value`
//   2 setval  0 or 1; held while `usage` is looked at and `value` is set
//
// Threads: a handle is used by one thread at a time. Processes: any number, of this library, of ext/sysvsem or of any
// program that keeps to the protocol. A crash leaves nothing: the kernel takes back what the process did.
//
// Fork: a handle may be used in parent and child. The kernel gives a child no undo, so the handle remembers in which
// process it counted: a child's Close() gives back only what the child itself took. A child may release what its parent
// acquired, when it says so with Release(). A child that acquires counts itself as a user first.
//
// The handle is trivially destructible and owns its counts until Close().

#pragma once

#include <cstdint>

#include "shmpack/status.h"
#include "shmpack/trusted_owners.h"

namespace shmpack {

/// What the system shows of a semaphore.
struct SemaphoreState {
  int value = -1;  // How many can be acquired; -1, as for `users`: this user may not read it.
  int users = -1;
  uint32_t mode = 0;
  uint32_t owner_uid = 0;
};

class Semaphore {
 public:
  Semaphore() noexcept = default;

  /// Opens the set of `key`, and makes it with mode `permissions` when there is none; key 0 (IPC_PRIVATE) makes a new
  /// one. Survives that another process removes the set meanwhile. Waits at most `lock_timeout_s` for a process that
  /// holds `setval`.
  ///
  /// With `auto_release` false, Close() leaves the counts to the end of the process.
  ///
  /// Returns kTimeout; kStillHeld, without a wait worth speaking of, when another Open() of this process came to
  /// kTimeout and the set shows no other holder of `setval` since; kUntrusted, when the set was made by a user whom
  /// `trusted` does not contain (null trusts anybody); or kSystem whose text names the step ("" for the opening
  /// itself). The handle is then unchanged, and a set that this call made is removed, unless somebody else has used it
  /// meanwhile. When it is open but the number of holders could not be looked at or set, `*limit_status` says why; else
  /// it is ok.
  /// REQUIRES: the handle is not open.
  Status Open(int32_t key, int32_t max_acquire, int permissions, bool auto_release, double lock_timeout_s,
              Status* limit_status, const TrustedOwners* trusted = nullptr) noexcept;

  /// Takes one, waiting at most `timeout_s` seconds: 0 does not wait, infinity waits for ever. A signal does not end
  /// the wait. Returns kTimeout, or kSystem, with nothing taken.
  Status Acquire(double timeout_s) noexcept;

  /// Gives one back; what this process took before what it inherited. Does not block.
  /// Returns kNotFound when none is held, or kSystem.
  Status Release() noexcept;

  /// Removes the set from the system. Waiting processes wake with an error. Close() has nothing left to do then.
  /// Returns kNotFound when it is gone already, or kSystem.
  Status Remove() noexcept;

  /// Gives back what this process took and counted, as far as Open() was not told to leave it. The handle is then as
  /// new. Cannot fail for the caller: a set that is gone has nothing to give back to.
  void Close() noexcept;

  /// What the system shows now. Does not block. kNotFound: it was removed. kSystem.
  Status Look(SemaphoreState* out) const noexcept;

  bool is_open() const noexcept { return set_id_ >= 0; }
  int32_t key() const noexcept { return key_; }
  int set_id() const noexcept { return set_id_; }
  /// Acquired through this handle and not released.
  uint32_t held() const noexcept { return taken_ + inherited_; }
  /// How many may hold it, if this handle was the one that said so; else 0: it is not known.
  int32_t max_acquire() const noexcept { return max_acquire_; }

 private:
  // After a fork, what was ours is our parent's.
  void NoticeFork() noexcept;

  int set_id_ = -1;
  int32_t key_ = 0;
  int32_t max_acquire_ = 0;
  uint32_t fork_count_ = 0;  // Tells the process whose counts `taken_` and `counted_` are.
  uint32_t taken_ = 0;       // Acquired by this process and not released.
  uint32_t inherited_ = 0;   // Acquired by the process that forked us, and not released by us.
  bool counted_ = false;     // This process is in `usage`.
  bool auto_release_ = true;
  bool removed_ = false;
};

}  // namespace shmpack
