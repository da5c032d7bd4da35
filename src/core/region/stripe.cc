// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/stripe.h"

#include "core/region/heap.h"
#include "core/region/overwrite.h"
#include "core/region/region_header.h"
#include "core/region/region_status.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

/// After a timeout: the word may be what another program has stored meanwhile.
Status Held(RegionView view) noexcept {
  const Status intact = CheckIntact(view.header());
  return intact.ok() ? LockHeld() : intact;
}

Status UndoInStripe(RegionView view, uint32_t stripe) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count != kNoEntry && UndoOverwriteInStripe(view, stripe, entry_count)) return {};
  return UndoCorrupt();
}

/// The entry that `key` had a moment ago. Chains may change meanwhile: what is not found may be there all the same.
[[gnu::always_inline]] inline uint32_t Glance(RegionView view, int64_t key) noexcept {
  const uint32_t entry_count = view.LoadEntryCount();
  uint32_t index = kNoEntry;
  return entry_count != kNoEntry && FindEntry(view, key, entry_count, &index) == Found::kYes ? index : kNoEntry;
}

/// Calls `replace` with the version of entry `index` while the stripe of `key` is locked and the region is not, if that
/// entry is the key's: then it is the only one and stays it, because it goes to another key, or moves, only under the
/// region's lock with this stripe free. False: it was not called, or it returned false.
template <typename Replace>
[[gnu::always_inline]] inline bool WithStripe(RegionView view, int64_t key, uint32_t stripe, uint32_t index,
                                              Deadline& deadline, Replace&& replace) noexcept {
  const HeaderShm& header = view.header();
  StripeShm& shm = view.header().stripes[stripe];
  const Acquired acquired = AcquireRobustLock(shm.lock, deadline);
  if (acquired == Acquired::kTimeout) return false;
  bool replaced = false;
  // After a wait, it may be another program's.
  const bool usable = acquired == Acquired::kClean && (!deadline.has_begun() || HeaderIsIntact(header));
  if (usable && RobustLockIsFree(header.lock) && Load(shm.last_version) < kLastVersion) {
    const EntryShm& entry = view.entry(index);
    const uint64_t version = Load(entry.version);
    replaced = index < Load(header.index.entry_count) && version != 0 && static_cast<int64_t>(Load(entry.key)) == key &&
               replace(version);
  }
  ReleaseRobustLock(shm.lock, acquired == Acquired::kClean);
  return replaced;
}

/// Whether the value that `old` describes can be replaced by one of `size` bytes in the block at `spare`, which has
/// `units`: equal blocks for values of equal charge, so that the counters, which are the region's, stay what they are.
[[gnu::always_inline]] inline bool AreAlike(RegionView view, const ValueWords& old, uint32_t spare, uint32_t units,
                                            uint64_t size) noexcept {
  return view.HoldsInHeap(old) && old.offset() != spare && BlockUnits(old.length()) == BlockUnits(size) &&
         UnitsOf(view, old.offset()) == units;
}

}  // namespace

Status AwaitStripeLocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  LockShm& lock = view.header().stripes[stripe].lock;
  const Acquired acquired = AwaitRobustLock(lock, deadline);
  if (acquired == Acquired::kTimeout) return Held(view);
  if (acquired == Acquired::kClean) return {};
  const Status status = UndoInStripe(view, stripe);
  // A process that takes the stripe meanwhile finds the region locked, and leaves the stripe marked, whole as it is.
  if (status.ok()) ForgetDeadHolder(lock);
  return status;
}

Status AwaitAllStripesLocked(RegionView view, Deadline& deadline) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    Status status = AwaitStripeLocked(view, stripe, deadline);
    if (status.ok()) status = UndoInStripe(view, stripe);
    if (!status.ok()) return status;
  }
  return {};
}

Status AwaitStripeUnlocked(RegionView view, uint32_t stripe, Deadline& deadline) noexcept {
  if (AwaitRobustLock(view.header().stripes[stripe].lock, deadline) == Acquired::kTimeout) return Held(view);
  // Hostile bytes may make it free and held in turns.
  return deadline.SecondsLeft() > 0 ? Status() : Held(view);
}

Status AwaitAllStripesUnlocked(RegionView view, Deadline& deadline) noexcept {
  for (uint32_t stripe = 0; stripe < kStripeCount; ++stripe) {
    const Status status = AwaitStripeUnlocked(view, stripe, deadline);
    if (!status.ok()) return status;
  }
  return {};
}

bool ReplaceInEntry(RegionView view, int64_t key, const ValueWords& words, Deadline& deadline) noexcept {
  if (!RobustLockIsFree(view.header().lock) || !HeaderIsIntact(view.header())) return false;
  const uint32_t stripe = StripeOf(view, key);
  const uint32_t index = Glance(view, key);
  if (index == kNoEntry) return false;
  return WithStripe(view, key, stripe, index, deadline, [&](uint64_t) {
    const ValueWords old = LoadValueWords(view, index);
    if (old.in_heap()) return false;
    OverwriteInStripe(view, stripe, index, old, words);
    return true;
  });
}

bool ReplaceInBlock(RegionView view, int64_t key, const ValueBytes& value, Deadline& deadline) noexcept {
  if (!RobustLockIsFree(view.header().lock) || !HeaderIsIntact(view.header())) return false;
  const uint32_t stripe = StripeOf(view, key);
  const uint64_t size = value.bytes();
  // All is looked at before the lock is taken, so that what cannot succeed does not cost one. Below, it is the same if
  // the entry has the same version: block and size belong to that.
  uint32_t units = 0;
  const uint32_t spare = SpareBlock(view, stripe, &units);
  if (spare == 0 || !Suits(units, BlockUnits(size))) return false;
  const uint32_t index = Glance(view, key);
  if (index == kNoEntry) return false;
  const uint64_t seen = Load(view.entry(index).version);
  ValueWords old = LoadValueWords(view, index);
  if (!AreAlike(view, old, spare, units, size)) return false;
  return WithStripe(view, key, stripe, index, deadline, [&](uint64_t version) {
    if (Load(view.header().stripes[stripe].spare_block) != spare || UnitsOf(view, spare) != units) return false;
    if (version != seen) {
      old = LoadValueWords(view, index);
      if (!AreAlike(view, old, spare, units, size)) return false;
    }
    FillBlock(view, spare, value);
    OverwriteInStripe(view, stripe, index, old, ValueWords::InHeap(Offset{spare}, size), true);
    return true;
  });
}

}  // namespace shmpack
