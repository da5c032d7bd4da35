// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/slot_lock.h"

namespace shmpack {

void SettleSlotLocked(SlotShm& slot, uint64_t buffer_bytes, uint64_t state, uint64_t bytes) noexcept {
  CopyIn(BufferOf(slot, buffer_bytes, 0), BufferOf(slot, buffer_bytes, 1), bytes);
  Store(slot.state, state + 1);
}

}  // namespace shmpack
