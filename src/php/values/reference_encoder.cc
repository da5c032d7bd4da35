// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the encoder that decides which PHP reference is stored as one, and which as the plain value it holds.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/memory_limit.h"
#include "php/values/encoder_state.h"
#include "php/values/zend_array_access.h"
#include "shmpack/value_types.h"

namespace shmpack::php {

/// A reference with one holder is stored as the value it holds, unless that value leads back to it. While its array is
/// walked, the array's frame holds the reference, too. So a cycle meets it as one with two holders.
bool Encoder::Reference(zend_reference* reference) {
  if (GC_REFCOUNT(reference) == 1) {
    zval* const value = &reference->val;
    return Z_TYPE_P(value) == IS_ARRAY ? Array(Z_ARR_P(value), reference) : Value(value);
  }
  if (!IsShared(reference)) return !MemoryIsOut() && Value(&reference->val);
  zval* const number = NumberOf(reinterpret_cast<zend_refcounted*>(reference));
  if (number == nullptr) return false;
  if (Z_TYPE_P(number) == IS_LONG) return PackSame(kExtSameReference, Z_LVAL_P(number));
  ZVAL_LONG(number, next_reference_++);
  const size_t ext_at = BeginExt();
  Frame* const frame = PushFrame(Kind::kReference);
  if (frame == nullptr) return false;
  frame->ext_at = ext_at;
  frame->reference = reference;  // held, as it has a number
  return true;
}

bool Encoder::ContinueReference() {
  const size_t depth = frames_.size();
  Frame& frame = frames_.back();
  if (frame.index == 0) {
    frame.index = 1;
    if (!Value(&frame.reference->val)) return false;
    if (frames_.size() != depth) return true;
  }
  return CloseFrame();
}

/// Whether more than one place of the value holds a reference. If not, it is stored as plain data; a foreach by
/// reference leaves these. In a value with objects the answer is always yes: user code may yet show the reference
/// again.
bool Encoder::IsShared(zend_reference* reference) {
  if (!counted_references_) {
    counted_references_ = true;
    has_objects_ = has_objects_ || Z_TYPE_P(root_) != IS_ARRAY;
    if (!has_objects_) CountReferences();
  }
  if (has_objects_) return true;
  zval* const count = zend_hash_index_find(occurrences_, AddressKey(reference));
  return count == nullptr || Z_LVAL_P(count) > 1;
}

/// Counts how often the root's arrays hold each reference. Enters a reference once, and a shared array twice: that
/// shows that what the array holds occurs more than once, and no more is asked. Stops when memory is out.
void Encoder::CountReferences() {
  struct Position {
    zend_array* table;
    uint32_t index;
  };
  occurrences_ = zend_new_array(0);
  RequestVector<Position, 16> positions;
  const auto push = [&positions](zend_array* table) {
    Position* const position = positions.Push();
    if (position != nullptr) *position = {table, 0};
  };
  push(Z_ARR_P(root_));
  while (!positions.empty() && !has_objects_ && !MemoryIsOut()) {
    Position& position = positions.back();
    if (position.index == position.table->nNumUsed) {
      positions.Pop();
      continue;
    }
    zval* element = ElementAt(position.table, position.index++);
    if (Z_TYPE_P(element) == IS_INDIRECT) element = Z_INDIRECT_P(element);
    if (Z_ISREF_P(element)) {
      if (Occurrences(Z_REF_P(element)) > 1) continue;
      element = Z_REFVAL_P(element);
    }
    if (Z_TYPE_P(element) == IS_OBJECT) {
      has_objects_ = true;
    } else if (Z_TYPE_P(element) == IS_ARRAY && Z_REFCOUNTED_P(element)) {
      if (Z_REFCOUNT_P(element) == 1 || Occurrences(Z_ARR_P(element)) <= 2) push(Z_ARR_P(element));
    }
  }
  positions.Free();
}

/// How often a reference or an array has occurred, this time included.
zend_long Encoder::Occurrences(const void* counted) {
  if (!HasRoomForPair(occurrences_)) return 0;
  zval* const count = zend_hash_index_lookup(occurrences_, AddressKey(counted));
  ZVAL_LONG(count, Z_TYPE_P(count) == IS_LONG ? Z_LVAL_P(count) + 1 : 1);
  return Z_LVAL_P(count);
}

}  // namespace shmpack::php
