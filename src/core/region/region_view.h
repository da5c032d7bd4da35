// SPDX-License-Identifier: BSD-3-Clause
//
// RegionView: bounds-checked access to a mapped region, for the parts of the core that work on it (index, heap,
// repair). Two words, copied out of the handle, so that no shared byte ever widens a bound. Passed by value: in
// registers, where no store to shared memory can be taken for one to them.

#pragma once

#include <cstdint>

#include "core/base/shared_access.h"
#include "port/stuck_words.h"
#include "shmpack/region.h"

namespace shmpack {

static_assert(sizeof(ShortBytes::words) == kInlineBytes);

inline constexpr uint32_t kNoEntry = UINT32_MAX;

/// The words of an entry that say what its value is.
struct ValueWords {
  uint32_t meta;
  uint64_t payload[2];  // The second: only if uses_tail().

  /// REQUIRES: at most kInlineBytes.
  static ValueWords InEntry(const ShortBytes& value) noexcept {
    return {value.count << kMetaInlineShift, {value.words[0], value.words[1]}};
  }
  static ValueWords InHeap(Offset block, uint64_t length) noexcept {
    return {kMetaHeap, {length << 32 | static_cast<uint32_t>(block), 0}};
  }
  bool in_heap() const noexcept { return meta == kMetaHeap; }
  /// REQUIRES: not in_heap().
  uint32_t inline_bytes() const noexcept { return meta >> kMetaInlineShift; }
  bool fits_entry() const noexcept { return (meta & 0xff) == 0 && inline_bytes() <= kInlineBytes; }
  bool uses_tail() const noexcept { return UsesTail(meta); }
  /// REQUIRES, both: in_heap().
  uint32_t offset() const noexcept { return static_cast<uint32_t>(payload[0]); }
  uint64_t length() const noexcept { return payload[0] >> 32; }
};

/// Bytes that `entry_count` entries take.
constexpr uint64_t EntryBytes(uint64_t entry_count) noexcept {
  return (entry_count + kGroupEntries - 1) / kGroupEntries * sizeof(EntryGroupShm);
}

class RegionView {
 public:
  explicit RegionView(const Region& region) noexcept : header_(region.header_), bytes_(region.bytes_) {}

  HeaderShm& header() const noexcept { return *header_; }
  uint64_t bytes() const noexcept { return bytes_; }
  /// Whether there can be so many entries. What lies behind the header is whole groups.
  bool Holds(uint32_t entry_count) const noexcept {
    return uint64_t{entry_count} * (sizeof(EntryGroupShm) / kGroupEntries) <= bytes_ - sizeof(HeaderShm);
  }
  uint32_t max_entries() const noexcept {
    return static_cast<uint32_t>((bytes_ - sizeof(HeaderShm)) / (sizeof(EntryGroupShm) / kGroupEntries));
  }

  /// REQUIRES, both: index < max_entries().
  EntryShm& entry(uint32_t index) const noexcept { return *reinterpret_cast<EntryShm*>(end() - EntryBelowEnd(index)); }
  EntryTailShm& tail(uint32_t index) const noexcept {
    return *reinterpret_cast<EntryTailShm*>(end() - TailBelowEnd(index));
  }

  /// entry_count, or kNoEntry if it is more than fits.
  uint32_t LoadEntryCount() const noexcept {
    const uint32_t count = Load(header_->index.entry_count);
    return Holds(count) ? count : kNoEntry;
  }

  /// The first unit of the heap.
  static constexpr uint32_t heap_begin() noexcept { return sizeof(HeaderShm) / kUnitBytes; }

  /// The first unit that belongs to the entries when there are `entry_count` of them. REQUIRES: entry_count <=
  /// max_entries().
  uint32_t entries_begin(uint32_t entry_count) const noexcept {
    return static_cast<uint32_t>((bytes_ - EntryBytes(entry_count)) / kUnitBytes);
  }

  /// Where `units` begin in this process. REQUIRES: inside the region.
  uint8_t* at(uint32_t offset) const noexcept {
    return reinterpret_cast<uint8_t*>(header_) + uint64_t{offset} * kUnitBytes;
  }
  BlockShm& block(uint32_t offset) const noexcept { return *reinterpret_cast<BlockShm*>(at(offset)); }

  /// Whether a value of `length` bytes in the block at `offset` lies wholly between header and region end.
  bool ValueInBounds(uint64_t offset, uint64_t length) const noexcept {
    if (offset < heap_begin() || offset >= bytes_ / kUnitBytes) return false;
    return length <= bytes_ - offset * kUnitBytes - sizeof(BlockShm) && length > kInlineBytes;
  }
  /// Whether `words` point to a value in the heap that can be.
  bool HoldsInHeap(const ValueWords& words) const noexcept {
    return words.in_heap() && ValueInBounds(words.offset(), words.length());
  }

 private:
  uint8_t* end() const noexcept { return reinterpret_cast<uint8_t*>(header_) + bytes_; }

  HeaderShm* header_;
  uint64_t bytes_;
};

/// The region as what waits are for. One without a segment is known by its address, which its forks have, too.
inline SharedObject ObjectOf(const void* base, int32_t segment_id) noexcept {
  return {base, segment_id >= 0 ? uint64_t{static_cast<uint32_t>(segment_id)} + 1 : reinterpret_cast<uintptr_t>(base)};
}

/// Units of a block that holds `length` bytes.
inline uint32_t BlockUnits(uint64_t length) noexcept {
  return static_cast<uint32_t>((sizeof(BlockShm) + length + kUnitBytes - 1) / kUnitBytes);
}

/// What a value in the heap counts against the quota.
inline uint64_t ChargedBytes(uint64_t length) noexcept { return (length + 7) & ~uint64_t{7}; }

}  // namespace shmpack
