// SPDX-License-Identifier: BSD-3-Clause
//
// SlotBitmap: a bit per slot in shared memory, and the lowest clear one in a time that does not grow with their number.
//
// Above the bits lie levels: bit i of a level says that word i of the level below is all ones, up to a level of one
// word. Bits behind the last one, in the last word of a level, are ones. The lowest level is true, each change of it
// one store; the others are derived. Guarded by the table's lock for storing; who loads without it sees some bits
// earlier than others.

#pragma once

#include <cstdint>

#include "core/shared_access.h"

namespace shmpack {

class SlotBitmap {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;    // Every bit is set.
  static constexpr uint32_t kCorrupt = kNone - 1;  // The levels contradict the bits.

  /// REQUIRES: 1 <= bits <= kMaxTableSlots, and all levels' words at `words`.
  SlotBitmap(SharedU64* words, uint32_t bits) noexcept;

  /// REQUIRES: bit < bits.
  bool Test(uint32_t bit) const noexcept { return (Load(words_[bit / 64]) >> (bit % 64) & 1) != 0; }

  /// The first set bit from `bit` on, or the number of bits.
  uint32_t NextSet(uint32_t bit) const noexcept;

  uint32_t CountSet() const noexcept;

  /// The lowest clear bit, kNone or kCorrupt. REQUIRES, as for the following: the lock.
  uint32_t FindClearLocked() const noexcept;

  /// The first store is the commit: what is above can be computed. REQUIRES: bit < bits.
  void SetLocked(uint32_t bit) const noexcept;
  void ClearLocked(uint32_t bit) const noexcept;

  /// Word `index` of the lowest level, as it is stored in files: without the ones behind the last bit.
  uint64_t BitsOfWord(uint32_t index) const noexcept { return Load(words_[index]) & RealBits(0, index); }
  void SetWordLocked(uint32_t index, uint64_t bits) const noexcept;

  /// Computes the levels from the bits.
  void RebuildLocked() const noexcept;

 private:
  static constexpr uint32_t kMaxLevels = 4;

  uint32_t WordsOf(uint32_t level) const noexcept { return (bits_of_[level] + 63) / 64; }
  SharedU64& WordOf(uint32_t level, uint32_t index) const noexcept { return words_[first_[level] + index]; }
  /// The bits of a level's word that stand for something.
  uint64_t RealBits(uint32_t level, uint32_t index) const noexcept {
    const uint32_t left = bits_of_[level] - index * 64;
    return left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
  }

  SharedU64* words_;
  uint32_t bits_of_[kMaxLevels] = {};
  uint32_t first_[kMaxLevels] = {};
  uint32_t levels_ = 0;
};

}  // namespace shmpack
