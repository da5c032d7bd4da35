// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/heap.h"

#include <algorithm>

#include "core/region/overwrite.h"

namespace shmpack {

namespace {

constexpr uint32_t kTriesInOwnBin = 8;

FreeLinksShm& Links(RegionView view, uint32_t offset) noexcept {
  return *reinterpret_cast<FreeLinksShm*>(view.at(offset) + sizeof(BlockShm));
}

/// The word at a free block's end that repeats its size. `behind` is the offset just behind the block.
SharedU32& SizeAtEnd(RegionView view, uint32_t behind) noexcept {
  return *reinterpret_cast<SharedU32*>(view.at(behind) - sizeof(uint32_t));
}

bool IsFree(RegionView view, uint32_t offset) noexcept { return Load(view.block(offset).owner) == 0; }

void SetPreviousFree(RegionView view, uint32_t offset, bool previous_free) noexcept {
  SharedU32& units = view.block(offset).units;
  const uint32_t size = Load(units) & ~kPreviousFree;
  Store(units, previous_free ? size | kPreviousFree : size);
}

/// Changes a block's size and keeps its flag.
void SetSize(RegionView view, uint32_t offset, uint32_t size) noexcept {
  SharedU32& units = view.block(offset).units;
  Store(units, (Load(units) & kPreviousFree) | size);
}

/// heap_end, or 0, below every block, if it cannot be.
uint32_t LoadHeapEnd(RegionView view) noexcept {
  const uint32_t end = Load(view.header().writer.heap_end);
  return end >= view.heap_begin() && end <= view.bytes() / kUnitBytes ? end : 0;
}

/// The first block of a bin, 0: it is empty. What stands in the head of an empty bin means nothing.
uint32_t FirstOf(const FreeBinsShm& bins, uint32_t bin) noexcept {
  return (Load(bins.used[bin / 64]) >> (bin % 64) & 1) != 0 ? Load(bins.head[bin]) : 0;
}

/// Whether a link leads to a free block inside the heap.
bool LeadsToFree(RegionView view, uint32_t offset, uint32_t heap_end) noexcept {
  return BlockSizeLocked(view, offset, heap_end) >= kMinimumUnits && IsFree(view, offset);
}

void InsertIntoBin(RegionView view, uint32_t offset, uint32_t units, uint32_t heap_end) noexcept {
  FreeBinsShm& bins = view.header().bins;
  const uint32_t bin = BinOf(units);
  uint32_t first = FirstOf(bins, bin);
  if (first != 0 && !LeadsToFree(view, first, heap_end)) first = 0;
  Store(Links(view, offset).next, first);
  Store(Links(view, offset).previous, 0U);
  Store(SizeAtEnd(view, offset + units), units);
  if (first != 0) Store(Links(view, first).previous, offset);
  Store(bins.head[bin], offset);
  SharedU64& used = bins.used[bin / 64];
  Store(used, Load(used) | uint64_t{1} << (bin % 64));
}

bool RemoveFromBin(RegionView view, uint32_t offset, uint32_t units, uint32_t heap_end) noexcept {
  FreeBinsShm& bins = view.header().bins;
  const uint32_t bin = BinOf(units);
  const uint32_t next = Load(Links(view, offset).next);
  const uint32_t previous = Load(Links(view, offset).previous);
  if (next != 0 && !LeadsToFree(view, next, heap_end)) return false;
  if (previous != 0 && !LeadsToFree(view, previous, heap_end)) return false;
  if (next != 0) Store(Links(view, next).previous, previous);
  if (previous != 0) {
    Store(Links(view, previous).next, next);
    return true;
  }
  Store(bins.head[bin], next);
  if (next == 0) {
    SharedU64& used = bins.used[bin / 64];
    Store(used, Load(used) & ~(uint64_t{1} << (bin % 64)));
  }
  return true;
}

/// A free block of at least `units`, 0 if the bins have none.
uint32_t FindFree(RegionView view, uint32_t units, uint32_t heap_end) noexcept {
  const FreeBinsShm& bins = view.header().bins;
  const uint32_t own_bin = BinOf(units);
  uint32_t offset = FirstOf(bins, own_bin);
  for (uint32_t tries = 0; offset != 0 && tries < kTriesInOwnBin; ++tries) {
    if (!LeadsToFree(view, offset, heap_end)) return 0;
    if (BlockSizeLocked(view, offset, heap_end) >= units) return offset;
    offset = Load(Links(view, offset).next);
  }
  for (uint32_t bin = own_bin + 1; bin < kBinCount;) {
    const uint64_t used = Load(bins.used[bin / 64]) >> (bin % 64);
    if (used == 0) {
      bin = (bin / 64 + 1) * 64;
      continue;
    }
    bin += static_cast<uint32_t>(__builtin_ctzll(used));
    offset = Load(bins.head[bin]);
    return LeadsToFree(view, offset, heap_end) && BlockSizeLocked(view, offset, heap_end) >= units ? offset : 0;
  }
  return 0;
}

/// Frees a block that is in no list: joins it with its free neighbours.
bool JoinFree(RegionView view, uint32_t offset, uint32_t heap_end) noexcept {
  uint32_t size = BlockSizeLocked(view, offset, heap_end);
  if (size < kMinimumUnits) return false;
  Store(view.block(offset).owner, 0U);
  if (offset + size < heap_end && IsFree(view, offset + size)) {
    const uint32_t next_size = BlockSizeLocked(view, offset + size, heap_end);
    if (next_size < kMinimumUnits || !RemoveFromBin(view, offset + size, next_size, heap_end)) return false;
    size += next_size;
    SetSize(view, offset, size);
  }
  if ((Load(view.block(offset).units) & kPreviousFree) != 0) {
    const uint32_t previous_size = Load(SizeAtEnd(view, offset));
    if (previous_size < kMinimumUnits || previous_size > offset - view.heap_begin()) return false;
    const uint32_t previous = offset - previous_size;
    if (BlockSizeLocked(view, previous, heap_end) != previous_size || !IsFree(view, previous)) return false;
    if (!RemoveFromBin(view, previous, previous_size, heap_end)) return false;
    offset = previous;
    size += previous_size;
    SetSize(view, offset, size);
  }
  if (offset + size == heap_end) {
    Store(view.header().writer.heap_end, offset);
    return true;
  }
  InsertIntoBin(view, offset, size, heap_end);
  SetPreviousFree(view, offset + size, true);
  return true;
}

/// Whether the value of an entry lies in the block at `offset`.
bool LivesIn(RegionView view, uint32_t index, uint32_t offset) noexcept {
  if (Load(view.entry(index).version) == 0) return false;
  const ValueWords words = LoadValueWords(view, index);
  return words.in_heap() && words.offset() == offset;
}

}  // namespace

Offset AllocateLocked(RegionView view, uint32_t stripe, uint32_t* units, uint32_t owner, uint32_t heap_limit) noexcept {
  const uint32_t wanted = std::max(*units, kMinimumUnits);
  const uint32_t heap_end = LoadHeapEnd(view);
  if (heap_end == 0) return Offset::kNone;
  *units = wanted;
  uint32_t spare_units = 0;
  if (const uint32_t spare = SpareBlock(view, stripe, &spare_units); spare != 0 && Suits(spare_units, wanted)) {
    Store(view.header().stripes[stripe].spare_block, 0U);
    *units = spare_units;
    return Offset{spare};
  }
  const uint32_t offset = FindFree(view, wanted, heap_end);
  if (offset == 0) {
    if (heap_limit < heap_end || heap_limit - heap_end < wanted) return Offset::kNone;
    Store(view.block(heap_end).units, wanted);
    Store(view.block(heap_end).owner, owner);
    Store(view.header().writer.heap_end, heap_end + wanted);
    return Offset{heap_end};
  }
  const uint32_t size = BlockSizeLocked(view, offset, heap_end);
  if (size < wanted || !RemoveFromBin(view, offset, size, heap_end)) return Offset::kNone;
  if (size - wanted >= kMinimumUnits) {
    // The rest gets its own header while it still lies inside the block; the block's size is what parts them.
    Store(view.block(offset + wanted).units, size - wanted);
    Store(view.block(offset + wanted).owner, 0U);
    InsertIntoBin(view, offset + wanted, size - wanted, heap_end);
    SetSize(view, offset, wanted);
  } else {
    *units = size;
    if (offset + size < heap_end) SetPreviousFree(view, offset + size, false);
  }
  Store(view.block(offset).owner, owner);
  return Offset{offset};
}

bool FreeLocked(RegionView view, uint32_t stripe, Offset block, uint32_t* units) noexcept {
  const uint32_t heap_end = LoadHeapEnd(view);
  const auto offset = static_cast<uint32_t>(block);
  *units = BlockSizeLocked(view, offset, heap_end);
  if (*units < kMinimumUnits) return false;
  if (*units > kMaxSpareUnits) return JoinFree(view, offset, heap_end);
  SharedU32& spare = view.header().stripes[stripe].spare_block;
  const uint32_t old_spare = Load(spare);
  Store(spare, offset);
  return old_spare == 0 || (old_spare != offset && JoinFree(view, old_spare, heap_end));
}

bool FreeSpareBlockLocked(RegionView view, uint32_t stripe) noexcept {
  SharedU32& spare = view.header().stripes[stripe].spare_block;
  const uint32_t offset = Load(spare);
  if (offset == 0) return true;
  Store(spare, 0U);
  return JoinFree(view, offset, LoadHeapEnd(view));
}

void FillBlock(RegionView view, uint32_t offset, const ValueBytes& value) noexcept {
  uint8_t* const bytes = view.at(offset) + sizeof(BlockShm);
  CopyIn(bytes, value.head, value.head_bytes);
  if (value.body_bytes != 0) CopyIn(bytes + value.head_bytes, value.body, value.body_bytes);
}

bool RebuildHeapLocked(RegionView view, uint32_t entry_count) noexcept {
  WriterShm& writer = view.header().writer;
  const uint32_t heap_end = Load(writer.heap_end);
  if (heap_end < view.heap_begin() || heap_end > view.entries_begin(entry_count)) return false;
  ClearBinsLocked(view);
  uint64_t data_bytes = 0;
  for (uint32_t i = 0; i < entry_count; ++i) {
    if (Load(view.entry(i).version) == 0) continue;
    const ValueWords words = LoadValueWords(view, i);
    if (!words.in_heap()) continue;
    if (!view.HoldsInHeap(words)) return false;
    Store(view.block(words.offset()).owner, i + 1);
    data_bytes += ChargedBytes(words.length());
  }
  uint32_t live_units = 0;
  uint32_t free_begin = 0;  // Of the run of free blocks that ends at `offset`; 0: the block before it is live.
  for (uint32_t offset = view.heap_begin(); offset < heap_end;) {
    const uint32_t size = BlockSizeLocked(view, offset, heap_end);
    if (size < kMinimumUnits) return false;
    const uint32_t owner = Load(view.block(offset).owner);
    if (owner != 0 && owner <= entry_count && LivesIn(view, owner - 1, offset)) {
      live_units += size;
      if (free_begin != 0) {
        SetSize(view, free_begin, offset - free_begin);
        InsertIntoBin(view, free_begin, offset - free_begin, heap_end);
      }
      SetPreviousFree(view, offset, free_begin != 0);
      free_begin = 0;
    } else {
      Store(view.block(offset).owner, 0U);
      if (free_begin == 0) {
        free_begin = offset;
        SetPreviousFree(view, offset, false);
      }
    }
    offset += size;
  }
  if (free_begin != 0) Store(writer.heap_end, free_begin);
  Store(writer.live_units, live_units);
  Store(writer.data_bytes, data_bytes);
  return true;
}

void ClearBinsLocked(RegionView view) noexcept {
  for (SharedU64& used : view.header().bins.used) Store(used, uint64_t{0});
  for (StripeShm& stripe : view.header().stripes) Store(stripe.spare_block, 0U);
}

}  // namespace shmpack
