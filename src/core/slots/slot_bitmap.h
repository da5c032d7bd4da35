// SPDX-License-Identifier: BSD-3-Clause
//
// SlotBitmap: a bit per slot in shared memory, and where to look for the lowest clear one.
//
// The bits are the truth; each change of one is one store. Derived is the number of full words at the front: no word
// below it has a clear bit, so a search begins there. Bits behind the last one mean nothing. Stores need the table's
// lock (core/slots/slot_table_lock.h); a reader without it may see one bit's change before another's.

#pragma once

#include <cstdint>

#include "core/base/shared_access.h"

namespace shmpack {

class SlotBitmap {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;  // Every bit is set.

  /// REQUIRES: 1 <= bits <= kMaxTableSlots, and as many bits at `words`.
  SlotBitmap(SharedU64* words, SharedU32& full_words, uint32_t bits) noexcept
      : words_(words), full_words_(full_words), bits_(bits) {}

  /// REQUIRES: bit < bits.
  bool Test(uint32_t bit) const noexcept { return (Load(words_[bit / 64]) >> (bit % 64) & 1) != 0; }

  /// The first set bit from `bit` on, or the number of bits.
  uint32_t NextSet(uint32_t bit) const noexcept;

  uint32_t CountSet() const noexcept;

  /// The lowest clear bit, or kNone. Where `full_words` is too large: a clear bit that is not the lowest, or kNone.
  uint32_t FindClearTableLocked() const noexcept;

  /// REQUIRES: bit < bits.
  void SetTableLocked(uint32_t bit) const noexcept;
  /// The first store is the commit. REQUIRES: bit < bits.
  void ClearTableLocked(uint32_t bit) const noexcept;

  /// A word as files have it: without the bits behind the last one.
  uint64_t BitsOfWord(uint32_t index) const noexcept;
  void SetWordTableLocked(uint32_t index, uint64_t bits) const noexcept { Store(words_[index], bits); }

  /// Lets the next search begin at the first word, which is right whatever the bits are.
  void SearchAllTableLocked() const noexcept { Store(full_words_, 0U); }

 private:
  uint32_t WordCount() const noexcept { return (bits_ + 63) / 64; }

  SharedU64* words_;
  SharedU32& full_words_;
  uint32_t bits_;
};

}  // namespace shmpack
