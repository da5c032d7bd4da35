// SPDX-License-Identifier: BSD-3-Clause

#include "core/stripe.h"

#include "core/overwrite.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

Status Held() noexcept { return Status(Code::kTimeout, "its lock is held"); }

Status UndoStripeLocked(const RegionView& view, uint32_t stripe) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  if (slot_count != kNoSlot && UndoOverwriteLocked(view, stripe, slot_count)) return {};
  return Status(Code::kCorrupt, "an undo record is out of bounds");
}

/// The slot of `key`, if its value is kept there. REQUIRES: the key's stripe is locked and the region is not: then that
/// slot is the key's only one and stays it, because it goes to another key, or moves, only under the region's lock with
/// this stripe free. Chains may change meanwhile: what is not found may be there all the same.
uint32_t FindInline(const RegionView& view, int64_t key) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  uint32_t index = kNoSlot;
  if (slot_count == kNoSlot || FindSlot(view, key, slot_count, &index) != Found::kYes) return kNoSlot;
  const SlotShm& slot = view.slot(index);
  return (Load(slot.version) & 1) == 0 && Load(slot.meta) != kMetaHeap ? index : kNoSlot;
}

}  // namespace

Status AwaitStripeLocked(const RegionView& view, uint32_t stripe, Deadline& deadline) noexcept {
  LockShm& lock = view.header().stripes[stripe].lock;
  const Acquired acquired = AwaitRobustLock(lock, deadline);
  if (acquired == Acquired::kTimeout) return Held();
  if (acquired == Acquired::kClean) return {};
  const Status status = UndoStripeLocked(view, stripe);
  // Whoever takes the stripe meanwhile sees that the region is locked, and leaves it marked; it is whole all the same.
  if (status.ok()) ForgetDeadHolder(lock);
  return status;
}

Status AwaitAllStripesLocked(const RegionView& view, Deadline& deadline) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    Status status = AwaitStripeLocked(view, stripe, deadline);
    if (status.ok()) status = UndoStripeLocked(view, stripe);
    if (!status.ok()) return status;
  }
  return {};
}

Status AwaitStripeUnlocked(const RegionView& view, uint32_t stripe) noexcept {
  if (AwaitRobustLock(view.header().stripes[stripe].lock, view.deadline()) == Acquired::kTimeout) return Held();
  // Hostile bytes may make it free and held in turns.
  return view.deadline().SecondsLeft() > 0 ? Status() : Held();
}

Status AwaitAllStripesUnlocked(const RegionView& view) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    const Status status = AwaitStripeUnlocked(view, stripe);
    if (!status.ok()) return status;
  }
  return {};
}

bool ReplaceInStripe(const RegionView& view, int64_t key, const ValueWords& words) noexcept {
  HeaderShm& header = view.header();
  if (!RobustLockIsFree(header.lock)) return false;
  const uint32_t stripe = StripeOf(key);
  StripeShm& shm = header.stripes[stripe];
  const Acquired acquired = AcquireRobustLock(shm.lock, view.deadline());
  if (acquired == Acquired::kTimeout) return false;
  uint32_t index = kNoSlot;
  if (acquired == Acquired::kClean && RobustLockIsFree(header.lock) && Load(shm.last_version) < kLastVersion) {
    index = FindInline(view, key);
  }
  if (index != kNoSlot) OverwriteLocked(view, stripe, index, words);
  ReleaseRobustLock(shm.lock, acquired == Acquired::kClean);
  return index != kNoSlot;
}

}  // namespace shmpack
