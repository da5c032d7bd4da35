// SPDX-License-Identifier: BSD-3-Clause

#include "core/stripe.h"

#include "core/heap.h"
#include "core/overwrite.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

Status Held() noexcept { return Status(Code::kTimeout, "its lock is held"); }

Status UndoStripeLocked(RegionView view, uint32_t stripe) noexcept {
  const uint32_t slot_count = view.LoadSlotCount();
  if (slot_count != kNoSlot && UndoOverwriteLocked(view, stripe, slot_count)) return {};
  return Status(Code::kCorrupt, "an undo record is out of bounds");
}

/// Calls `replace` with the slot of `key` while the key's stripe is locked and the region is not: then that slot is the
/// key's only one and stays it, because it goes to another key, or moves, only under the region's lock with this stripe
/// free. Chains may change meanwhile: what is not found may be there all the same. False: it was not called, or it
/// returned false.
template <typename Replace>
[[gnu::always_inline]] inline bool InStripe(RegionView view, int64_t key, uint32_t stripe, Deadline& deadline,
                                            Replace&& replace) noexcept {
  const HeaderShm& header = view.header();
  StripeShm& shm = view.header().stripes[stripe];
  const Acquired acquired = AcquireRobustLock(shm.lock, deadline);
  if (acquired == Acquired::kTimeout) return false;
  bool replaced = false;
  if (acquired == Acquired::kClean && RobustLockIsFree(header.lock) && Load(shm.last_version) < kLastVersion) {
    const uint32_t slot_count = view.LoadSlotCount();
    uint32_t index = kNoSlot;
    replaced = slot_count != kNoSlot && FindSlot(view, key, slot_count, &index) == Found::kYes &&
               (Load(view.slot(index).version) & 1) == 0 && replace(index);
  }
  ReleaseRobustLock(shm.lock, acquired == Acquired::kClean);
  return replaced;
}

}  // namespace

Status AwaitStripeLocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  LockShm& lock = view.header().stripes[stripe].lock;
  const Acquired acquired = AwaitRobustLock(lock, deadline);
  if (acquired == Acquired::kTimeout) return Held();
  if (acquired == Acquired::kClean) return {};
  const Status status = UndoStripeLocked(view, stripe);
  // Whoever takes the stripe meanwhile sees that the region is locked, and leaves it marked; it is whole all the same.
  if (status.ok()) ForgetDeadHolder(lock);
  return status;
}

Status AwaitAllStripesLocked(RegionView view, Deadline& deadline) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    Status status = AwaitStripeLocked(view, stripe, deadline);
    if (status.ok()) status = UndoStripeLocked(view, stripe);
    if (!status.ok()) return status;
  }
  return {};
}

Status AwaitStripeUnlocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  if (AwaitRobustLock(view.header().stripes[stripe].lock, deadline) == Acquired::kTimeout) return Held();
  // Hostile bytes may make it free and held in turns.
  return deadline.SecondsLeft() > 0 ? Status() : Held();
}

Status AwaitAllStripesUnlocked(RegionView view, Deadline& deadline) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    const Status status = AwaitStripeUnlocked(view, stripe, deadline);
    if (!status.ok()) return status;
  }
  return {};
}

bool ReplaceInSlot(RegionView view, int64_t key, const ValueWords& words, Deadline& deadline) noexcept {
  if (!RobustLockIsFree(view.header().lock)) return false;
  const uint32_t stripe = StripeOf(key);
  return InStripe(view, key, stripe, deadline, [&](uint32_t index) {
    const ValueWords old = LoadValueWords(view, index);
    if (old.in_heap()) return false;
    OverwriteLocked(view, stripe, index, old, words);
    return true;
  });
}

bool ReplaceInBlock(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline) noexcept {
  if (!RobustLockIsFree(view.header().lock)) return false;
  const uint32_t stripe = StripeOf(key);
  const uint64_t size = value.bytes();
  // Looked at before the lock is taken, so that what cannot succeed does not cost one, and again below.
  uint32_t units = 0;
  const uint32_t spare = SpareBlock(view, stripe, &units);
  if (spare == 0 || !Suits(units, BlockUnits(size))) return false;
  return InStripe(view, key, stripe, deadline, [&](uint32_t index) {
    const ValueWords old = LoadValueWords(view, index);
    if (Load(view.header().stripes[stripe].spare_block) != spare || UnitsOf(view, spare) != units) return false;
    // Equal blocks for values of equal charge: the counters, which are the region's, stay what they are.
    if (!view.HoldsInHeap(old) || old.offset() == spare || BlockUnits(old.length()) != BlockUnits(size) ||
        UnitsOf(view, old.offset()) != units) {
      return false;
    }
    FillBlock(view, spare, value);
    OverwriteLocked(view, stripe, index, old, ValueWords::InHeap(Offset{spare}, size), true);
    return true;
  });
}

}  // namespace shmpack
