// SPDX-License-Identifier: BSD-3-Clause

#include "core/stripe.h"

#include "core/overwrite.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

Status UndoStripeLocked(const RegionView& view, uint32_t stripe) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  if (slot_count != kNoSlot && UndoOverwriteLocked(view, stripe, slot_count)) return {};
  return Status(Code::kCorrupt, "an undo record is out of bounds");
}

/// Whether `index` holds a value of `key` that is kept in the slot. REQUIRES: the stripe's lock, with the region's
/// free: then that slot is the key's only one and stays it, because it goes to another key, or moves, only under the
/// region's lock with this stripe free.
bool HoldsInline(const RegionView& view, uint32_t index, int64_t key) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  // A slot that compaction gave back holds whatever it likes.
  if (slot_count == kNoSlot || index >= slot_count) return false;
  const SlotShm& slot = view.slot(index);
  const uint64_t version = Load(slot.version);
  return version != 0 && (version & 1) == 0 && static_cast<int64_t>(Load(slot.key)) == key &&
         Load(slot.meta) != kMetaHeap;
}

}  // namespace

Status AwaitStripeLocked(const RegionView& view, uint32_t stripe) noexcept {
  LockShm& lock = view.header().stripes[stripe].lock;
  for (;;) {
    switch (AwaitRobustLock(lock, view.deadline())) {
      case Acquired::kClean:
        return {};
      case Acquired::kTimeout:
        return Status(Code::kTimeout, "its lock is held");
      case Acquired::kOwnerDied:
        break;
    }
    // Whoever takes the stripe meanwhile looks at the region's lock, and leaves the stripe marked.
    const Status status = UndoStripeLocked(view, stripe);
    if (!status.ok()) return status;
    ForgetDeadHolder(lock);
    // Only hostile bytes have a holder die again and again.
    if (view.deadline().SecondsLeft() <= 0) return Status(Code::kTimeout, "its lock is held");
  }
}

Status AwaitAllStripesLocked(const RegionView& view) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    Status status = AwaitStripeLocked(view, stripe);
    if (status.ok()) status = UndoStripeLocked(view, stripe);
    if (!status.ok()) return status;
  }
  return {};
}

bool ReplaceInStripe(const RegionView& view, int64_t key, const ValueWords& words) noexcept {
  HeaderShm& header = view.header();
  const uint32_t slot_count = view.LoadSlotCount();
  uint32_t index = 0;
  // As a reader does: the answer is checked once the lock is held, and a wrong one costs the longer way.
  if (slot_count == kNoSlot || FindSlot(view, key, slot_count, &index) != Found::kYes) return false;
  if (Load(view.slot(index).meta) == kMetaHeap || !RobustLockIsFree(header.lock)) return false;
  const uint32_t stripe = StripeOf(key);
  StripeShm& shm = header.stripes[stripe];
  const Acquired acquired = AcquireRobustLock(shm.lock, view.deadline());
  if (acquired == Acquired::kTimeout) return false;
  const bool can = acquired == Acquired::kClean && RobustLockIsFree(header.lock) && HoldsInline(view, index, key) &&
                   Load(shm.last_version) < kLastVersion;
  if (can) OverwriteLocked(view, stripe, index, words);
  ReleaseRobustLock(shm.lock, acquired == Acquired::kClean);
  return can;
}

}  // namespace shmpack
