// SPDX-License-Identifier: BSD-3-Clause
//
// Replacing the words of a live entry, seen by readers and by kills as one step.
//
// The old words go into the undo record, the version becomes odd, the words are stored, and the new version, which is
// the stripe's last one, is the commit: a kill before it puts the old words back, a kill after it keeps the new ones.
// The words that are put back get a version of their own, so that a reader that caught some of the others cannot take
// what it has for whole.
//
// Each stripe (stripe.h) has a record. REQUIRES, for all functions: that stripe is locked, or free with the region's
// lock held; it is that of the entry's key.

#pragma once

#include <cstdint>

#include "core/region/region_view.h"
#include "core/region/stripe.h"

namespace shmpack {

/// Loads them. Without the lock, only a version that is even and the same before and after makes them one value.
inline ValueWords LoadValueWords(RegionView view, uint32_t index) noexcept {
  const EntryShm& entry = view.entry(index);
  const uint32_t meta = Load(entry.meta);
  return {meta, {Load(entry.payload), UsesTail(meta) ? Load(view.tail(index).payload) : 0}};
}

/// Stores them. The version is the caller's affair.
inline void StoreValueWords(RegionView view, uint32_t index, const ValueWords& words) noexcept {
  EntryShm& entry = view.entry(index);
  Store(entry.meta, words.meta);
  Store(entry.payload, words.payload[0]);
  if (words.uses_tail()) Store(view.tail(index).payload, words.payload[1]);
}

/// Replaces the words of entry `index`, which were `old`. `swap`: the new ones point to the stripe's spare block, the
/// old ones to one of the same size, which becomes the spare one; a kill between the commit and that leaves the record
/// armed, which says which block it is. REQUIRES: the entry is live and the record is not armed.
[[gnu::always_inline]] inline void OverwriteInStripe(RegionView view, uint32_t stripe, uint32_t index,
                                                     const ValueWords& old, const ValueWords& words,
                                                     bool swap = false) noexcept {
  StripeShm& shm = view.header().stripes[stripe];
  UndoShm& undo = shm.undo;
  EntryShm& entry = view.entry(index);
  const uint64_t version = NextVersionInStripe(view, stripe);
  Store(undo.meta, old.meta);
  Store(undo.payload[0], old.payload[0]);
  if (old.uses_tail()) Store(undo.payload[1], old.payload[1]);
  Store(undo.armed, index + 1);
  Store(entry.version, version | 1);
  StoreValueWords(view, index, words);
  Store(entry.version, version);
  if (swap) Store(shm.spare_block, old.offset());
  Store(undo.armed, 0U);
}

/// Puts back what a killed OverwriteInStripe() left half done, or completes it, if it was committed. False: the record
/// cannot be.
bool UndoOverwriteInStripe(RegionView view, uint32_t stripe, uint32_t entry_count) noexcept;

}  // namespace shmpack
