// SPDX-License-Identifier: BSD-3-Clause
//
// Semaphore: a process's handle to the keyed semaphore that PHP's ext/sysvsem makes, compatible with it byte for byte.
//
// The kernel object is a set of three SysV semaphores. Every operation on it has SEM_UNDO.
//
//   0 value   starts at max_acquire; down to acquire, up to release
//   1 usage   how many handles are open; the handle that brings it to 1 sets `value`
//   2 setval  0 or 1: the guard, held while `usage` is looked at and `value` is set
//
// Threads: one thread at a time uses a handle. Processes: any number, of this library, of ext/sysvsem or of another
// program that follows the protocol. A killed process leaves nothing: the kernel takes back what it did.
//
// Fork: parent and child may use the same handle. The kernel gives a child no undo, so the handle remembers in which
// process it counted:
//
//   - A child's Close() gives back only what the child itself took.
//   - A child may release what its parent acquired, by calling Release().
//   - A child that acquires counts itself as a user first.
//
// The handle is trivially destructible and owns its counts until Close().

#pragma once

#include <cstdint>

#include "shmpack/status.h"
#include "shmpack/trusted_owners.h"

namespace shmpack {

/// What the system shows of a semaphore.
struct SemaphoreState {
  int value = -1;  // How many can be acquired. -1: this user may not read it; so with `users`.
  int users = -1;
  uint32_t mode = 0;
  uint32_t owner_uid = 0;
};

class Semaphore {
 public:
  Semaphore() noexcept = default;

  /// Opens the set of `key`. Makes it with mode `permissions` if it does not exist; key 0 (IPC_PRIVATE) makes a new
  /// one. Starts again when another process removes the set meanwhile. Waits at most `lock_timeout_s` for the guard.
  /// With `auto_release` false, Close() leaves the counts to the end of the process.
  ///
  /// On failure the handle is unchanged. A set that this call made is removed, unless another process has used it
  /// meanwhile.
  ///   kTimeout    another process held the guard
  ///   kStillHeld  it held the guard at an earlier kTimeout in this process, too, and the set shows no other holder
  ///               since; so this call waited for a moment at most
  ///   kUntrusted  the maker of the set is not in `trusted` (null trusts every user)
  ///   kNotFound   other processes keep removing the set
  ///   kSystem     the text names the step; "" is the opening itself
  /// A set that is open, but whose users could not be counted or whose value could not be set: `*limit_status` says
  /// why. Else `*limit_status` is ok. REQUIRES: the handle is not open.
  Status Open(int32_t key, int32_t max_acquire, int permissions, bool auto_release, double lock_timeout_s,
              Status* limit_status, const TrustedOwners* trusted = nullptr) noexcept;

  /// Takes one. Waits at most `timeout_s` seconds: 0 does not wait, infinity has no end. A signal does not end the
  /// wait. kTimeout, kNotFound, kSystem: nothing is taken.
  Status Acquire(double timeout_s) noexcept;

  /// Gives one back: first what this process took, then what it inherited. Does not block. kNotFound: none is held.
  /// kSystem.
  Status Release() noexcept;

  /// Removes the set from the system. Waiting processes wake with an error. Close() then has nothing to do. kNotFound:
  /// the set is gone already. kSystem.
  Status Remove() noexcept;

  /// Gives back what this process took and counted, unless Open() was told to leave it. The handle is then as new. It
  /// cannot fail: a set that is gone needs nothing back. Does not block.
  void Close() noexcept;

  /// The set as the system shows it now. Does not block. kNotFound: it was removed. kSystem.
  Status Look(SemaphoreState* out) const noexcept;

  bool is_open() const noexcept { return set_id_ >= 0; }
  int32_t key() const noexcept { return key_; }
  int set_id() const noexcept { return set_id_; }
  /// How many were acquired through this handle and not released.
  uint32_t held() const noexcept { return taken_ + inherited_; }
  /// How many may be acquired at once, if this handle set that. 0: not known.
  int32_t max_acquire() const noexcept { return max_acquire_; }

 private:
  // After a fork: what the handle took is the parent's.
  void NoticeFork() noexcept;

  int set_id_ = -1;
  int32_t key_ = 0;
  int32_t max_acquire_ = 0;
  uint32_t fork_count_ = 0;  // Of the process to which `taken_` and `counted_` belong.
  uint32_t taken_ = 0;       // Acquired by this process and not released.
  uint32_t inherited_ = 0;   // Acquired by a process that forked this one, and not released by this one.
  bool counted_ = false;     // This process is in `usage`.
  bool auto_release_ = true;
  bool removed_ = false;
};

}  // namespace shmpack
