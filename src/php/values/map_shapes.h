// SPDX-License-Identifier: BSD-3-Clause
//
// MapShapes: the keys of maps that were decoded before, in their order. The rows of a table have the same keys, and so
// has a record that is read often. A map that begins like a known one is filled with the known keys. Then no key is
// hashed, made into a string, or searched for in the array. A shape is a guess: each key must be compared with the
// bytes.
//
// Keeps strings only, of up to kMaxFixStr bytes, at most kShapes times kMostKeys. They are in memory of the request
// that this thread runs. A request begins with Begin() and should end with End(). Nothing is kept before the first
// Begin().

#pragma once

#include <cstdint>

#include "php.h"
#include "shmpack/msgpack_reader.h"

namespace shmpack::php {

class MapShapes {
 public:
  static constexpr uint32_t kMostKeys = 32;

  struct Shape {
    uint64_t first_key;  // from PeekShortText()
    uint32_t pairs;
    uint32_t serial;   // changes with the keys; 0: there are none
    uint32_t trust;    // misses left until other keys may be learned
    bool has_counted;  // a key is not interned, so it is reference counted
    zend_string* keys[kMostKeys];
  };

  /// Begins a request. Forgets all shapes without freeing them: their memory may be gone.
  void Begin() {
    for (Shape& shape : shapes_) shape = {};
    is_used_ = true;
  }

  /// Ends a request.
  void End() {
    for (Shape& shape : shapes_) Drop(&shape);
    is_used_ = false;
  }

  /// The shape for a map of `pairs` pairs whose first key comes next; it may have no keys yet. Null: there is none.
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
      return nullptr;  // Learned only when it comes again.
    }
    return shape;
  }

  /// To be called when a map did not have the shape's keys.
  static void Miss(Shape* shape) {
    if (shape->trust > 0) --shape->trust;
  }

  /// Learns the keys of a table, which was made of a map of shape->pairs pairs, if a shape can have them.
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
