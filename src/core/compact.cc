// SPDX-License-Identifier: BSD-3-Clause

#include "core/compact.h"

#include <algorithm>

#include "core/heap.h"
#include "core/index.h"
#include "core/overwrite.h"
#include "core/repair.h"
#include "core/stripe.h"

namespace shmpack {

namespace {

uint32_t StripeOfSlot(RegionView view, const SlotShm& slot) noexcept {
  return StripeOf(view, static_cast<int64_t>(Load(slot.key)));
}

/// Slides the armed block down by pieces no longer than its way, so that no piece overlaps its copy and any of them can
/// be copied again; then points its slot there and leaves the room behind it as a free block.
void SlideArmedBlock(RegionView view, uint32_t slot_index, uint32_t from, uint32_t to, uint32_t units) noexcept {
  MoveShm& move = view.header().move;
  SlotShm& slot = view.slot(slot_index);
  const uint32_t gap = from - to;
  const uint64_t version = NextVersionLocked(view, StripeOfSlot(view, slot));
  Store(slot.version, version | 1);
  for (uint32_t moved = std::min(Load(move.moved_units), units); moved < units;) {
    const uint32_t piece = std::min(gap, units - moved);
    CopyIn(view.at(to + moved), view.at(from + moved), uint64_t{piece} * kUnitBytes);
    moved += piece;
    Store(move.moved_units, moved);
  }
  Store(view.block(to).units, units);  // Without the flag that came along: what lies below is no free block.
  Store(view.block(to + units).units, gap);
  Store(view.block(to + units).owner, 0U);
  Store(slot.payload, ValueWords::InHeap(Offset{to}, LoadValueWords(view, slot_index).length()).payload[0]);
  Store(slot.version, version);
  Store(move.armed, 0U);
}

/// Moves the value of slot `from` into free slot `to` of the same table.
void MoveSlot(RegionView view, uint32_t from, uint32_t to) noexcept {
  MoveShm& move = view.header().move;
  Store(move.slot_to, to);
  Store(move.slot_from, from + 1);
  Store(view.slot(to).key, Load(view.slot(from).key));
  StoreValueWords(view, to, LoadValueWords(view, from));
  Store(view.slot(to).version, NextVersionLocked(view, StripeOfSlot(view, view.slot(from))));
  Store(view.slot(from).version, uint64_t{0});
  Store(move.slot_from, 0U);
}

/// Closes the holes in the table of slots and gives back its end. Returns how many slots are left.
uint32_t CompactSlots(RegionView view, uint32_t slot_count) noexcept {
  uint32_t low = 0;
  uint32_t high = slot_count;
  for (;;) {
    while (high > low && Load(view.slot(high - 1).version) == 0) --high;
    while (low < high && Load(view.slot(low).version) != 0) ++low;
    if (low >= high) break;
    // Never the same slot twice: hostile bytes may make it live again behind us.
    MoveSlot(view, --high, low++);
  }
  Store(view.header().index.slot_count, high);
  return high;
}

/// Slides all blocks to the heap's begin. REQUIRES: owners are right. False: the heap cannot be walked.
bool CompactHeap(RegionView view, uint32_t slot_count) noexcept {
  WriterShm& writer = view.header().writer;
  MoveShm& move = view.header().move;
  const uint32_t heap_end = Load(writer.heap_end);
  if (heap_end < view.heap_begin() || heap_end > view.slots_begin(slot_count)) return false;
  uint32_t to = view.heap_begin();
  for (uint32_t from = to; from < heap_end;) {
    const uint32_t units = BlockSizeLocked(view, from, heap_end);
    if (units == 0) return false;
    const uint32_t owner = Load(view.block(from).owner);
    if (owner == 0 || owner > slot_count) {
      // One free block from `to` to here, so that a repair can still walk the heap.
      if (to != from) Store(view.block(to).units, from + units - to);
    } else if (to == from) {
      Store(view.block(to).units, units);
      to += units;
    } else {
      Store(move.from, from);
      Store(move.to, to);
      Store(move.units, units);
      Store(move.moved_units, 0U);
      Store(move.armed, owner);
      SlideArmedBlock(view, owner - 1, from, to, units);
      to += units;
    }
    from += units;
  }
  Store(writer.heap_end, to);
  return true;
}

}  // namespace

bool FitsCompactedLocked(RegionView view, uint32_t slots, uint32_t units) noexcept {
  const WriterShm& writer = view.header().writer;
  const uint64_t slot_bytes = SlotBytes(uint64_t{Load(writer.live_slots)} + slots);
  const uint64_t heap_bytes = (uint64_t{Load(writer.live_units)} + units) * kUnitBytes;
  return sizeof(HeaderShm) + slot_bytes + heap_bytes <= view.bytes() - LeastGain(view.bytes());
}

Status CompactLocked(RegionView view, Deadline& deadline) noexcept {
  uint32_t slot_count = view.LoadSlotCount();
  if (slot_count == kNoSlot) return Status(Code::kCorrupt, "its slot count exceeds the region");
  Deadline brief(kBriefMs, deadline);
  Status status = AwaitAllStripesLocked(view, brief);
  if (status.code() == Code::kTimeout) return Status(Code::kChanged);
  if (!status.ok()) return status;
  BeginStructureLocked(view);
  slot_count = CompactSlots(view, slot_count);
  // Blocks have new owners now, and chains lead elsewhere.
  status = RebuildLocked(view, slot_count);
  if (!status.ok()) return status;
  BeginStructureLocked(view);
  const bool heap_ok = CompactHeap(view, slot_count);
  ClearBinsLocked(view);
  EndStructureLocked(view);
  return heap_ok ? Status() : Status(Code::kCorrupt, "its heap cannot be walked");
}

bool FinishMovesLocked(RegionView view, uint32_t slot_count) noexcept {
  MoveShm& move = view.header().move;
  const uint32_t slot_from = Load(move.slot_from);
  const uint32_t slot_to = Load(move.slot_to);
  if (slot_from != 0) {
    if (slot_from > slot_count || slot_to >= slot_count) return false;
    if (Load(view.slot(slot_to).version) != 0) Store(view.slot(slot_from - 1).version, uint64_t{0});
    Store(move.slot_from, 0U);
  }
  const uint32_t armed = Load(move.armed);
  if (armed == 0) return true;
  const uint32_t from = Load(move.from);
  const uint32_t to = Load(move.to);
  const uint64_t units = Load(move.units);
  if (armed > slot_count || to < view.heap_begin() || to >= from || units == 0) return false;
  if (from + units > view.slots_begin(slot_count)) return false;
  SlideArmedBlock(view, armed - 1, from, to, static_cast<uint32_t>(units));
  return true;
}

}  // namespace shmpack
