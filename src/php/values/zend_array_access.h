// SPDX-License-Identifier: BSD-3-Clause
//
// Access to a PHP array's elements by position. Packed arrays hold buckets in PHP 8.1, plain values later; only this
// file of the codec knows the difference.

#pragma once

#include "php.h"

namespace shmpack::php {

inline bool IsPacked(const zend_array* table) { return (HT_FLAGS(table) & HASH_FLAG_PACKED) != 0; }

/// The element at `index`, below nNumUsed or, in a packed array being filled, below nTableSize.
inline zval* ElementAt(zend_array* table, uint32_t index) {
#if PHP_VERSION_ID >= 80200
  if (IsPacked(table)) return &table->arPacked[index];
#endif
  return &table->arData[index].val;
}

/// The key at `index`: returns the string, or null with `*number` set.
inline zend_string* KeyAt(zend_array* table, uint32_t index, zend_ulong* number) {
#if PHP_VERSION_ID >= 80200
  if (IsPacked(table)) {
    *number = index;
    return nullptr;
  }
#endif
  *number = table->arData[index].h;
  return table->arData[index].key;
}

/// The place of the next element of a packed array that has room for it. The element counts only after
/// SetPackedCount().
inline zval* PackedPlace(zend_array* table, uint32_t index) {
#if PHP_VERSION_ID >= 80200
  return &table->arPacked[index];
#else
  table->arData[index].h = index;
  table->arData[index].key = nullptr;
  return &table->arData[index].val;
#endif
}

inline void SetPackedCount(zend_array* table, uint32_t count) {
  table->nNumUsed = count;
  table->nNumOfElements = count;
}

/// Appends pairs to a table that is not packed, has room for them, and has none of their keys.
class PairAppender {
 public:
  explicit PairAppender(zend_array* table) : table_(table), buckets_(table->arData), mask_(table->nTableMask) {}

  zval* Place(uint32_t index) const { return &buckets_[index].val; }

  /// Puts the element at Place(), which is set, under a key whose hash is known. Adds a count to the key. The caller
  /// keeps HASH_FLAG_STATIC_KEYS right.
  void Link(uint32_t index, zend_string* key) const {
    Bucket* const bucket = &buckets_[index];
    if (!ZSTR_IS_INTERNED(key)) GC_ADDREF(key);
    bucket->key = key;
    bucket->h = ZSTR_H(key);
    const uint32_t chain = static_cast<uint32_t>(bucket->h) | mask_;
    Z_NEXT(bucket->val) = HT_HASH_EX(buckets_, chain);
    HT_HASH_EX(buckets_, chain) = HT_IDX_TO_HASH(index);
  }

  /// Makes the pairs count.
  void Done(uint32_t count) const {
    table_->nNumUsed = count;
    table_->nNumOfElements = count;
  }

 private:
  zend_array* table_;
  Bucket* buckets_;
  uint32_t mask_;
};

}  // namespace shmpack::php
