// SPDX-License-Identifier: BSD-3-Clause

#include "core/overwrite.h"

#include "core/stripe.h"

namespace shmpack {

void OverwriteLocked(const RegionView& view, uint32_t stripe, uint32_t index, const ValueWords& words) noexcept {
  UndoShm& undo = view.header().stripes[stripe].undo;
  SlotShm& slot = view.slot(index);
  const ValueWords old = LoadValueWords(slot);
  const uint64_t version = NextVersionLocked(view, stripe);
  Store(undo.meta, old.meta);
  Store(undo.payload[0], old.payload[0]);
  Store(undo.payload[1], old.payload[1]);
  Store(undo.new_version, version);
  Store(undo.armed, index + 1);
  Store(slot.version, version | 1);
  StoreValueWords(slot, words);
  Store(slot.version, version);
  Store(undo.armed, 0U);
}

bool UndoOverwriteLocked(const RegionView& view, uint32_t stripe, uint32_t slot_count) noexcept {
  UndoShm& undo = view.header().stripes[stripe].undo;
  const uint32_t armed = Load(undo.armed);
  if (armed == 0) return true;
  if (armed > slot_count) return false;
  SlotShm& slot = view.slot(armed - 1);
  if (Load(slot.version) != Load(undo.new_version)) {
    const uint64_t version = NextVersionLocked(view, stripe);
    Store(slot.version, version | 1);
    StoreValueWords(slot, {Load(undo.meta), {Load(undo.payload[0]), Load(undo.payload[1])}});
    // A kill right here finds new_version unequal to the slot's once more, and the same words are put back again.
    Store(slot.version, version);
  }
  Store(undo.armed, 0U);
  return true;
}

}  // namespace shmpack
