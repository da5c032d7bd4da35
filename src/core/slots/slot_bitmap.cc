// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/slot_bitmap.h"

#include <bit>

namespace shmpack {

namespace {

constexpr uint64_t kFull = ~uint64_t{0};

}  // namespace

uint32_t SlotBitmap::NextSet(uint32_t bit) const noexcept {
  if (bit >= bits_) return bits_;
  uint64_t below = (uint64_t{1} << (bit % 64)) - 1;
  for (uint32_t index = bit / 64; index < WordCount(); ++index, below = 0) {
    const uint64_t word = BitsOfWord(index) & ~below;
    if (word != 0) return index * 64 + static_cast<uint32_t>(std::countr_zero(word));
  }
  return bits_;
}

uint32_t SlotBitmap::CountSet() const noexcept {
  uint32_t count = 0;
  for (uint32_t index = 0; index < WordCount(); ++index) {
    count += static_cast<uint32_t>(std::popcount(BitsOfWord(index)));
  }
  return count;
}

uint32_t SlotBitmap::FindClearTableLocked() const noexcept {
  const uint32_t from = Load(full_words_);  // A hostile one may lie behind the last word: then nothing is found.
  uint32_t index = from;
  uint64_t word = kFull;
  while (index < WordCount() && (word = Load(words_[index])) == kFull) ++index;
  if (index != from) Store(full_words_, index);
  const uint64_t bit = uint64_t{index} * 64 + static_cast<uint32_t>(std::countr_one(word));
  return bit < bits_ ? static_cast<uint32_t>(bit) : kNone;
}

void SlotBitmap::SetTableLocked(uint32_t bit) const noexcept {
  SharedU64& word = words_[bit / 64];
  Store(word, Load(word) | uint64_t{1} << (bit % 64));
}

void SlotBitmap::ClearTableLocked(uint32_t bit) const noexcept {
  SharedU64& word = words_[bit / 64];
  Store(word, Load(word) & ~(uint64_t{1} << (bit % 64)));
  if (bit / 64 < Load(full_words_)) Store(full_words_, bit / 64);
}

uint64_t SlotBitmap::BitsOfWord(uint32_t index) const noexcept {
  const uint32_t bits = bits_ - index * 64;
  const uint64_t word = Load(words_[index]);
  return bits >= 64 ? word : word & ((uint64_t{1} << bits) - 1);
}

}  // namespace shmpack
