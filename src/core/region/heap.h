// SPDX-License-Identifier: BSD-3-Clause
//
// The heap: blocks for the values that do not fit into their entry. Blocks lie one after the other from the header's
// end to heap_end, each with its size in front, so the heap can be walked. That, and each entry's word on where its
// value lies, is the truth. Every size changes by one store that leaves the heap walkable. Derived, and computed by
// RebuildHeapLocked(): a block's owner, whether the block before it is free, and the lists of free blocks.
//
// Free blocks are kept in bins by size: exact below 16 units, then eight bins to a power of two. A block comes from the
// first bin in which every block fits, else from the room above heap_end. When only scattered room is left, compaction
// (compact.h) joins it.
//
// Each stripe (stripe.h) keeps the block that it freed last as its spare block, in no list. Values that are overwritten
// by others of their size take turns between two blocks, under the stripe's lock alone.
//
// Everything here needs the region's lock, and the stripe that it is told free. Links and sizes are checked as they are
// read. `false`: they contradict each other; the caller rebuilds.

#pragma once

#include <cstdint>

#include "core/region/region_view.h"

namespace shmpack {

/// The bin that a free block of `units` belongs to.
constexpr uint32_t BinOf(uint32_t units) noexcept {
  if (units < 16) return units;
  const uint32_t log = 31 - static_cast<uint32_t>(__builtin_clz(units));
  return 16 + (log - 4) * 8 + ((units >> (log - 3)) & 7);
}

/// The size that the block at `offset` says it has.
inline uint32_t UnitsOf(RegionView view, uint32_t offset) noexcept {
  return Load(view.block(offset).units) & ~kPreviousFree;
}

/// What may be spared: what is copied in some microseconds, and sixteen of it take little room.
inline constexpr uint32_t kMaxSpareUnits = (128 << 10) / kUnitBytes;

inline constexpr uint32_t kMinimumUnits = 3;  // BlockShm, FreeLinksShm and the size at the end.

/// Whether AllocateLocked() gives a block of `units` to a caller that wants `wanted`: the rest would be no block.
constexpr bool Suits(uint32_t units, uint32_t wanted) noexcept {
  return units >= wanted && units - wanted < kMinimumUnits;
}

/// The spare block of `stripe`, and its size in `*units`. 0: there is none that can be. Only a hint if that stripe is
/// neither locked nor free with the region's lock held.
inline uint32_t SpareBlock(RegionView view, uint32_t stripe, uint32_t* units) noexcept {
  const uint32_t offset = Load(view.header().stripes[stripe].spare_block);
  if (offset < view.heap_begin() || offset >= view.bytes() / kUnitBytes) return 0;
  *units = UnitsOf(view, offset);
  return *units <= view.bytes() / kUnitBytes - offset && Load(view.block(offset).owner) != 0 ? offset : 0;
}

/// A block of at least `*units`, for which it sets the size that it has: the spare one of `stripe` if it suits.
/// `owner` is stored as the owner of any other. `heap_limit` is the offset where the entries begin. kNone: no room in
/// one piece.
Offset AllocateLocked(RegionView view, uint32_t stripe, uint32_t* units, uint32_t owner, uint32_t heap_limit) noexcept;

/// Frees a block: unless it is too large, it becomes the spare one of `stripe`, and the one that was is joined with its
/// free neighbours. Its size in `*units`. False: the heap contradicts itself.
bool FreeLocked(RegionView view, uint32_t stripe, Offset block, uint32_t* units) noexcept;

/// Frees the spare block of `stripe`, if there is one: it may be the room that is missing. False: it is damaged.
bool FreeSpareBlockLocked(RegionView view, uint32_t stripe) noexcept;

/// Size in units of the block at `offset`, 0 if there can be none that ends by `heap_end`. REQUIRES: `offset` is inside
/// the region if it is below `heap_end`.
inline uint32_t BlockSizeLocked(RegionView view, uint32_t offset, uint32_t heap_end) noexcept {
  if (offset < view.heap_begin() || offset >= heap_end) return 0;
  const uint32_t units = UnitsOf(view, offset);
  return units <= heap_end - offset ? units : 0;
}

/// Computes owners, bins, live_units and data_bytes anew from the sizes and from the entries. False: the sizes do not
/// lead from the heap's begin to its end; the region is corrupt. REQUIRES: all stripes are free.
bool RebuildHeapLocked(RegionView view, uint32_t entry_count) noexcept;

/// Copies a value into its block. REQUIRES: it is large enough.
void FillBlock(RegionView view, uint32_t offset, const ValueBytes& value) noexcept;

/// Empties all bins: there is no free block, and no spare one. REQUIRES: all stripes are free.
void ClearBinsLocked(RegionView view) noexcept;

}  // namespace shmpack
