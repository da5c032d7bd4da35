// SPDX-License-Identifier: BSD-3-Clause
//
// The index: from a key to its entry, by linear hashing over chains. Every entry brings two buckets along, so the index
// grows with the entries one step at a time: adding entry n moves some of the chain of two older buckets into the two
// new ones. There is no table to rebuild and no stop.
//
// Chains are derived state. While they change, structure_sequence is odd. Readers walk them without the lock: what they
// find is checked by the entry's version; what they do not find counts only if structure_sequence was even and the same
// before and after. No chain that a region makes comes near kLongestChain, so a walk that does was led astray.
//
// `entry_count` is always the caller's private copy, loaded once and checked by RegionView::LoadEntryCount().

#pragma once

#include <cstdint>

#include "core/region/region_view.h"

namespace shmpack {

/// What index and stripes make of a key. The region's random number is in it, so that users who choose keys cannot make
/// one long chain, or one busy stripe. Of a hostile region it may be another at each call: a bucket is then the wrong
/// one, never one that does not exist.
inline uint64_t Keyed(RegionView view, int64_t key) noexcept {
  return static_cast<uint64_t>(key) ^ Load(view.header().index.hash_key);
}

/// The finalizer of MurmurHash3 (public domain): all 64 bits of what Keyed() gives reach all bits of the result.
constexpr uint32_t HashOf(uint64_t keyed) noexcept {
  uint64_t h = keyed;
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return static_cast<uint32_t>(h ^ (h >> 33));
}

/// The bucket of a hash among `buckets` of them. REQUIRES: buckets > 0.
constexpr uint32_t BucketOf(uint32_t hash, uint32_t buckets) noexcept {
  const uint32_t mask = UINT32_MAX >> __builtin_clz(buckets | 1);
  const uint32_t bucket = hash & mask;
  return bucket < buckets ? bucket : bucket & (mask >> 1);
}

/// REQUIRES: bucket < 2 * max_entries().
inline SharedU32& BucketShm(RegionView view, uint32_t bucket) noexcept {
  return view.tail(bucket >> 1).bucket[bucket & 1];
}

/// The most steps of a walk. With two buckets to an entry and keyed hashes, chains have three entries at most as a
/// rule, and twenty in a region of the largest size; so a longer one comes from a writer outside of this format. Bounds
/// what a call takes, however large the region is.
inline constexpr uint32_t kLongestChain = 1000;

enum class Found : uint8_t { kYes, kNo, kCorrupt };

/// Walks the chain of `key` among `entry_count` entries. kYes: *entry has had that key and was not free a moment ago.
/// With the lock held the answer is exact; without, see above. Never blocks.
[[gnu::always_inline]] inline Found FindEntry(RegionView view, int64_t key, uint32_t entry_count,
                                              uint32_t* entry) noexcept {
  if (entry_count == 0) return Found::kNo;
  uint32_t link = Load(BucketShm(view, BucketOf(HashOf(Keyed(view, key)), 2 * entry_count)));
  for (uint32_t steps = 0; link != 0; ++steps) {
    if (!view.Holds(link) || steps == kLongestChain) return Found::kCorrupt;
    const EntryShm& shm = view.entry(link - 1);
    if (Load(shm.key) == static_cast<uint64_t>(key) && Load(shm.version) != 0) {
      *entry = link - 1;
      return Found::kYes;
    }
    link = Load(shm.next);
  }
  return Found::kNo;
}

/// Brackets every change of chains. A kill between them leaves the sequence odd until RebuildIndexLocked().
void BeginStructureLocked(RegionView view) noexcept;
void EndStructureLocked(RegionView view) noexcept;

/// Puts entry `index`, whose key is stored, at the head of its chain. Between Begin and EndStructureLocked().
void LinkLocked(RegionView view, uint32_t entry_count, uint32_t index) noexcept;

/// Takes entry `index` out of its chain. False: the chain does not lead there (corrupt). Between Begin and End.
bool UnlinkLocked(RegionView view, uint32_t entry_count, uint32_t index) noexcept;

/// Adds free entry number `entry_count` and its buckets. False: the chains to be split are corrupt. Between Begin and
/// End. REQUIRES: room between heap and entries.
bool AppendEntryLocked(RegionView view, uint32_t entry_count) noexcept;

/// Computes chains, free-entry list and live_entries anew from the entries' keys and versions, in one pass. Entries
/// that cannot be (an odd version, a value out of bounds) are freed. Between Begin and End.
void RebuildIndexLocked(RegionView view, uint32_t entry_count) noexcept;

/// Frees entry `index` and puts it on the list of free entries.
void PushFreeEntryLocked(RegionView view, uint32_t index) noexcept;
/// Takes an entry off that list. kNoEntry: none is free, or the list's head is no free entry.
uint32_t PopFreeEntryLocked(RegionView view, uint32_t entry_count) noexcept;

}  // namespace shmpack
