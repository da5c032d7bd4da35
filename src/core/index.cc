// SPDX-License-Identifier: BSD-3-Clause

#include "core/index.h"

namespace shmpack {

namespace {

SharedU32& Bucket(const RegionView& view, uint32_t bucket) noexcept {
  return view.slot(bucket >> 1).bucket[bucket & 1];
}

int64_t KeyOf(const SlotShm& slot) noexcept { return static_cast<int64_t>(Load(slot.key)); }

bool LooksLive(const RegionView& view, const SlotShm& slot) noexcept {
  const uint64_t version = Load(slot.version);
  if (version == 0 || (version & 1) != 0) return false;
  const uint32_t meta = Load(slot.meta);
  if (meta == kMetaHeap) return view.ValueInBounds(Load(slot.payload[0]), Load(slot.payload[1]));
  return (meta & 0xff) == 0 && (meta >> kMetaInlineShift) <= kInlineBytes;
}

/// Moves what belongs to `bucket`, newly added, from the chain it lay in so far.
bool SplitIntoLocked(const RegionView& view, uint32_t bucket) noexcept {
  const uint32_t high_bit = uint32_t{1} << (31 - __builtin_clz(bucket));
  const uint32_t mask = 2 * high_bit - 1;
  SharedU32* from = &Bucket(view, bucket - high_bit);
  SharedU32* to = &Bucket(view, bucket);
  uint32_t link = Load(*from);
  for (uint32_t steps = 0; link != 0; ++steps) {
    if (link > view.max_slots() || steps > view.max_slots()) return false;
    SlotShm& slot = view.slot(link - 1);
    const uint32_t next = Load(slot.next);
    if ((HashKey(KeyOf(slot)) & mask) == bucket) {
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

Found FindSlot(const RegionView& view, int64_t key, uint32_t slot_count, uint32_t* index) noexcept {
  if (slot_count == 0) return Found::kNo;
  uint32_t link = Load(Bucket(view, BucketOf(HashKey(key), 2 * slot_count)));
  for (uint32_t steps = 0; link != 0; ++steps) {
    if (link > view.max_slots() || steps > slot_count) return Found::kCorrupt;
    const SlotShm& slot = view.slot(link - 1);
    if (KeyOf(slot) == key && Load(slot.version) != 0) {
      *index = link - 1;
      return Found::kYes;
    }
    link = Load(slot.next);
  }
  return Found::kNo;
}

void BeginStructureLocked(const RegionView& view) noexcept {
  SharedU64& sequence = view.header().index.structure_sequence;
  Store(sequence, Load(sequence) | 1);
}

void EndStructureLocked(const RegionView& view) noexcept {
  SharedU64& sequence = view.header().index.structure_sequence;
  Store(sequence, (Load(sequence) | 1) + 1);
}

void LinkLocked(const RegionView& view, uint32_t slot_count, uint32_t index) noexcept {
  SlotShm& slot = view.slot(index);
  SharedU32& head = Bucket(view, BucketOf(HashKey(KeyOf(slot)), 2 * slot_count));
  Store(slot.next, Load(head));
  Store(head, index + 1);
}

bool UnlinkLocked(const RegionView& view, uint32_t slot_count, uint32_t index) noexcept {
  SlotShm& slot = view.slot(index);
  SharedU32* link = &Bucket(view, BucketOf(HashKey(KeyOf(slot)), 2 * slot_count));
  for (uint32_t steps = 0; steps <= view.max_slots(); ++steps) {
    const uint32_t at = Load(*link);
    if (at == 0 || at > view.max_slots()) return false;
    if (at == index + 1) {
      Store(*link, Load(slot.next));
      return true;
    }
    link = &view.slot(at - 1).next;
  }
  return false;
}

bool AppendSlotLocked(const RegionView& view, uint32_t slot_count) noexcept {
  SlotShm& slot = view.slot(slot_count);
  Store(slot.version, uint64_t{0});
  Store(slot.next, 0U);
  Store(slot.bucket[0], 0U);
  Store(slot.bucket[1], 0U);
  Store(view.header().index.slot_count, slot_count + 1);
  PushFreeSlotLocked(view, slot_count);
  return slot_count == 0 || (SplitIntoLocked(view, 2 * slot_count) && SplitIntoLocked(view, 2 * slot_count + 1));
}

void RebuildIndexLocked(const RegionView& view, uint32_t slot_count) noexcept {
  WriterShm& writer = view.header().writer;
  for (uint32_t i = 0; i < slot_count; ++i) {
    SlotShm& slot = view.slot(i);
    Store(slot.bucket[0], 0U);
    Store(slot.bucket[1], 0U);
  }
  Store(writer.free_slot, 0U);
  uint32_t live = 0;
  // Downwards, so that the list of free slots begins with the lowest.
  for (uint32_t i = slot_count; i-- > 0;) {
    if (LooksLive(view, view.slot(i))) {
      LinkLocked(view, slot_count, i);
      ++live;
    } else {
      PushFreeSlotLocked(view, i);
    }
  }
  Store(writer.live_slots, live);
}

void PushFreeSlotLocked(const RegionView& view, uint32_t index) noexcept {
  SharedU32& head = view.header().writer.free_slot;
  SlotShm& slot = view.slot(index);
  Store(slot.version, uint64_t{0});
  Store(slot.payload[0], uint64_t{Load(head)});
  Store(head, index + 1);
}

uint32_t PopFreeSlotLocked(const RegionView& view, uint32_t slot_count) noexcept {
  SharedU32& head = view.header().writer.free_slot;
  const uint32_t link = Load(head);
  if (link == 0 || link > slot_count) return kNoSlot;
  const SlotShm& slot = view.slot(link - 1);
  const uint64_t next = Load(slot.payload[0]);
  if (Load(slot.version) != 0 || next > slot_count) return kNoSlot;
  Store(head, static_cast<uint32_t>(next));
  return link - 1;
}

}  // namespace shmpack
