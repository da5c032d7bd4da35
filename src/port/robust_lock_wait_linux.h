// SPDX-License-Identifier: BSD-3-Clause
//
// Waiting for a lock whose word was not free at first sight. A dead holder is noticed here: by the kernel's mark, or,
// for a holder without a robust list, by asking whether its thread exists.

#pragma once

#include <cstdint>

#include "port/deadline.h"
#include "port/robust_list_linux.h"
#include "port/robust_lock.h"

namespace shmpack {

enum class Wanted : uint8_t { kTheLock, kToSeeItFree };

/// Waits until the deadline. kClean and kOwnerDied: the lock is held if that was wanted. REQUIRES: `self` is filled.
Acquired AwaitWord(ThreadSelf& self, LockShm& lock, Wanted wanted, Deadline& deadline) noexcept;

}  // namespace shmpack
