// SPDX-License-Identifier: BSD-3-Clause
//
// Putting and removing a variable by way of the region's lock. The short ways, under the lock of the key's stripe
// alone, are in stripe.h; what does not go there comes here:
//
//   PutLocked()     finds a place, and the value's room; frees spare blocks, then compacts, where there is none
//   RemoveLocked()  gives the entry and the block back
//
// The commit is the store of the entry's version. Before it nothing has changed that counts. What follows it is derived
// (heap.h, index.h): damage that is met there does not fail the operation, but leaves the region to a repair.

#pragma once

#include <cstdint>

#include "core/region/region_lock.h"
#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/status.h"

namespace shmpack {

/// Stores a value, new or in the place of the old one. Not ok: the old value is there, unchanged. kNoRoom, kCorrupt,
/// kTimeout, kOverwritten; kChanged: the region has to be compacted, and a stripe is not free. REQUIRES, both: the
/// region's lock, and the stripe of `key` free (LockKey()).
Status PutLocked(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline, Left* left) noexcept;

/// Removes a variable. kNotFound, kCorrupt: nothing has changed.
Status RemoveLocked(RegionView view, int64_t key, Left* left) noexcept;

}  // namespace shmpack
