// SPDX-License-Identifier: BSD-3-Clause
//
// RegionView: bounds-checked access to a mapped region, for the parts of the core that work on it (index, heap,
// repair). Made from a Region for one call, so it carries that call's deadline; copies what bounds need out of the
// handle, so that no shared byte ever widens them.

#pragma once

#include <cstdint>

#include "core/shared_access.h"
#include "port/deadline.h"
#include "shmpack/region.h"

namespace shmpack {

inline constexpr uint32_t kNoSlot = UINT32_MAX;

class RegionView {
 public:
  /// Without `timeout_ms`: for a call that waits for nothing.
  explicit RegionView(const Region& region, uint32_t timeout_ms = 0) noexcept
      : deadline_(timeout_ms),
        header_(region.header_),
        base_(reinterpret_cast<uint8_t*>(region.header_)),
        bytes_(region.bytes_),
        max_slots_(static_cast<uint32_t>((region.bytes_ - sizeof(HeaderShm)) / sizeof(SlotShm))) {}

  /// Of all that the call waits for.
  Deadline& deadline() const noexcept { return deadline_; }
  HeaderShm& header() const noexcept { return *header_; }
  uint8_t* base() const noexcept { return base_; }
  uint64_t bytes() const noexcept { return bytes_; }
  uint32_t max_slots() const noexcept { return max_slots_; }

  /// REQUIRES: index < max_slots().
  SlotShm& slot(uint32_t index) const noexcept {
    return *reinterpret_cast<SlotShm*>(base_ + bytes_ - (uint64_t{index} + 1) * sizeof(SlotShm));
  }

  /// slot_count, or kNoSlot if it is more than fits.
  uint32_t LoadSlotCount() const noexcept {
    const uint32_t count = Load(header_->index.slot_count);
    return count <= max_slots_ ? count : kNoSlot;
  }

  /// The first unit of the heap.
  static constexpr uint32_t heap_begin() noexcept { return sizeof(HeaderShm) / kUnitBytes; }

  /// The first unit that belongs to the slots when there are `slot_count` of them. REQUIRES: slot_count <= max_slots().
  uint32_t slots_begin(uint32_t slot_count) const noexcept {
    return static_cast<uint32_t>((bytes_ - uint64_t{slot_count} * sizeof(SlotShm)) / kUnitBytes);
  }

  /// Where `units` begin in this process. REQUIRES: inside the region.
  uint8_t* at(uint32_t offset) const noexcept { return base_ + uint64_t{offset} * kUnitBytes; }
  BlockShm& block(uint32_t offset) const noexcept { return *reinterpret_cast<BlockShm*>(at(offset)); }

  /// Whether a value of `length` bytes in the block at `offset` lies wholly between header and region end.
  bool ValueInBounds(uint64_t offset, uint64_t length) const noexcept {
    if (offset < heap_begin() || offset >= bytes_ / kUnitBytes) return false;
    return length <= bytes_ - offset * kUnitBytes - sizeof(BlockShm) && length > kInlineBytes;
  }

 private:
  mutable Deadline deadline_;
  HeaderShm* header_;
  uint8_t* base_;
  uint64_t bytes_;
  uint32_t max_slots_;
};

/// The words of a slot that say what its value is.
struct ValueWords {
  uint32_t meta;
  uint64_t payload[2];
};

/// Units of a block that holds `length` bytes.
inline uint32_t BlockUnits(uint64_t length) noexcept {
  return static_cast<uint32_t>((sizeof(BlockShm) + length + kUnitBytes - 1) / kUnitBytes);
}

/// What a value in the heap counts against the quota.
inline uint64_t ChargedBytes(uint64_t length) noexcept { return (length + 7) & ~uint64_t{7}; }

}  // namespace shmpack
