// SPDX-License-Identifier: BSD-3-Clause
//
// MapShapes: the keys of maps decoded before, in their order. Rows of a table, and a record that is read again and
// again, have the same keys each time: a map that looks like a known one is filled key by key from there, without
// hashing a key, making its string, or looking for it among those that are there already.
//
// What is kept are strings only, at most kShapes times kMostKeys of at most 31 bytes, in memory of the request that one
// thread runs: a request begins with Begin() and should end with End(). Before the first Begin() nothing is kept. A
// shape is a guess: each key must be compared with the bytes.

#pragma once

#include <cstdint>

#include "php.h"
#include "shmpack/msgpack_reader.h"

namespace shmpack::php {

class MapShapes {
 public:
  static constexpr uint32_t kMostKeys = 32;

  struct Shape {
    uint64_t first_key;  // as PeekShortText() has it
    uint32_t pairs;
    uint32_t serial;   // another whenever the keys are; 0: they are not known
    uint32_t trust;    // how many misses may follow before the keys are taken anew
    bool has_counted;  // there is a key that is not interned
    zend_string* keys[kMostKeys];
  };

  /// Starts a request. What was known is forgotten, not freed: its memory may be gone.
  void Begin() {
    for (Shape& shape : shapes_) shape = {};
    is_used_ = true;
  }

  /// Ends a request.
  void End() {
    for (Shape& shape : shapes_) Drop(&shape);
    is_used_ = false;
  }

  /// The place of the shape for a map of `pairs` whose first key is what comes next; null: there is no place for such.
  Shape* Find(const MsgpackReader& reader, uint32_t pairs) {
    const uint64_t first_key = reader.PeekShortText();
    if (pairs > kMostKeys || first_key == 0 || !is_used_) return nullptr;
    Shape* const shape = &shapes_[((first_key + pairs) * 0x9e3779b97f4a7c15) >> (64 - kShapeBits)];
    if (UNEXPECTED(shape->first_key != first_key || shape->pairs != pairs)) {
      if (shape->trust > 0) {
        --shape->trust;
        return nullptr;
      }
      Drop(shape);
      shape->first_key = first_key;
      shape->pairs = pairs;
      return nullptr;  // Only what comes again is worth knowing.
    }
    return shape;
  }

  /// The keys at this place are not those of a map.
  static void Miss(Shape* shape) {
    if (shape->trust > 0) --shape->trust;
  }

  /// Takes the keys of a table that a map of shape->pairs pairs became, if a shape can have them.
  void Learn(Shape* shape, const zend_array* table) {
    if (shape->trust > 0 || table->nNumUsed != shape->pairs || table->nNumOfElements != shape->pairs) return;
    for (uint32_t i = 0; i < shape->pairs; ++i) {
      const zend_string* const key = table->arData[i].key;
      if (key == nullptr || ZSTR_LEN(key) > kMaxFixStr) return;
    }
    DropKeys(shape);
    shape->has_counted = false;
    for (uint32_t i = 0; i < shape->pairs; ++i) {
      shape->keys[i] = zend_string_copy(table->arData[i].key);
      shape->has_counted = shape->has_counted || !ZSTR_IS_INTERNED(shape->keys[i]);
    }
    shape->serial = ++last_serial_ != 0 ? last_serial_ : ++last_serial_;
    shape->trust = kTrust;
  }

  static constexpr uint32_t kTrust = 4;

 private:
  static constexpr int kShapeBits = 5;
  static constexpr size_t kShapes = 1 << kShapeBits;

  static void DropKeys(Shape* shape) {
    if (shape->serial != 0) {
      shape->serial = 0;
      for (uint32_t i = 0; i < shape->pairs; ++i) zend_string_release(shape->keys[i]);
    }
  }
  static void Drop(Shape* shape) {
    DropKeys(shape);
    *shape = {};
  }

  Shape shapes_[kShapes];
  uint32_t last_serial_;
  bool is_used_;
};

}  // namespace shmpack::php
