// SPDX-License-Identifier: BSD-3-Clause
//
// Stripes: sixteenths of the keys, by their hash, each with a lock of its own. A put that changes nothing but one
// variable holds its stripe's lock alone, so two processes that write to different stripes do not wait for each other:
//
//   ReplaceInEntry()  the old and the new value are both kept in the entry
//   ReplaceInBlock()  both take a block of one size: the value goes into the stripe's spare block, and the old block
//                     becomes the spare one
//
// Everything else is done under the region's lock. How the two exclude each other:
//
//   1. Each side takes its own lock first, and then looks at the other's, in one order for all (RobustLockIsFree()).
//   2. A holder of a stripe that finds the region's lock taken gives the stripe back, with nothing done.
//   3. A holder of the region's lock waits until the stripe of its key is free; before it touches every entry, until
//   all
//      are.
//
// So nobody waits for the region's lock with a stripe in hand, nobody holds two locks, and RobustLockIsFree() is all
// that they need of each other.
//
// A kill. With a stripe's lock held: the kernel marks the stripe's word. The next holder of the stripe leaves it marked
// and takes the region's lock; the holder of that puts back what the stripe's undo record says. With the region's lock
// held: its word is not free, so nobody uses a stripe until the repair, which goes through all of them.
//
// Names. `...InStripe` functions need the stripe locked by the caller, or free with the region's lock held.

#pragma once

#include <cstdint>

#include "core/region/index.h"
#include "core/region/region_view.h"
#include "port/deadline.h"
#include "shmpack/status.h"

namespace shmpack {

/// The stripe of what Keyed() gives: the first bits of its product with 2^64 over the golden ratio (Knuth's
/// multiplicative hashing). One multiplication, because a put may need nothing else of the key's hash.
constexpr uint32_t StripeOfKeyed(uint64_t keyed) noexcept {
  return static_cast<uint32_t>(keyed * 0x9e37'79b9'7f4a'7c15ULL >> (64 - kStripeBits));
}

/// The stripe of a key.
inline uint32_t StripeOf(RegionView view, int64_t key) noexcept { return StripeOfKeyed(Keyed(view, key)); }

/// After this one no stripe gives versions any more: at a hundred million a second that is in ninety years.
inline constexpr uint64_t kLastVersion = uint64_t{1} << 63;

/// How long a stripe is waited for with the region's lock in hand, in milliseconds. A holder that runs is done long
/// before; a stopped one shall not make others wait for the region.
inline constexpr uint32_t kBriefMs = 1;

/// A version that no entry of this region ever had: the stripe is part of it. REQUIRES: `stripe` is locked, or free
/// with the region's lock held.
inline uint64_t NextVersionInStripe(RegionView view, uint32_t stripe) noexcept {
  constexpr uint64_t kTagBits = 2 * kStripeCount - 1;
  SharedU64& last = view.header().stripes[stripe].last_version;
  const uint64_t version = ((Load(last) | kTagBits) + 1) | (stripe << 1);
  Store(last, version);
  return version;
}

/// Waits until `stripe` is free, and puts back what a killed holder left half done. It stays free while the region's
/// lock is held. REQUIRES: the region's lock. kTimeout, kCorrupt, kOverwritten.
Status AwaitStripeLocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept;

/// The same for all stripes: before every entry is touched, and in each repair, which cannot know whose undo record the
/// dead holder of the region's lock was using.
Status AwaitAllStripesLocked(RegionView view, Deadline& deadline) noexcept;

/// Waits, without the region's lock, until it makes sense to ask for the stripes once more. kTimeout, kOverwritten.
Status AwaitStripeUnlocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept;
Status AwaitAllStripesUnlocked(RegionView view, Deadline& deadline) noexcept;

/// Replaces the value of `key` under its stripe's lock, if both it and `words` are kept in the entry. False: that is
/// not so, or somebody holds the region's lock, or a lock cannot be had; nothing has changed, and the region's lock is
/// needed to go on.
bool ReplaceInEntry(RegionView view, int64_t key, const ValueWords& words, Deadline& deadline) noexcept;

/// The same, if it and `value` need blocks of the size that the stripe's spare one has.
bool ReplaceInBlock(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline) noexcept;

}  // namespace shmpack
