// SPDX-License-Identifier: BSD-3-Clause
//
// SemaphoreSet: the contract of the operating system's keyed semaphore sets (SysV), nothing more.
//
// Free functions over the system's id; no state here, so any thread may call any of them. Several operations given
// together are done all at once or not at all. Results: kOk; kTimeout when the wait ended; kNotFound when the set is
// gone (a caller that opened it by key may open again); kSystem with errno for the rest. A signal never ends a wait.

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/status.h"

namespace shmpack {

/// One step of an operation on a set: as the kernel's struct sembuf.
struct SemaphoreStep {
  uint16_t index;
  int16_t change;  // 0 waits for the value to be 0, a negative one until it does not go below 0.
  bool undo;       // The kernel takes it back when the process ends.
};

/// What the kernel knows of a set.
struct SemaphoreSetInfo {
  uint32_t mode = 0;
  uint32_t owner_uid = 0;
  uint32_t creator_uid = 0;  // Nobody can change it.
  uint32_t semaphores = 0;
  int64_t last_change_s = 0;  // When steps were last done, a time of the system's clock; 0: never.
};

/// Opens the set of `key` with `count` semaphores, or makes it: `*made`. Key 0 always makes one. `*id` is set on
/// success. kNotFound: it came and went meanwhile.
Status OpenSemaphoreSet(int32_t key, int count, int permissions, int* id, bool* made) noexcept;

/// The id of the set under `key`, which is not 0.
Status FindSemaphoreSet(int32_t key, int* id) noexcept;

/// Describes a set, where the kernel allows it even one that this user may not read.
Status DescribeSemaphoreSet(int id, SemaphoreSetInfo* out) noexcept;

/// Does the steps, waiting at most `timeout_s` seconds; 0 does not wait, infinity waits for ever.
Status ChangeSemaphores(int id, const SemaphoreStep* steps, size_t count, double timeout_s) noexcept;

/// Reads a value into `*value`.
Status GetSemaphore(int id, int index, int* value) noexcept;

/// The process that changed or set a semaphore last; 0: none, or one of another pid namespace.
Status GetLastProcess(int id, int index, int* pid) noexcept;

/// Sets a value. The kernel then forgets every process's undo for that semaphore.
Status SetSemaphore(int id, int index, int value) noexcept;

/// Removes the set; waiting processes get kNotFound.
Status RemoveSemaphoreSet(int id) noexcept;

}  // namespace shmpack
