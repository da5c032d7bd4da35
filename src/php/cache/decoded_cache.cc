// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <cstdlib>
#include <cstring>

#include "php/cache/decoded_cache.h"
#include "php/cache/persistent_copy.h"

namespace shmpack::php {

uint32_t DecodedCache::RegionNumber(const Region& region) {
  const KnownRegion wanted = {region.region_id(), region.segment_id(), 0};
  for (const KnownRegion& known : known_) {
    if (known.number != 0 && known.region_id == wanted.region_id && known.segment_id == wanted.segment_id) {
      return known.number;
    }
  }
  // The items of the region that had this place go when they are needed.
  if (++last_number_ == 0) {
    Clear();
    ++last_number_;
  }
  KnownRegion& place = known_[last_number_ % kRegions];
  place = wanted;
  place.number = last_number_;
  return last_number_;
}

bool DecodedCache::Grow() {
  if (capacity_ == kMaxItems) return false;
  const uint32_t capacity = capacity_ == 0 ? kFirstItems : capacity_ * 2;
  auto* const items = static_cast<Item*>(std::aligned_alloc(alignof(Item), capacity * sizeof(Item)));
  if (items == nullptr) return false;
  std::memset(static_cast<void*>(items), 0, capacity * sizeof(Item));
  Item* const old_items = items_;
  const uint32_t old_capacity = capacity_;
  items_ = items;
  capacity_ = capacity;
  shift_ = static_cast<uint32_t>(__builtin_clzll(capacity)) + 1;
  for (uint32_t i = 0; i < old_capacity; ++i) {
    const Item& item = old_items[i];
    if (item.version == 0) continue;
    // The items of a pair go to one of two pairs, in the same order, so there is room for each.
    const uint32_t index = IndexOf(item.region, item.key);
    items_[items_[index].version == 0 ? index : index ^ 1] = item;
  }
  std::free(old_items);
  return true;
}

/// The item for a variable: its own, an empty one, or one that is taken from another variable. Null: both places are
/// full, and this time neither is taken.
DecodedCache::Item* DecodedCache::Place(uint32_t region, zend_long key, bool is_small) {
  if (Item* const found = Find(region, key); found != nullptr) return found;
  if (used_ >= capacity_ / 2) Grow();
  const uint32_t index = IndexOf(region, key);
  Item* const first = &items_[index];
  Item* const second = &items_[index ^ 1];
  if (first->version == 0) return first;
  if (second->version == 0) return second;
  const uint32_t turn = ++turn_;
  if (is_small) {  // Replaces another small value at once: they cost the same, and are read again as soon.
    if (IsSmall(*first) && IsSmall(*second)) return turn % 2 == 0 ? first : second;
    if (IsSmall(*first)) return first;
    if (IsSmall(*second)) return second;
  }
  if (capacity_ == kMaxItems && turn % kRefusals != 0) return nullptr;
  return first->kept != Kept::kNothing && second->kept == Kept::kNothing ? second : first;
}

void DecodedCache::KeepSlowly(const Seen& seen, size_t budget_bytes, zval* value) {
  if (capacity_ == 0 && !Grow()) return;
  const bool is_small = !Z_REFCOUNTED_P(value);
  if (is_small && Z_TYPE_P(value) == IS_STRING && !IsForever(Z_STR_P(value))) return;
  const Item* const known = Find(seen.region, seen.key);
  Item kept = {};
  kept.version = seen.version;
  kept.key = seen.key;
  kept.region = seen.region;
  kept.entry = seen.entry;
  kept.request = request_;
  zval outdated = {};  // by the copy that takes its place
  ZVAL_UNDEF(&outdated);
  const bool seen_before = known != nullptr && known->version == seen.version && known->entry == seen.entry;
  if (is_small) {
    ZVAL_COPY_VALUE(&kept.value, value);
    kept.kept = Kept::kPersistent;
  } else if (seen_before) {
    if (known->kept != Kept::kNothing) return;
    const bool in_this_request = known->request == request_;
    if (!PlainBytes(value, &kept.bytes) || !MakeRoom(kept.bytes, budget_bytes)) return;
    if (in_this_request) {
      ZVAL_COPY(&kept.value, value);
      kept.kept = Kept::kRequest;
      ++in_request_;
    } else {
      if (!CopyPersistent(value, kept.bytes, &kept.value)) return;
      kept.kept = Kept::kPersistent;
      ZVAL_COPY_VALUE(&outdated, value);
      ZVAL_COPY(value, &kept.value);
    }
    bytes_ += kept.bytes;
  }
  Item* const place = Place(seen.region, seen.key, is_small);
  const Item released = place == nullptr ? kept : *place;
  if (place != nullptr) {
    if (place->version == 0) ++used_;
    *place = kept;
  }
  Release(released);
  zval_ptr_dtor_nogc(&outdated);
}

/// Makes room for a value by releasing others, if it is this value's turn. False: there is no room yet.
bool DecodedCache::MakeRoom(size_t bytes, size_t budget_bytes) {
  if (bytes > budget_bytes) return false;
  if (bytes_ <= budget_bytes - bytes) return true;
  if (++turn_ % kRefusals != 0) return false;
  size_t let_go = 0;
  for (uint32_t steps = 0; steps < capacity_ && let_go < bytes; ++steps) {
    hand_ = (hand_ + 1) % capacity_;
    let_go += LetGo(hand_);
  }
  return bytes_ <= budget_bytes - bytes;  // False if all that went is only doomed.
}

/// Releases what an item keeps; its version stays. Returns the bytes.
size_t DecodedCache::LetGo(uint32_t index) {
  const Item item = items_[index];
  if (item.bytes == 0) return 0;
  items_[index].kept = Kept::kNothing;
  items_[index].bytes = 0;
  Release(item);
  return item.bytes;
}

/// Releases what an item kept. The item itself no longer has it. May run user code.
void DecodedCache::Release(const Item& item) {
  if (item.bytes == 0) return;
  zval value = item.value;
  if (item.kept == Kept::kRequest) {
    bytes_ -= item.bytes;
    zval_ptr_dtor_nogc(&value);
  } else {
    if (doomed_count_ == doomed_capacity_) {
      doomed_capacity_ = doomed_capacity_ == 0 ? 16 : doomed_capacity_ * 2;
      doomed_ = static_cast<zval*>(safe_perealloc(doomed_, doomed_capacity_, sizeof(zval), 0, true));
    }
    doomed_[doomed_count_++] = value;
    doomed_bytes_ += item.bytes;
  }
}

void DecodedCache::EndRequest() {
  is_closed_ = true;
  for (uint32_t i = 0; in_request_ != 0 && i < capacity_; ++i) {
    if (items_[i].kept == Kept::kRequest) LetGo(i);
  }
  in_request_ = 0;
  ++request_;
}

void DecodedCache::BeginRequest() {
  is_closed_ = false;
  for (uint32_t i = 0; i < doomed_count_; ++i) FreePersistent(&doomed_[i]);
  bytes_ -= doomed_bytes_;
  doomed_bytes_ = 0;
  doomed_count_ = 0;
}

void DecodedCache::Clear() {
  for (uint32_t i = 0; i < capacity_; ++i) {
    LetGo(i);
    items_[i].version = 0;
  }
  used_ = 0;
}

void DecodedCache::Free() {
  EndRequest();
  BeginRequest();
  for (uint32_t i = 0; i < capacity_; ++i) {
    if (items_[i].bytes != 0) FreePersistent(&items_[i].value);
  }
  std::free(items_);
  pefree(doomed_, true);
  *this = {};
}

}  // namespace shmpack::php
