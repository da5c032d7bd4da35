// SPDX-License-Identifier: BSD-3-Clause
//
// A slot's two buffers, and its lock, which lets one put at a time change them.
//
// The slot's `state` counts the changes; its bit 0 names the buffer that holds the value. A put
//
//   1. takes the slot's lock,
//   2. copies the new bytes to the other buffer,
//   3. adds 1 to the state: the commit.
//
// A get needs no lock: it copies the buffer that the state names. If the state is the same afterwards, no put was
// writing to that buffer. A put that is killed before the commit has changed nothing.
//
// A pinned slot has an address that other processes keep: buffer 0. There the value has to lie whenever the lock is
// free, so a put to it also
//
//   4. copies buffer 1 to buffer 0,
//   5. adds 1 to the state.
//
// A kill between 3 and 5 leaves the new value, in buffer 1. The next holder of the slot's lock does 4 and 5.

#pragma once

#include <algorithm>
#include <cstdint>

#include "core/slots/slot_table_view.h"
#include "port/deadline.h"
#include "port/robust_lock.h"

namespace shmpack {

/// Steps 4 and 5: brings `bytes` bytes of a value home from buffer 1 to buffer 0. A kill before the last store leaves
/// the value in buffer 1.
void SettleSlotLocked(SlotShm& slot, uint64_t buffer_bytes, uint64_t state, uint64_t bytes) noexcept;

/// Takes a slot's lock, and finishes the put of a dead holder. False: timed out.
inline bool LockSlot(SlotShm& slot, uint64_t buffer_bytes, Deadline deadline) noexcept {
  if (AcquireRobustLock(slot.lock, deadline) == Acquired::kTimeout) [[unlikely]]
    return false;
  // A holder leaves a pinned slot with an even state, unless it died. (Or the bytes are hostile: that costs a copy.)
  const uint64_t state = Load(slot.state);
  if (Load(slot.pinned) != 0 && (state & 1) != 0) [[unlikely]] {
    SettleSlotLocked(slot, buffer_bytes, state, std::min<uint64_t>(Load(slot.put_bytes), buffer_bytes));
  }
  return true;
}

}  // namespace shmpack
