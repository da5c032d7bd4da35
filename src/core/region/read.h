// SPDX-License-Identifier: BSD-3-Clause
//
// Looking a variable up: its entry, version, length and first bytes. Nothing here stores to shared memory. What a
// function reports is one version's; shmpack/entry_read.h has the protocol and its proof.
//
//   Region::Peek()   PeekOnce() until it answers; then PeekLocked(), or PeekReadOnly() without the right to write
//   PeekOnce()       FindEntry() (index.h), then PeekEntry()
//   PeekReadOnly()   PeekOnce() with pauses; behind a dead writer it searches all entries and reads undo records

#pragma once

#include <cstdint>

#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/region.h"
#include "shmpack/status.h"

namespace shmpack {

/// One look without the lock. kNotFound; kChanged: a writer was in the way, or died there; kCorrupt, which a writer may
/// have caused, too.
Status PeekOnce(RegionView view, int64_t key, Peeked* out) noexcept;

/// The same at entry `index`, where `key` may be. kChanged: it is being written, or belongs to another key by now.
/// kCorrupt. REQUIRES: index < max_entries().
Status PeekEntry(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept;

/// The same with nobody in the way. kNotFound, kCorrupt. REQUIRES: the region's lock, and the stripe of `key` free
/// (LockKey()).
Status PeekLocked(RegionView view, int64_t key, Peeked* out) noexcept;

/// For a reader that may not take the lock: waits for writers until the timeout, and reads around one that died, which
/// only the next writer repairs. kNotFound, kTimeout, kCorrupt, kOverwritten.
Status PeekReadOnly(RegionView view, int64_t key, Deadline& deadline, Peeked* out) noexcept;

}  // namespace shmpack
