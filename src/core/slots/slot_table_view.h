// SPDX-License-Identifier: BSD-3-Clause
//
// SlotTableView: the parts of a mapped slot table. Made for one call from a handle, or from a mapping that becomes a
// table. Its bounds come from private copies only.

#pragma once

#include <cstdint>

#include "core/base/shared_access.h"
#include "core/slots/slot_bitmap.h"
#include "port/stuck_words.h"
#include "shmpack/slot_table.h"

namespace shmpack {

class SlotTableView {
 public:
  explicit SlotTableView(const SlotTable& table) noexcept
      : base_(reinterpret_cast<uint8_t*>(table.header_)),
        geometry_(table.geometry_),
        slots_(base_ + table.slots_at_),
        stride_(table.stride_),
        object_id_(table.inode_ != 0 ? table.inode_ ^ table.device_ << 40 : reinterpret_cast<uintptr_t>(base_)) {}
  /// REQUIRES: `geometry` is valid and its total_bytes() are at `base`.
  SlotTableView(uint8_t* base, const SlotGeometry& geometry) noexcept
      : base_(base), geometry_(geometry), slots_(base + geometry.slots_at()), stride_(geometry.stride()) {}

  SlotTableShm& header() const noexcept { return *reinterpret_cast<SlotTableShm*>(base_); }
  const SlotGeometry& geometry() const noexcept { return geometry_; }
  /// The table as the object of a wait. An anonymous table is known by its address, which is the same in its forks.
  SharedObject object() const noexcept { return {base_, object_id_}; }

  /// A slot is in use if its bit is set here.
  SlotBitmap in_use() const noexcept {
    return SlotBitmap(reinterpret_cast<SharedU64*>(base_ + geometry_.in_use_at()), header().full_words,
                      geometry_.slot_count);
  }
  SlotBitmap ever_used() const noexcept {
    return SlotBitmap(reinterpret_cast<SharedU64*>(base_ + geometry_.ever_used_at()), header().ever_used_words,
                      geometry_.slot_count);
  }

  /// REQUIRES, as for the following: id < slot_count.
  SlotOwnerShm& owner(uint32_t id) const noexcept {
    return reinterpret_cast<SlotOwnerShm*>(base_ + geometry_.owners_at())[id];
  }
  bool InUse(uint32_t id) const noexcept {
    const auto* const words = reinterpret_cast<const SharedU64*>(base_ + geometry_.in_use_at());
    return (Load(words[id / 64]) >> (id % 64) & 1) != 0;
  }
  SlotShm& slot(uint32_t id) const noexcept { return *reinterpret_cast<SlotShm*>(slots_ + id * stride_); }

 private:
  uint8_t* base_;
  SlotGeometry geometry_;
  uint8_t* slots_;
  uint64_t stride_;
  uint64_t object_id_ = 0;
};

/// The buffer of a slot that holds the value in `state`, or will hold it.
inline uint8_t* BufferOf(SlotShm& slot, uint64_t buffer_bytes, uint64_t state) noexcept {
  return reinterpret_cast<uint8_t*>(&slot + 1) + ((state & 1) != 0 ? buffer_bytes : 0);
}

}  // namespace shmpack
