// SPDX-License-Identifier: BSD-3-Clause
//
// DecodedCache: values that this process decoded before, by region, key and version. Reading an unchanged value takes a
// look at its version and a reference count.
//
// A region never gives a version twice. So an item whose entry still has its version holds the value that is stored
// there. Only plain values are kept; a value that holds an object or a reference is decoded at each read.
//
// What is kept, and where:
//   - At the first read only the version is noted: most values that change are never read twice.
//   - At another read in the same request the value itself is kept, with one more reference, until that request ends.
//   - At another read in a later request it is copied to process memory, immutable. The copy goes when its version is
//     outdated, but not before the end of the request that may still use it. So a process that polls a changing value
//     does not grow.
//
// Memory: the budget for values, and 64 bytes for each of at most kMaxItems items. When either is used up, most
// newcomers are refused, so that a part of a working set that is too large is kept. Every eighth replaces others, so
// that values that are no longer read go. Integers and the like take no memory besides their item; they replace one
// another at once. Each thread has a cache, in process memory; a forked child has a copy.
//
// Releasing values may start the garbage collector, and so user code that reads again. Therefore every method leaves
// the cache consistent before it releases anything.

#pragma once

#include <cstddef>
#include <cstdint>

#include "php.h"
#include "shmpack/region.h"

namespace shmpack::php {

class DecodedCache {
 public:
  enum class Kept : uint8_t { kNothing, kRequest, kPersistent };

  /// One version of one variable, and where it was found.
  struct Seen {
    uint32_t region;
    uint32_t entry;
    zend_long key;
    uint64_t version;
  };

  /// What is known of one variable.
  struct alignas(64) Item {
    uint64_t version;  // 0: of none
    zend_long key;
    zval value;  // if something is kept
    uint32_t region;
    uint32_t entry;
    uint32_t request;  // that read the version first, or kept its value last
    Kept kept;
    size_t bytes;  // of the value, for the budget
  };

  /// The number of the region behind a handle. The same segment has the same one in later requests, which so find its
  /// items.
  uint32_t RegionNumber(const Region& region);

  /// The item of a variable, or null.
  Item* Find(uint32_t region, zend_long key) {
    if (UNEXPECTED(capacity_ == 0)) return nullptr;
    const uint32_t index = IndexOf(region, key);
    if (EXPECTED(IsOf(items_[index], region, key))) return &items_[index];
    return IsOf(items_[index ^ 1], region, key) ? &items_[index ^ 1] : nullptr;
  }

  /// Whether an item keeps a value that needs no memory of its own.
  static bool IsSmall(const Item& item) { return item.kept == Kept::kPersistent && item.bytes == 0; }

  /// Keeps what is worth keeping of `*value`, which was just decoded. May replace it by an equal value that is kept.
  void Keep(const Seen& seen, size_t budget_bytes, zval* value) {
    if (is_closed_ || budget_bytes == 0 || (seen.version & 1) != 0) return;  // Odd: a killed writer was replacing it.
    // Mostly this is a new version of a small value, or of one that is not kept.
    Item* const item = Find(seen.region, seen.key);
    const bool is_small = Z_TYPE_P(value) < IS_STRING;
    if (item == nullptr || item->bytes != 0 || (item->version == seen.version && item->entry == seen.entry) ||
        !(is_small || Z_REFCOUNTED_P(value))) {
      return KeepSlowly(seen, budget_bytes, value);
    }
    item->version = seen.version;
    item->entry = seen.entry;
    item->request = request_;
    item->kept = is_small ? Kept::kPersistent : Kept::kNothing;
    ZVAL_COPY_VALUE(&item->value, value);
  }

  /// Keeps `*value`, which was found in the entry that `item` names. REQUIRES: neither the item's value nor `*value`
  /// takes memory of its own.
  static void KeepNext(Item* item, uint64_t version, const zval* value) {
    item->version = version;
    ZVAL_COPY_VALUE(&item->value, value);
  }

  /// At the end of a request: releases its memory. User code may still run and read; none of that is kept.
  void EndRequest();
  /// At the beginning of the next one, when nothing of the last is left: frees what became outdated during it.
  void BeginRequest();
  /// Releases everything. Copies in process memory are freed when the request is over.
  void Clear();
  /// Frees everything. No value may be in use.
  void Free();

 private:
  static constexpr uint32_t kFirstItems = 64;
  static constexpr uint32_t kMaxItems = 8192;
  static constexpr uint32_t kRegions = 32;
  static constexpr uint32_t kRefusals = 8;

  struct KnownRegion {
    uint64_t region_id;
    int32_t segment_id;
    uint32_t number;  // 0: none
  };

  static bool IsOf(const Item& item, uint32_t region, zend_long key) {
    return item.key == key && item.region == region && item.version != 0;
  }
  /// A variable may have either item of a pair. This is the one that it takes first.
  uint32_t IndexOf(uint32_t region, zend_long key) const {
    // Fibonacci hashing: consecutive keys do not collide.
    return static_cast<uint32_t>(((static_cast<uint64_t>(key) ^ uint64_t{region} << 40) * 0x9e3779b97f4a7c15) >>
                                 shift_);
  }
  void KeepSlowly(const Seen& seen, size_t budget_bytes, zval* value);
  Item* Place(uint32_t region, zend_long key, bool is_small);
  bool Grow();
  bool MakeRoom(size_t bytes, size_t budget_bytes);
  size_t LetGo(uint32_t index);
  void Release(const Item& item);

  Item* items_;
  uint32_t capacity_;    // a power of two, or 0
  uint32_t shift_;       // 64 - log2(capacity_)
  uint32_t used_;        // items with a version
  uint32_t request_;     // the number of this request
  uint32_t in_request_;  // no more items than this keep memory of this request
  uint32_t hand_;        // the item that MakeRoom() looked at last
  uint32_t turn_;        // counts calls for a place, or for room, when there was none
  bool is_closed_;       // between two requests
  size_t bytes_;         // of all values, doomed ones included

  // Outdated persistent values, which may be in use until the request is over.
  zval* doomed_;
  uint32_t doomed_count_;
  uint32_t doomed_capacity_;
  size_t doomed_bytes_;

  KnownRegion known_[kRegions];
  uint32_t last_number_;
};

}  // namespace shmpack::php
