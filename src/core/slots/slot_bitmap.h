// SPDX-License-Identifier: BSD-3-Clause
//
// SlotBitmap: a bit per slot in shared memory, and where to look for the lowest clear one.
//
// The bits are true, each change of one is one store. Derived is the number of full words in front: no word below it
// has a clear bit, so a search begins there. Bits behind the last one mean nothing. Guarded by the table's lock for
// storing; a reader that loads without it sees some bits earlier than others.

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

  /// The lowest clear bit, or kNone; where `full_words` is too large, one that is not the lowest, or kNone.
  /// REQUIRES, as for the following: the lock.
  uint32_t FindClearLocked() const noexcept;

  /// REQUIRES: bit < bits.
  void SetLocked(uint32_t bit) const noexcept;
  /// The first store is the commit.
  void ClearLocked(uint32_t bit) const noexcept;

  /// A word as it is stored in files: without what lies behind the last bit.
  uint64_t BitsOfWord(uint32_t index) const noexcept;
  void SetWordLocked(uint32_t index, uint64_t bits) const noexcept { Store(words_[index], bits); }

  /// The next search begins at the first word: right whatever the bits are.
  void SearchAllLocked() const noexcept { Store(full_words_, 0U); }

 private:
  uint32_t WordCount() const noexcept { return (bits_ + 63) / 64; }

  SharedU64* words_;
  SharedU32& full_words_;
  uint32_t bits_;
};

}  // namespace shmpack
