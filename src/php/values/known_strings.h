// SPDX-License-Identifier: BSD-3-Clause
//
// KnownStrings: the strings that one decoding made for keys, so that equal keys share a string. There are at most
// kPlaces of them: a string replaces an earlier one that hashes alike.
//
// It has no destructor; its owner calls Free(). After a bailout the engine frees the strings.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/memory_limit.h"

namespace shmpack::php {

class KnownStrings {
 public:
  /// The string of these bytes, held until another one replaces it. Null: memory is out.
  zend_string* Get(const char* text, uint32_t size) {
    if (size == 0) return ZSTR_EMPTY_ALLOC();
    if (!is_used_) {
      is_used_ = true;
      memset(places_, 0, sizeof(places_));
    }
    const auto byte = [text](uint32_t index) { return static_cast<unsigned char>(text[index]); };
    zend_string** const place = &places_[(size * 29 + byte(0) * 5 + byte(size / 2) * 11 + byte(size - 1)) % kPlaces];
    if (*place == nullptr || ZSTR_LEN(*place) != size || memcmp(ZSTR_VAL(*place), text, size) != 0) {
      if (!HasRoomFor(size)) return nullptr;
      if (*place != nullptr) zend_string_release(*place);
      *place = zend_string_init_existing_interned(text, size, false);
    }
    return *place;
  }

  void Free() {
    if (is_used_) {
      for (zend_string* const string : places_) {
        if (string != nullptr) zend_string_release(string);
      }
      is_used_ = false;
    }
  }

 private:
  static constexpr size_t kPlaces = 64;

  bool is_used_ = false;
  zend_string* places_[kPlaces];  // set if is_used_
};

}  // namespace shmpack::php
