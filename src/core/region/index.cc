// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/index.h"

#include "core/region/overwrite.h"

namespace shmpack {

namespace {

uint32_t HashOfEntry(RegionView view, const EntryShm& entry) noexcept {
  return HashOf(Keyed(view, static_cast<int64_t>(Load(entry.key))));
}

bool LooksLive(RegionView view, uint32_t index) noexcept {
  const uint64_t version = Load(view.entry(index).version);
  if (version == 0 || (version & 1) != 0) return false;
  const ValueWords words = LoadValueWords(view, index);
  return view.HoldsInHeap(words) || words.fits_entry();
}

/// Moves what belongs to `bucket`, newly added, from the chain it lay in so far.
bool SplitIntoLocked(RegionView view, uint32_t bucket) noexcept {
  const uint32_t high_bit = uint32_t{1} << (31 - __builtin_clz(bucket));
  const uint32_t mask = 2 * high_bit - 1;
  SharedU32* from = &BucketShm(view, bucket - high_bit);
  SharedU32* to = &BucketShm(view, bucket);
  uint32_t link = Load(*from);
  for (uint32_t steps = 0; link != 0; ++steps) {
    if (!view.Holds(link) || steps == kLongestChain) return false;
    EntryShm& entry = view.entry(link - 1);
    const uint32_t next = Load(entry.next);
    if ((HashOfEntry(view, entry) & mask) == bucket) {
      Store(*to, link);
      to = &entry.next;
    } else {
      Store(*from, link);
      from = &entry.next;
    }
    link = next;
  }
  Store(*from, 0U);
  Store(*to, 0U);
  return true;
}

}  // namespace

void BeginStructureLocked(RegionView view) noexcept {
  SharedU64& sequence = view.header().index.structure_sequence;
  Store(sequence, Load(sequence) | 1);
}

void EndStructureLocked(RegionView view) noexcept {
  SharedU64& sequence = view.header().index.structure_sequence;
  Store(sequence, (Load(sequence) | 1) + 1);
}

void LinkLocked(RegionView view, uint32_t entry_count, uint32_t index) noexcept {
  EntryShm& entry = view.entry(index);
  SharedU32& head = BucketShm(view, BucketOf(HashOfEntry(view, entry), 2 * entry_count));
  Store(entry.next, Load(head));
  Store(head, index + 1);
}

bool UnlinkLocked(RegionView view, uint32_t entry_count, uint32_t index) noexcept {
  EntryShm& entry = view.entry(index);
  SharedU32* link = &BucketShm(view, BucketOf(HashOfEntry(view, entry), 2 * entry_count));
  for (uint32_t steps = 0; steps < kLongestChain; ++steps) {
    const uint32_t at = Load(*link);
    if (at == 0 || !view.Holds(at)) return false;
    if (at == index + 1) {
      Store(*link, Load(entry.next));
      return true;
    }
    link = &view.entry(at - 1).next;
  }
  return false;
}

bool AppendEntryLocked(RegionView view, uint32_t entry_count) noexcept {
  EntryShm& entry = view.entry(entry_count);
  Store(entry.version, uint64_t{0});
  Store(entry.next, 0U);
  for (SharedU32& bucket : view.tail(entry_count).bucket) Store(bucket, 0U);
  Store(view.header().index.entry_count, entry_count + 1);
  PushFreeEntryLocked(view, entry_count);
  return entry_count == 0 || (SplitIntoLocked(view, 2 * entry_count) && SplitIntoLocked(view, 2 * entry_count + 1));
}

void RebuildIndexLocked(RegionView view, uint32_t entry_count) noexcept {
  WriterShm& writer = view.header().writer;
  for (uint32_t i = 0; i < entry_count; ++i) {
    for (SharedU32& bucket : view.tail(i).bucket) Store(bucket, 0U);
  }
  Store(writer.free_entry, 0U);
  uint32_t live = 0;
  // Downwards, so that the list of free entries begins with the lowest.
  for (uint32_t i = entry_count; i-- > 0;) {
    if (LooksLive(view, i)) {
      LinkLocked(view, entry_count, i);
      ++live;
    } else {
      PushFreeEntryLocked(view, i);
    }
  }
  Store(writer.live_entries, live);
}

void PushFreeEntryLocked(RegionView view, uint32_t index) noexcept {
  SharedU32& head = view.header().writer.free_entry;
  EntryShm& entry = view.entry(index);
  Store(entry.version, uint64_t{0});
  Store(entry.payload, uint64_t{Load(head)});
  Store(head, index + 1);
}

uint32_t PopFreeEntryLocked(RegionView view, uint32_t entry_count) noexcept {
  SharedU32& head = view.header().writer.free_entry;
  const uint32_t link = Load(head);
  if (link == 0 || link > entry_count) return kNoEntry;
  const EntryShm& entry = view.entry(link - 1);
  const uint64_t next = Load(entry.payload);
  if (Load(entry.version) != 0 || next > entry_count) return kNoEntry;
  Store(head, static_cast<uint32_t>(next));
  return link - 1;
}

}  // namespace shmpack
