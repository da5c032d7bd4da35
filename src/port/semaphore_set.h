// SPDX-License-Identifier: BSD-3-Clause
//
// Semaphore sets under integer keys (SysV), as the operating system has them.
//
// Functions over the system's id, without a state of their own, so any thread may call any of them. Steps that are
// given together are done all at once or not at all. A signal never ends a wait. Results:
//
//   kOk
//   kTimeout   the wait ended
//   kNotFound  the set is gone; a caller that opened it by key may open it again
//   kSystem    everything else, with errno

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/status.h"

namespace shmpack {

/// One step of an operation on a set: as the kernel's struct sembuf.
struct SemaphoreStep {
  uint16_t index;
  int16_t change;  // 0 waits for the value 0; a negative one waits until the value does not go below 0.
  bool undo;       // The kernel takes the change back when the process ends.
};

/// What the kernel knows of a set.
struct SemaphoreSetInfo {
  uint32_t mode = 0;
  uint32_t owner_uid = 0;
  uint32_t creator_uid = 0;  // No process can change it.
  uint32_t semaphores = 0;
  int64_t last_change_s = 0;  // When steps were last done, by the system's clock; 0: never.
};

/// Opens the set of `key` with at least `count` semaphores, or makes it: `*made`. Key 0 always makes one. `*id` is set
/// on success. kNotFound: another process made the set meanwhile; call again.
Status OpenSemaphoreSet(int32_t key, int count, int permissions, int* id, bool* made) noexcept;

/// Finds the set under `key`, which is not 0.
Status FindSemaphoreSet(int32_t key, int* id) noexcept;

/// Describes a set; where the kernel allows it, also one that this user may not read.
Status DescribeSemaphoreSet(int id, SemaphoreSetInfo* out) noexcept;

/// Does the steps. Waits at most `timeout_s` seconds: 0 does not wait, infinity has no end.
Status ChangeSemaphores(int id, const SemaphoreStep* steps, size_t count, double timeout_s) noexcept;

/// Reads a value into `*value`.
Status GetSemaphore(int id, int index, int* value) noexcept;

/// The last process that changed or set a semaphore. 0: none, or one of another pid namespace.
Status GetLastProcess(int id, int index, int* pid) noexcept;

/// Sets a value. The kernel then forgets the undo of every process for that semaphore.
Status SetSemaphore(int id, int index, int value) noexcept;

/// Removes the set; waiting processes get kNotFound.
Status RemoveSemaphoreSet(int id) noexcept;

}  // namespace shmpack
