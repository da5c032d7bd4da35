// SPDX-License-Identifier: BSD-3-Clause
//
// RequestVector: a growing array for code that a Zend bailout (longjmp) may leave at any call.
//
// It has no destructor: the first N items lie inside it, more go to request memory, which the engine takes back after a
// bailout. On every other way out the owner calls Free(). T must be trivially copyable. Pointers to items are good
// until the next Push().

#pragma once

#include <cstddef>
#include <type_traits>

#include "php.h"

namespace shmpack::php {

template <typename T, size_t N>
class RequestVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  RequestVector() : items_(reinterpret_cast<T*>(inline_)) {}
  RequestVector(const RequestVector&) = delete;
  RequestVector& operator=(const RequestVector&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t index) { return items_[index]; }
  T& back() { return items_[size_ - 1]; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }

  /// Adds an item, unset; the caller sets it.
  T& Push() {
    if (UNEXPECTED(size_ == capacity_)) {
      Grow();
    }
    return items_[size_++];
  }
  void Pop() { --size_; }
  void Free() {
    if (!IsInline()) {
      efree(items_);
    }
    items_ = reinterpret_cast<T*>(inline_);
    size_ = 0;
    capacity_ = N;
  }

 private:
  bool IsInline() const { return reinterpret_cast<const unsigned char*>(items_) == inline_; }
  zend_never_inline void Grow() {
    if (IsInline()) {
      T* const grown = static_cast<T*>(safe_emalloc(capacity_, 2 * sizeof(T), 0));
      memcpy(static_cast<void*>(grown), items_, size_ * sizeof(T));
      items_ = grown;
    } else {
      items_ = static_cast<T*>(safe_erealloc(items_, capacity_, 2 * sizeof(T), 0));
    }
    capacity_ *= 2;
  }

  T* items_;
  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char inline_[N * sizeof(T)];
};

}  // namespace shmpack::php
