// SPDX-License-Identifier: BSD-3-Clause
//
// Access to a PHP array's elements by position, the same over PHP 8.1 (packed arrays hold buckets) and later (plain
// values). The one place of the codec that knows the difference.

#pragma once

#include "php.h"

namespace shmpack::php {

inline bool IsPacked(const zend_array* table) { return (HT_FLAGS(table) & HASH_FLAG_PACKED) != 0; }

/// The element at `index`, below nNumUsed or, in a packed array being filled, below nTableSize.
inline zval* ElementAt(zend_array* table, uint32_t index) {
#if PHP_VERSION_ID >= 80200
  if (IsPacked(table)) {
    return &table->arPacked[index];
  }
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

/// Appends a null to a packed array that has room for it, and returns it.
inline zval* AppendNull(zend_array* table) {
  const uint32_t index = table->nNumUsed;
#if PHP_VERSION_ID >= 80200
  zval* const slot = &table->arPacked[index];
#else
  table->arData[index].h = index;
  table->arData[index].key = nullptr;
  zval* const slot = &table->arData[index].val;
#endif
  ZVAL_NULL(slot);
  table->nNumUsed = index + 1;
  table->nNumOfElements = index + 1;
  return slot;
}

}  // namespace shmpack::php
