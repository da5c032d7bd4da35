// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/slot_table_lock.h"

namespace shmpack {

void RebuildTableLocked(const SlotTableView& view) noexcept {
  const SlotBitmap in_use = view.in_use();
  const SlotBitmap ever_used = view.ever_used();
  in_use.SearchAllTableLocked();
  ever_used.SearchAllTableLocked();
  // A grant sets the slot's bit in `ever_used` first. Hostile bytes may say otherwise, and then no grant would succeed
  // again.
  for (uint32_t index = 0; index < view.geometry().bit_words(); ++index) {
    const uint64_t bits = ever_used.BitsOfWord(index);
    if ((in_use.BitsOfWord(index) & ~bits) != 0) ever_used.SetWordTableLocked(index, bits | in_use.BitsOfWord(index));
  }
  Store(view.header().free_slots, view.geometry().slot_count - in_use.CountSet());
}

LockHolder SlotTable::lock_holder(uint32_t id) const noexcept {
  const SlotTableView view(*this);
  const LockHolder holder = id < geometry_.slot_count ? DescribeHolder(view.slot(id).lock) : LockHolder();
  return holder.kind != LockHolder::Kind::kNobody ? holder : DescribeHolder(view.header().lock);
}

}  // namespace shmpack
