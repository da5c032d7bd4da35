// SPDX-License-Identifier: BSD-3-Clause

#include "core/slot_bitmap.h"

#include <bit>

namespace shmpack {

namespace {

constexpr uint64_t kFull = ~uint64_t{0};

}  // namespace

SlotBitmap::SlotBitmap(SharedU64* words, uint32_t bits) noexcept : words_(words) {
  uint32_t first = 0;
  for (uint32_t level_bits = bits;; level_bits = (level_bits + 63) / 64) {
    bits_of_[levels_] = level_bits;
    first_[levels_] = first;
    ++levels_;
    if (level_bits <= 64 || levels_ == kMaxLevels) return;
    first += (level_bits + 63) / 64;
  }
}

uint32_t SlotBitmap::NextSet(uint32_t bit) const noexcept {
  if (bit >= bits_of_[0]) return bits_of_[0];
  uint64_t below = (uint64_t{1} << (bit % 64)) - 1;
  for (uint32_t index = bit / 64; index < WordsOf(0); ++index, below = 0) {
    const uint64_t word = BitsOfWord(index) & ~below;
    if (word != 0) return index * 64 + static_cast<uint32_t>(std::countr_zero(word));
  }
  return bits_of_[0];
}

uint32_t SlotBitmap::CountSet() const noexcept {
  uint32_t count = 0;
  for (uint32_t index = 0; index < WordsOf(0); ++index)
    count += static_cast<uint32_t>(std::popcount(BitsOfWord(index)));
  return count;
}

uint32_t SlotBitmap::FindClearLocked() const noexcept {
  uint32_t at = 0;
  for (uint32_t level = levels_; level-- > 0;) {
    const uint64_t word = Load(WordOf(level, at));
    if (word == kFull) return level == levels_ - 1 ? kNone : kCorrupt;
    at = at * 64 + static_cast<uint32_t>(std::countr_one(word));
    if (at >= bits_of_[level]) return kCorrupt;
  }
  return at;
}

void SlotBitmap::SetLocked(uint32_t bit) const noexcept {
  for (uint32_t level = 0; level < levels_; ++level, bit /= 64) {
    SharedU64& word = WordOf(level, bit / 64);
    const uint64_t bits = Load(word) | uint64_t{1} << (bit % 64);
    Store(word, bits);
    if (bits != kFull) return;
  }
}

void SlotBitmap::ClearLocked(uint32_t bit) const noexcept {
  for (uint32_t level = 0; level < levels_; ++level, bit /= 64) {
    SharedU64& word = WordOf(level, bit / 64);
    const uint64_t before = Load(word);
    Store(word, before & ~(uint64_t{1} << (bit % 64)));
    if (before != kFull) return;
  }
}

void SlotBitmap::SetWordLocked(uint32_t index, uint64_t bits) const noexcept {
  Store(words_[index], bits | ~RealBits(0, index));
}

void SlotBitmap::RebuildLocked() const noexcept {
  SetWordLocked(WordsOf(0) - 1, Load(words_[WordsOf(0) - 1]));
  for (uint32_t level = 1; level < levels_; ++level) {
    for (uint32_t index = 0; index < WordsOf(level); ++index) {
      uint64_t bits = ~RealBits(level, index);
      for (uint32_t bit = 0; bit < 64 && index * 64 + bit < bits_of_[level]; ++bit) {
        if (Load(WordOf(level - 1, index * 64 + bit)) == kFull) bits |= uint64_t{1} << bit;
      }
      Store(WordOf(level, index), bits);
    }
  }
}

}  // namespace shmpack
