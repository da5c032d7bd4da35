// SPDX-License-Identifier: BSD-3-Clause

#include "port/stuck_words.h"

#include <array>
#include <atomic>

namespace shmpack {

namespace {

constexpr uint64_t kPlaces = 64;

/// Upper half: a hash of where the word lies. Lower half: a hash of its value. Or 0. Relaxed: an entry is complete in
/// itself, and no more than this process's guess.
std::array<std::atomic<uint64_t>, kPlaces> table = {};

constexpr uint64_t kUpperHalf = uint64_t{UINT32_MAX} << 32;

constexpr uint64_t Mix(uint64_t hash, uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9e37'79b9'7f4a'7c15ULL;
  return hash ^ (hash >> 32);
}

/// Where the word lies in the object, whatever the address of this handle's mapping.
uint64_t HashOfPlace(const SharedObject& object, const void* place) noexcept {
  const auto offset = reinterpret_cast<uintptr_t>(place) - reinterpret_cast<uintptr_t>(object.base);
  return Mix(Mix(1, object.id), offset);
}

constexpr uint64_t EntryOf(uint64_t hash_of_place, uint64_t value) noexcept {
  return (hash_of_place & kUpperHalf) | Mix(hash_of_place, value) >> 32;
}

}  // namespace

bool IsKnownStuck(const SharedObject& object, const void* place, uint64_t value) noexcept {
  if (object.id == 0) return false;
  const uint64_t hash = HashOfPlace(object, place);
  std::atomic<uint64_t>& entry = table[hash % kPlaces];
  uint64_t known = entry.load(std::memory_order_relaxed);
  const uint64_t now = EntryOf(hash, value);
  if (known == now) return true;
  if (((known ^ now) & kUpperHalf) == 0) entry.compare_exchange_strong(known, 0, std::memory_order_relaxed);
  return false;
}

void RememberStuck(const SharedObject& object, const void* place, uint64_t value) noexcept {
  if (object.id == 0) return;
  const uint64_t hash = HashOfPlace(object, place);
  table[hash % kPlaces].store(EntryOf(hash, value), std::memory_order_relaxed);
}

}  // namespace shmpack
