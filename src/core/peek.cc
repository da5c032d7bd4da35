// SPDX-License-Identifier: BSD-3-Clause

#include "core/peek.h"

#include <cstring>
#include <ctime>

#include "core/index.h"
#include "core/overwrite.h"
#include "core/stripe.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

/// Fills `peeked` from the words of a slot. False: they point out of the region.
bool Describe(RegionView view, const ValueWords& words, Peeked* peeked) noexcept {
  if (!words.in_heap()) {
    peeked->length = words.inline_bytes();
    std::memcpy(peeked->head, words.payload, kInlineBytes);
    return words.fits_slot();
  }
  if (!view.HoldsInHeap(words)) return false;
  peeked->block = Offset{words.offset()};
  peeked->length = words.length();
  CopyOut(peeked->head, view.at(words.offset()) + sizeof(BlockShm), kInlineBytes);
  return true;
}

/// Reads the old value of slot `index`, whose writer died half-way: it is in the undo record until somebody repairs.
/// The odd version stands for it: whoever repairs gives the slot another one.
Status PeekUndone(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept {
  const SlotShm& slot = view.slot(index);
  const UndoShm& undo = view.header().stripes[StripeOf(key)].undo;
  Peeked peeked;
  peeked.slot = index;
  peeked.version = Load(slot.version);
  if (Load(undo.armed) != index + 1 || (peeked.version & 1) == 0) return Status(Code::kChanged);
  if (static_cast<int64_t>(Load(slot.key)) != key) return Status(Code::kChanged);
  const ValueWords words = {Load(undo.meta), {Load(undo.payload[0]), Load(undo.payload[1])}};
  const bool in_bounds = Describe(view, words, &peeked);
  if (!IsUnchanged(view, peeked) || Load(undo.armed) != index + 1) return Status(Code::kChanged);
  if (!in_bounds) return Status(Code::kCorrupt, "a value lies outside of it");
  *out = peeked;
  return {};
}

/// While the last holder of the region's lock, or of the key's stripe, is dead and nobody has repaired yet: the value
/// may be in the undo record, and chains may lead nowhere, so every slot is looked at. kChanged: that is not so (any
/// more), or the value itself was on the move.
Status PeekAfterDeath(RegionView view, int64_t key, Peeked* out) noexcept {
  const LockShm& lock = view.header().lock;
  const SharedU64& sequence = view.header().index.structure_sequence;
  const uint64_t before = Load(sequence);
  const bool region_died = RobustLockOwnerDied(lock);
  const uint32_t slot_count = view.LoadSlotCount();
  if (!region_died && !RobustLockOwnerDied(view.header().stripes[StripeOf(key)].lock)) {
    return Status(Code::kChanged);
  }
  if (slot_count == kNoSlot) return Status(Code::kChanged);
  Status status(Code::kNotFound);
  for (uint32_t i = 0; i < slot_count; ++i) {
    const SlotShm& slot = view.slot(i);
    const uint64_t version = Load(slot.version);
    if (version == 0 || static_cast<int64_t>(Load(slot.key)) != key) continue;
    status = (version & 1) == 0 ? PeekSlot(view, i, key, out) : PeekUndone(view, i, key, out);
    if (status.ok()) return status;
  }
  // What was not found counts only if nothing can have moved meanwhile: a repair changes the sequence.
  return region_died && RobustLockOwnerDied(lock) && Load(sequence) == before ? status : Status(Code::kChanged);
}

}  // namespace

Status PeekSlot(RegionView view, uint32_t index, int64_t key, Peeked* out) noexcept {
  const SlotShm& slot = view.slot(index);
  Peeked peeked;
  peeked.slot = index;
  peeked.version = Load(slot.version);
  if (peeked.version == 0 || (peeked.version & 1) != 0) return Status(Code::kChanged);
  if (static_cast<int64_t>(Load(slot.key)) != key) return Status(Code::kChanged);
  const bool in_bounds = Describe(view, LoadValueWords(view, index), &peeked);
  if (!IsUnchanged(view, peeked)) return Status(Code::kChanged);
  if (!in_bounds) return Status(Code::kCorrupt, "a value lies outside of it");
  *out = peeked;
  return {};
}

Status PeekLockFree(RegionView view, int64_t key, Peeked* out) noexcept {
  const SharedU64& sequence = view.header().index.structure_sequence;
  const uint64_t before = Load(sequence);
  const uint32_t slot_count = view.LoadSlotCount();
  if (slot_count == kNoSlot) return Status(Code::kCorrupt, "its slot count exceeds the region");
  uint32_t index = 0;
  const Found found = FindSlot(view, key, slot_count, &index);
  if (found == Found::kYes) return PeekSlot(view, index, key, out);
  if (found == Found::kCorrupt) return Status(Code::kCorrupt, "its index leads nowhere");
  if ((before & 1) != 0 || Load(sequence) != before) return Status(Code::kChanged);
  return Status(Code::kNotFound);
}

Status PeekLocked(RegionView view, int64_t key, Peeked* out) noexcept {
  const Status status = PeekLockFree(view, key, out);
  // With the lock held nothing changes: what looks as if it did is damage.
  return status.code() == Code::kChanged ? Status(Code::kCorrupt, "a slot is half written") : status;
}

Status PeekWithoutLock(RegionView view, int64_t key, Deadline& deadline, Peeked* out) noexcept {
  for (;;) {
    Status status = PeekLockFree(view, key, out);
    if (status.ok() || status.code() == Code::kNotFound) return status;
    const Status after_death = PeekAfterDeath(view, key, out);
    if (after_death.code() != Code::kChanged) return after_death;
    if (deadline.SecondsLeft() <= 0) {
      return status.code() == Code::kCorrupt ? status : Status(Code::kTimeout, "a writer does not finish");
    }
    const timespec a_moment = {0, 1'000'000};
    nanosleep(&a_moment, nullptr);
  }
}

bool IsUnchanged(RegionView view, const Peeked& peeked) noexcept {
  // A slot that compaction gave back may hold a value's bytes by now, even where its version was. They were stored
  // after slot_count was lowered, so who saw them, and looks at slot_count afterwards, sees that, too; unless the slot
  // is there again, and then its version is another.
  const SharedU64& version = view.slot(peeked.slot).version;
  return Load(version) == peeked.version && peeked.slot < Load(view.header().index.slot_count) &&
         Load(version) == peeked.version;
}

}  // namespace shmpack
