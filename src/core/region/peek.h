// SPDX-License-Identifier: BSD-3-Clause
//
// Looking a variable up: which entry, which version, how long, and its first bytes. With or without the lock; what was
// seen is one version's, or it was not seen. Nothing here stores to shared memory.

#pragma once

#include <cstdint>

#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/region.h"
#include "shmpack/status.h"

namespace shmpack {

/// One look without the lock. kNotFound, kChanged (writers were in the way, or died there), kCorrupt (which may be
/// their doing, too).
Status PeekLockFree(RegionView view, int64_t key, Peeked* out) noexcept;

/// The same at entry `index`, where `key` may be. kChanged: it is being written, or is another's by now. kCorrupt.
/// REQUIRES: index < max_entries().
Status PeekEntry(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept;

/// REQUIRES: the region's lock, and the stripe of `key` free (LockKey). kNotFound, kCorrupt.
Status PeekLocked(RegionView view, int64_t key, Peeked* out) noexcept;

/// For a reader that may not take the lock: waits for writers until the timeout, and reads around one that died, whom
/// only the next writer's repair removes. kNotFound, kTimeout, kCorrupt.
Status PeekWithoutLock(RegionView view, int64_t key, Deadline& deadline, Peeked* out) noexcept;

/// Whether what was peeked at is still what entry `index` holds. Whoever copied bytes of it asks afterwards.
inline bool IsUnchanged(RegionView view, uint32_t index, uint64_t version) noexcept {
  // An entry that compaction gave back may hold a value's bytes by now, even where its version was. They were stored
  // after entry_count was lowered, so who saw them, and looks at entry_count afterwards, sees that, too; unless the
  // entry is there again, and then its version is another.
  const SharedU64& now = view.entry(index).version;
  return Load(now) == version && index < Load(view.header().index.entry_count) && Load(now) == version;
}

}  // namespace shmpack
