// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/memory_limit.h"
#include "php/values/encoded_value.h"

namespace shmpack::php {

bool EncodedValue::Grow(size_t count) {
  if (is_given_up_) {
    size_ = 0;
    return false;
  }
  const size_t wanted = zend_safe_address_guarded(1, count, size_);
  size_t capacity = capacity_ * 2;
  if (capacity < wanted) capacity = wanted;
  const bool was_inline = begin_ == inline_;
  auto* const grown = static_cast<char*>(ResizeBytes(was_inline ? nullptr : begin_, capacity, size_));
  if (UNEXPECTED(grown == nullptr)) {
    is_given_up_ = true;
    size_ = 0;
    return false;
  }
  if (was_inline) std::memcpy(grown, inline_, size_);
  begin_ = grown;
  capacity_ = capacity;
  return true;
}

char* EncodedValue::GrowFrom(char* at, size_t count) {
  size_ = static_cast<size_t>(at - begin_);
  if (capacity_ - size_ < count) Grow(count);
  return begin_ + size_;
}

}  // namespace shmpack::php
