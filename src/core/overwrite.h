// SPDX-License-Identifier: BSD-3-Clause
//
// Replacing the words of a live slot, seen by readers and by kills as one step.
//
// The old words go into the undo record, the version becomes odd, the words are stored, and the new version is the
// commit: a kill before it puts the old words back, a kill after it keeps the new ones. The words that are put back get
// a version of their own, so that a reader that caught some of the others cannot take what it has for whole.
//
// Each stripe (stripe.h) has a record. REQUIRES, for both functions: that stripe is locked, or free with the region's
// lock held; it is that of the slot's key.

#pragma once

#include <cstdint>

#include "core/region_view.h"

namespace shmpack {

/// Loads them. Without the lock, only a version that is even and the same before and after makes them one value.
inline ValueWords LoadValueWords(const SlotShm& slot) noexcept {
  return {Load(slot.meta), {Load(slot.payload[0]), Load(slot.payload[1])}};
}

/// Stores them. The version is the caller's affair.
inline void StoreValueWords(SlotShm& slot, const ValueWords& words) noexcept {
  Store(slot.meta, words.meta);
  Store(slot.payload[0], words.payload[0]);
  Store(slot.payload[1], words.payload[1]);
}

/// REQUIRES: slot `index` is live and the undo record is not armed.
void OverwriteLocked(const RegionView& view, uint32_t stripe, uint32_t index, const ValueWords& words) noexcept;

/// Puts back what a killed OverwriteLocked() left half done. False: the record cannot be.
bool UndoOverwriteLocked(const RegionView& view, uint32_t stripe, uint32_t slot_count) noexcept;

}  // namespace shmpack
