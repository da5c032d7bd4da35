// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <cstdint>
#include <cstdlib>

#include "php/cache/persistent_copy.h"

namespace shmpack::php {
namespace {

constexpr int kDeepest = 64;  // The walks below are recursive.
constexpr size_t kKeys = 64;

bool AddBytes(const zval* value, int depth, size_t* bytes) {
  if (Z_TYPE_P(value) == IS_STRING) {
    *bytes += ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(Z_STRLEN_P(value)));
    return true;
  }
  if (Z_TYPE_P(value) != IS_ARRAY) return Z_TYPE_P(value) < IS_STRING;
  if (depth == kDeepest) return false;
  zend_array* const table = Z_ARR_P(value);
  *bytes += sizeof(zend_array) + size_t{table->nTableSize} * (sizeof(Bucket) + sizeof(uint32_t));
  zend_string* key;
  zval* element;
  ZEND_HASH_FOREACH_STR_KEY_VAL(table, key, element) {
    if (key != nullptr) *bytes += ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(ZSTR_LEN(key)));
    if (Z_TYPE_P(element) >= IS_STRING && !AddBytes(element, depth + 1, bytes)) return false;
  }
  ZEND_HASH_FOREACH_END();
  return true;
}

/// Copies a string. The copy is interned, as all strings in an immutable array must be: copying the array does not
/// count them. The engine leaves the reference count of an interned string alone; here it counts the places that have
/// the copy.
zend_string* CopyString(zend_string* from) {
  if (IsForever(from)) return from;
  zend_string* const copy = zend_string_init(ZSTR_VAL(from), ZSTR_LEN(from), true);
  zend_string_hash_val(copy);
  GC_ADD_FLAGS(copy, IS_STR_INTERNED);
  return copy;
}

void FreeString(zend_string* copy) {
  if (IsForever(copy)) return;
  const uint32_t places = GC_REFCOUNT(copy) - 1;
  if (places == 0) {
    pefree(copy, true);
  } else {
    GC_SET_REFCOUNT(copy, places);
  }
}

/// The copies of keys. Rows of a table share their keys, and so do their copies.
class KeyCopies {
 public:
  zend_string* Of(zend_string* key) {
    Pair& pair = pairs_[(reinterpret_cast<uintptr_t>(key) >> 5) % kKeys];
    if (pair.key != key) {
      pair = {key, CopyString(key)};
    } else if (!IsForever(pair.copy)) {
      GC_SET_REFCOUNT(pair.copy, GC_REFCOUNT(pair.copy) + 1);
    }
    return pair.copy;
  }

 private:
  struct Pair {
    zend_string* key;
    zend_string* copy;
  };
  Pair pairs_[kKeys] = {};
};

void CopyValue(const zval* from, zval* to, KeyCopies* keys);

void CopyArray(zend_array* from, zval* to, KeyCopies* keys) {
  auto* const table = static_cast<zend_array*>(pemalloc(sizeof(zend_array), true));
  zend_hash_init(table, zend_hash_num_elements(from), nullptr, nullptr, true);
  zend_ulong number;
  zend_string* key;
  zval* element;
  if (HT_IS_PACKED(from)) {
    zend_hash_real_init_packed(table);
  } else {
    zend_hash_real_init_mixed(table);
  }
  ZEND_HASH_FOREACH_KEY_VAL(from, number, key, element) {
    zval copy;
    CopyValue(element, &copy, keys);
    if (key == nullptr) {
      zend_hash_index_add_new(table, number, &copy);
    } else {
      zend_hash_add_new(table, keys->Of(key), &copy);
    }
  }
  ZEND_HASH_FOREACH_END();
  table->nNextFreeElement = from->nNextFreeElement;
  GC_SET_REFCOUNT(table, 2);
  GC_ADD_FLAGS(table, GC_IMMUTABLE);
  ZVAL_ARR(to, table);
  Z_TYPE_INFO_P(to) = IS_ARRAY;  // not counted
}

void CopyValue(const zval* from, zval* to, KeyCopies* keys) {
  if (Z_TYPE_P(from) == IS_STRING) {
    ZVAL_INTERNED_STR(to, CopyString(Z_STR_P(from)));
  } else if (Z_TYPE_P(from) == IS_ARRAY && zend_hash_num_elements(Z_ARR_P(from)) != 0) {
    CopyArray(Z_ARR_P(from), to, keys);
  } else if (Z_TYPE_P(from) == IS_ARRAY) {
    ZVAL_EMPTY_ARRAY(to);
  } else {
    ZVAL_COPY_VALUE(to, from);
  }
}

}  // namespace

bool PlainBytes(const zval* value, size_t* bytes) {
  *bytes = 0;
  return AddBytes(value, 0, bytes);
}

bool CopyPersistent(const zval* from, size_t bytes, zval* to) {
  // PHP ends the process if it gets no memory, and no copy is worth that. So this asks first, for twice as much,
  // because malloc() adds to each piece.
  void* volatile const probe = std::malloc(2 * bytes);
  if (probe == nullptr) return false;
  std::free(probe);
  KeyCopies keys;
  CopyValue(from, to, &keys);
  return true;
}

void FreePersistent(zval* value) {
  if (Z_TYPE_P(value) == IS_STRING) {
    FreeString(Z_STR_P(value));
  } else if (Z_TYPE_P(value) == IS_ARRAY && Z_ARR_P(value) != &zend_empty_array) {
    zend_array* const table = Z_ARR_P(value);
    zend_string* key;
    zval* element;
    ZEND_HASH_FOREACH_STR_KEY_VAL(table, key, element) {
      if (key != nullptr) FreeString(key);
      FreePersistent(element);
    }
    ZEND_HASH_FOREACH_END();
    GC_SET_REFCOUNT(table, 1);
    zend_hash_destroy(table);
    pefree(table, true);
  }
}

}  // namespace shmpack::php
