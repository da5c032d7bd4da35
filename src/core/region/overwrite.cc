// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/overwrite.h"

namespace shmpack {

bool UndoOverwriteInStripe(RegionView view, uint32_t stripe, uint32_t entry_count) noexcept {
  StripeShm& shm = view.header().stripes[stripe];
  UndoShm& undo = shm.undo;
  const uint32_t armed = Load(undo.armed);
  if (armed == 0) return true;
  if (armed > entry_count) return false;
  EntryShm& entry = view.entry(armed - 1);
  const ValueWords old = {Load(undo.meta), {Load(undo.payload[0]), Load(undo.payload[1])}};
  if (Load(entry.version) != Load(shm.last_version)) {
    const uint64_t version = NextVersionInStripe(view, stripe);
    Store(entry.version, version | 1);
    StoreValueWords(view, armed - 1, old);
    // A kill before this one finds the version unequal to the last one, and the same words are put back again; a kill
    // after it finds them equal, and the words those of the record: there is nothing left to do.
    Store(entry.version, version);
  } else if (const ValueWords now = LoadValueWords(view, armed - 1);
             view.HoldsInHeap(old) && view.HoldsInHeap(now) && old.offset() != now.offset()) {
    // Under the region's lock nothing is swapped; but after a kill there the whole heap is computed anew, whatever is
    // said here.
    Store(shm.spare_block, old.offset());
  }
  Store(undo.armed, 0U);
  return true;
}

}  // namespace shmpack
