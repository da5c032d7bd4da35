// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/compact.h"

#include <algorithm>

#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/overwrite.h"
#include "core/region/rebuild.h"
#include "core/region/region_status.h"
#include "core/region/stripe.h"

namespace shmpack {

namespace {

uint32_t StripeOfEntry(RegionView view, const EntryShm& entry) noexcept {
  return StripeOf(view, static_cast<int64_t>(Load(entry.key)));
}

/// Slides the armed block down by pieces no longer than its way, so that no piece overlaps its copy and any of them can
/// be copied again; then points its entry there and leaves the room behind it as a free block.
void SlideArmedBlock(RegionView view, uint32_t entry_index, uint32_t from, uint32_t to, uint32_t units) noexcept {
  MoveShm& move = view.header().move;
  EntryShm& entry = view.entry(entry_index);
  const uint32_t gap = from - to;
  const uint64_t version = NextVersionInStripe(view, StripeOfEntry(view, entry));
  Store(entry.version, version | 1);
  for (uint32_t moved = std::min(Load(move.moved_units), units); moved < units;) {
    const uint32_t piece = std::min(gap, units - moved);
    CopyIn(view.at(to + moved), view.at(from + moved), uint64_t{piece} * kUnitBytes);
    moved += piece;
    Store(move.moved_units, moved);
  }
  Store(view.block(to).units, units);  // Without the flag that came along: what lies below is no free block.
  Store(view.block(to + units).units, gap);
  Store(view.block(to + units).owner, 0U);
  Store(entry.payload, ValueWords::InHeap(Offset{to}, LoadValueWords(view, entry_index).length()).payload[0]);
  Store(entry.version, version);
  Store(move.armed, 0U);
}

/// Moves the value of entry `from` into free entry `to` of the same table.
void MoveEntry(RegionView view, uint32_t from, uint32_t to) noexcept {
  MoveShm& move = view.header().move;
  Store(move.entry_to, to);
  Store(move.entry_from, from + 1);
  Store(view.entry(to).key, Load(view.entry(from).key));
  StoreValueWords(view, to, LoadValueWords(view, from));
  Store(view.entry(to).version, NextVersionInStripe(view, StripeOfEntry(view, view.entry(from))));
  Store(view.entry(from).version, uint64_t{0});
  Store(move.entry_from, 0U);
}

/// Closes the holes in the table of entries and gives back its end. Returns how many entries are left.
uint32_t CompactEntries(RegionView view, uint32_t entry_count) noexcept {
  uint32_t low = 0;
  uint32_t high = entry_count;
  for (;;) {
    while (high > low && Load(view.entry(high - 1).version) == 0) --high;
    while (low < high && Load(view.entry(low).version) != 0) ++low;
    if (low >= high) break;
    // Never the same entry twice: hostile bytes may make it live again behind us.
    MoveEntry(view, --high, low++);
  }
  Store(view.header().index.entry_count, high);
  return high;
}

/// Slides all blocks to the heap's begin. REQUIRES: owners are right. False: the heap cannot be walked.
bool CompactHeap(RegionView view, uint32_t entry_count) noexcept {
  WriterShm& writer = view.header().writer;
  MoveShm& move = view.header().move;
  const uint32_t heap_end = Load(writer.heap_end);
  if (heap_end < view.heap_begin() || heap_end > view.entries_begin(entry_count)) return false;
  uint32_t to = view.heap_begin();
  for (uint32_t from = to; from < heap_end;) {
    const uint32_t units = BlockSizeLocked(view, from, heap_end);
    if (units == 0) return false;
    const uint32_t owner = Load(view.block(from).owner);
    if (owner == 0 || owner > entry_count) {
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

bool FitsCompactedLocked(RegionView view, uint32_t entries, uint32_t units) noexcept {
  const WriterShm& writer = view.header().writer;
  const uint64_t entry_bytes = EntryBytes(uint64_t{Load(writer.live_entries)} + entries);
  const uint64_t heap_bytes = (uint64_t{Load(writer.live_units)} + units) * kUnitBytes;
  return sizeof(HeaderShm) + entry_bytes + heap_bytes <= view.bytes() - LeastGain(view.bytes());
}

Status CompactLocked(RegionView view, Deadline& deadline) noexcept {
  uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry) return EntryCountCorrupt();
  Deadline brief(kBriefMs, deadline);
  Status status = AwaitAllStripesLocked(view, brief);
  if (status.code() == Code::kTimeout) return Status(Code::kChanged);
  if (!status.ok()) return status;
  BeginStructureLocked(view);
  entry_count = CompactEntries(view, entry_count);
  // Blocks have new owners now, and chains lead elsewhere.
  status = RebuildLocked(view, entry_count);
  if (!status.ok()) return status;
  BeginStructureLocked(view);
  const bool heap_ok = CompactHeap(view, entry_count);
  ClearBinsLocked(view);
  EndStructureLocked(view);
  return heap_ok ? Status() : HeapCorrupt();
}

bool FinishMovesLocked(RegionView view, uint32_t entry_count) noexcept {
  MoveShm& move = view.header().move;
  const uint32_t entry_from = Load(move.entry_from);
  const uint32_t entry_to = Load(move.entry_to);
  if (entry_from != 0) {
    if (entry_from > entry_count || entry_to >= entry_count) return false;
    if (Load(view.entry(entry_to).version) != 0) Store(view.entry(entry_from - 1).version, uint64_t{0});
    Store(move.entry_from, 0U);
  }
  const uint32_t armed = Load(move.armed);
  if (armed == 0) return true;
  const uint32_t from = Load(move.from);
  const uint32_t to = Load(move.to);
  const uint64_t units = Load(move.units);
  if (armed > entry_count || to < view.heap_begin() || to >= from || units == 0) return false;
  if (from + units > view.entries_begin(entry_count)) return false;
  SlideArmedBlock(view, armed - 1, from, to, static_cast<uint32_t>(units));
  return true;
}

}  // namespace shmpack
