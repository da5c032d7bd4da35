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

/// Opens or makes the set of `key` with `count` semaphores. `*id` is set on success.
Status OpenSemaphoreSet(int32_t key, int count, int permissions, int* id) noexcept;

/// Does the steps, waiting at most `timeout_s` seconds; 0 does not wait, infinity waits for ever.
Status ChangeSemaphores(int id, const SemaphoreStep* steps, size_t count, double timeout_s) noexcept;

/// Reads a value into `*value`.
Status GetSemaphore(int id, int index, int* value) noexcept;

/// Sets a value. The kernel then forgets every process's undo for that semaphore.
Status SetSemaphore(int id, int index, int value) noexcept;

/// Whether the set exists and may be looked at.
Status LookAtSemaphoreSet(int id) noexcept;

/// Removes the set; waiting processes get kNotFound.
Status RemoveSemaphoreSet(int id) noexcept;

}  // namespace shmpack
