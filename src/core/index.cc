// SPDX-License-Identifier: BSD-3-Clause

#include "core/index.h"

#include "core/overwrite.h"

namespace shmpack {

namespace {

uint32_t HashOfSlot(RegionView view, const SlotShm& slot) noexcept {
  return HashOf(Keyed(view, static_cast<int64_t>(Load(slot.key))));
}

bool LooksLive(RegionView view, uint32_t index) noexcept {
  const uint64_t version = Load(view.slot(index).version);
  if (version == 0 || (version & 1) != 0) return false;
  const ValueWords words = LoadValueWords(view, index);
  return view.HoldsInHeap(words) || words.fits_slot();
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
    SlotShm& slot = view.slot(link - 1);
    const uint32_t next = Load(slot.next);
    if ((HashOfSlot(view, slot) & mask) == bucket) {
      Store(*to, link);
      to = &slot.next;
    } else {
      Store(*from, link);
      from = &slot.next;
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

void LinkLocked(RegionView view, uint32_t slot_count, uint32_t index) noexcept {
  SlotShm& slot = view.slot(index);
  SharedU32& head = BucketShm(view, BucketOf(HashOfSlot(view, slot), 2 * slot_count));
  Store(slot.next, Load(head));
  Store(head, index + 1);
}

bool UnlinkLocked(RegionView view, uint32_t slot_count, uint32_t index) noexcept {
  SlotShm& slot = view.slot(index);
  SharedU32* link = &BucketShm(view, BucketOf(HashOfSlot(view, slot), 2 * slot_count));
  for (uint32_t steps = 0; steps < kLongestChain; ++steps) {
    const uint32_t at = Load(*link);
    if (at == 0 || !view.Holds(at)) return false;
    if (at == index + 1) {
      Store(*link, Load(slot.next));
      return true;
    }
    link = &view.slot(at - 1).next;
  }
  return false;
}

bool AppendSlotLocked(RegionView view, uint32_t slot_count) noexcept {
  SlotShm& slot = view.slot(slot_count);
  Store(slot.version, uint64_t{0});
  Store(slot.next, 0U);
  for (SharedU32& bucket : view.tail(slot_count).bucket) Store(bucket, 0U);
  Store(view.header().index.slot_count, slot_count + 1);
  PushFreeSlotLocked(view, slot_count);
  return slot_count == 0 || (SplitIntoLocked(view, 2 * slot_count) && SplitIntoLocked(view, 2 * slot_count + 1));
}

void RebuildIndexLocked(RegionView view, uint32_t slot_count) noexcept {
  WriterShm& writer = view.header().writer;
  for (uint32_t i = 0; i < slot_count; ++i) {
    for (SharedU32& bucket : view.tail(i).bucket) Store(bucket, 0U);
  }
  Store(writer.free_slot, 0U);
  uint32_t live = 0;
  // Downwards, so that the list of free slots begins with the lowest.
  for (uint32_t i = slot_count; i-- > 0;) {
    if (LooksLive(view, i)) {
      LinkLocked(view, slot_count, i);
      ++live;
    } else {
      PushFreeSlotLocked(view, i);
    }
  }
  Store(writer.live_slots, live);
}

void PushFreeSlotLocked(RegionView view, uint32_t index) noexcept {
  SharedU32& head = view.header().writer.free_slot;
  SlotShm& slot = view.slot(index);
  Store(slot.version, uint64_t{0});
  Store(slot.payload, uint64_t{Load(head)});
  Store(head, index + 1);
}

uint32_t PopFreeSlotLocked(RegionView view, uint32_t slot_count) noexcept {
  SharedU32& head = view.header().writer.free_slot;
  const uint32_t link = Load(head);
  if (link == 0 || link > slot_count) return kNoSlot;
  const SlotShm& slot = view.slot(link - 1);
  const uint64_t next = Load(slot.payload);
  if (Load(slot.version) != 0 || next > slot_count) return kNoSlot;
  Store(head, static_cast<uint32_t>(next));
  return link - 1;
}

}  // namespace shmpack
