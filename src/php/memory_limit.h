// SPDX-License-Identifier: BSD-3-Clause
//
// PHP's memory limit. What has a size that shared bytes or a user's value decide is allocated here only.
//
// Most versions of PHP leave an allocation that would pass the limit by longjmp. Then nothing here ever refuses.
//
// Versions with ZEND_HAS_OOM() (Debian's 8.2.35, for one) note the error, grant the memory all the same, and raise the
// error when the function has returned. At a hard limit, by default twice the limit, they end the process without a
// word. So:
//
// - What may be large is asked for here, and may be refused.
// - What is granted piece by piece is followed by a look at MemoryIsOut(), before kGranted bytes have become many.
// - In both cases the caller cleans up and returns, as after an exception. It does not warn: the fatal error follows.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "php.h"

namespace shmpack::php {

/// Up to so many bytes are taken without asking; the next look at MemoryIsOut() is soon enough.
inline constexpr size_t kGranted = 4096;

#ifdef ZEND_HAS_OOM

/// Whether the limit was passed: the call has to end.
zend_always_inline bool MemoryIsOut() { return ZEND_HAS_OOM(); }

/// Null: memory is out.
inline void* NewBytes(size_t size) { return femalloc(size, true); }

/// Makes `bytes`, which may be null, `size` long and keeps the first `used`. Null: memory is out, `bytes` is as before.
inline void* ResizeBytes(void* bytes, size_t size, size_t used) { return ferealloc2(bytes, size, used, true); }

/// A string whose bytes the caller sets. Null: memory is out.
zend_always_inline zend_string* NewString(size_t length) {
  return EXPECTED(length <= kGranted) ? zend_string_alloc(length, false) : zend_string_falloc(length, false, true);
}

/// Ask this before PHP itself allocates that much. False: memory is out.
zend_always_inline bool HasRoomFor(size_t size) {
  if (EXPECTED(size <= kGranted)) return true;
  void* const probe = NewBytes(size);
  if (probe == nullptr) return false;
  efree(probe);
  return true;
}

#else

constexpr bool MemoryIsOut() { return false; }
inline void* NewBytes(size_t size) { return emalloc(size); }
inline void* ResizeBytes(void* bytes, size_t size, size_t used) { return erealloc2(bytes, size, used); }
zend_always_inline zend_string* NewString(size_t length) { return zend_string_alloc(length, false); }
constexpr bool HasRoomFor(size_t) { return true; }

#endif

/// Bytes of an array for `count` elements, of which the engine makes a power of two.
inline size_t ListBytes(uint32_t count) { return size_t{std::bit_ceil(count)} * sizeof(zval); }
inline size_t TableBytes(uint32_t count) { return size_t{std::bit_ceil(count)} * (sizeof(Bucket) + sizeof(uint32_t)); }

/// Ask this before you add a pair to a table. False: memory is out.
zend_always_inline bool HasRoomForPair(const zend_array* table) {
  return EXPECTED(table->nNumUsed < table->nTableSize) || HasRoomFor(TableBytes(2 * table->nTableSize));
}

}  // namespace shmpack::php
