// SPDX-License-Identifier: BSD-3-Clause
//
// RequestVector: a growing array for code that a Zend bailout (longjmp) may leave at any call.
//
// It has no destructor. The first N items lie inside it, more lie in request memory, which the engine frees after a
// bailout. On every other way out its owner calls Free(). Pointers to items are valid until the next Push().

#pragma once

#include <cstddef>
#include <type_traits>

#include "php.h"
#include "php/memory_limit.h"

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

  /// Adds an item for the caller to set. Null: memory is out.
  T* Push() {
    if (UNEXPECTED(size_ == capacity_) && !Grow()) return nullptr;
    return &items_[size_++];
  }
  void Pop() { --size_; }
  void Free() {
    if (!IsInline()) efree(items_);
    items_ = reinterpret_cast<T*>(inline_);
    size_ = 0;
    capacity_ = N;
  }

 private:
  bool IsInline() const { return reinterpret_cast<const unsigned char*>(items_) == inline_; }
  zend_never_inline bool Grow() {
    const size_t used = size_ * sizeof(T);
    auto* const grown = static_cast<T*>(ResizeBytes(IsInline() ? nullptr : items_, 2 * used, used));
    if (grown == nullptr) return false;
    if (IsInline()) memcpy(static_cast<void*>(grown), items_, used);
    items_ = grown;
    capacity_ *= 2;
    return true;
  }

  T* items_;
  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char inline_[N * sizeof(T)];
};

}  // namespace shmpack::php
