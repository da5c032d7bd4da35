// SPDX-License-Identifier: BSD-3-Clause
//
// DecodedCache: values that this process has decoded before, by region, key and version, so that reading a value that
// has not changed takes a look at its version and a reference count.
//
// A region never gives a version twice, so an item whose entry still carries its version holds what is stored there.
// Only plain values are kept: what holds an object or a reference is decoded each time.
//
// What is kept, and where. At first sight only the version is noted: most values that change are never read twice.
// Read again in the same request, the value is kept as it is, with a reference of our own, until that request ends.
// Read again in a later one, it is copied to process memory, immutable; it goes when its version is outdated, but not
// before the request that may still use it is over. So a process that polls a changing value does not grow.
//
// Memory: at most the budget for values, plus 64 bytes for each of at most kMaxItems items. When either is used up,
// most newcomers are refused, so that of a working set that is too large a part is kept; every eighth takes the place
// of others, so that what nobody reads any more goes. But integers and the like, which take no memory besides their
// item, take the places of one another at once. One per thread, in process memory; a forked child has a copy.
//
// Releasing values may start the garbage collector, and with it user code that reads again: every method leaves the
// cache whole before it releases anything.

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
    uint32_t request;  // in which the version was seen first, or last kept
    Kept kept;
    size_t bytes;  // that the value counts against the budget
  };

  /// A number for the region behind a handle: the same for the same segment, so that later requests find its items.
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

  /// `*value` was just decoded from what was seen. May put an equal one, that is kept, in its place.
  void Keep(const Seen& seen, size_t budget_bytes, zval* value) {
    if (is_closed_ || budget_bytes == 0 || (seen.version & 1) != 0) return;  // Odd: what a killed writer was replacing.
    // Most often a new version of something small, or of something that was not worth keeping.
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

  /// The same for what was found in the entry that an item names. REQUIRES: neither what it keeps nor `*value` takes
  /// memory of its own.
  static void KeepNext(Item* item, uint64_t version, const zval* value) {
    item->version = version;
    ZVAL_COPY_VALUE(&item->value, value);
  }

  /// At the end of a request: lets go of its memory. User code may still run, and read; nothing is kept of that.
  void EndRequest();
  /// When the next one begins, and nothing of the last is left: frees what was outdated during it.
  void BeginRequest();
  /// Lets go of everything: what is in use goes when the request is over.
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
  /// Of the pair of items that a variable may have, the first it would take.
  uint32_t IndexOf(uint32_t region, zend_long key) const {
    // Fibonacci hashing: keys that follow one another do not meet.
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
  uint32_t request_;     // counts them
  uint32_t in_request_;  // at least as many items keep something of this request
  uint32_t hand_;        // where to look for what has to go next
  uint32_t turn_;        // counts who asked for a place, or for room, when there was none
  bool is_closed_;       // between two requests
  size_t bytes_;         // that all values take, doomed ones too

  // Persistent values that are outdated but may still be in use until the request is over.
  zval* doomed_;
  uint32_t doomed_count_;
  uint32_t doomed_capacity_;
  size_t doomed_bytes_;

  KnownRegion known_[kRegions];
  uint32_t last_number_;
};

}  // namespace shmpack::php
