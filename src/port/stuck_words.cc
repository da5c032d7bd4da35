// SPDX-License-Identifier: BSD-3-Clause

#include "port/stuck_words.h"

#include <array>
#include <atomic>

namespace shmpack {

namespace {

constexpr uint64_t kPlaces = 64;

/// A hash of all that was seen, or 0. Relaxed: each is complete in itself, and only this process's guess.
std::array<std::atomic<uint64_t>, kPlaces> table = {};

constexpr uint64_t Mix(uint64_t hash, uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9e37'79b9'7f4a'7c15ULL;
  return hash ^ (hash >> 32);
}

/// Where the word lies in the object, whatever address this handle has it at.
uint64_t HashOfPlace(const SharedObject& object, const void* place) noexcept {
  const auto offset = reinterpret_cast<uintptr_t>(place) - reinterpret_cast<uintptr_t>(object.base);
  return Mix(Mix(1, object.id), offset);
}

}  // namespace

bool IsKnownStuck(const SharedObject& object, const void* place, uint64_t value) noexcept {
  if (object.id == 0) return false;
  const uint64_t hash = HashOfPlace(object, place);
  return table[hash % kPlaces].load(std::memory_order_relaxed) == Mix(hash, value);
}

void RememberStuck(const SharedObject& object, const void* place, uint64_t value) noexcept {
  if (object.id == 0) return;
  const uint64_t hash = HashOfPlace(object, place);
  table[hash % kPlaces].store(Mix(hash, value), std::memory_order_relaxed);
}

}  // namespace shmpack
