// SPDX-License-Identifier: BSD-3-Clause
//
// Plain values (no object, no reference in them) that outlive a request: copies in process memory.
//
// Arrays are immutable and strings interned, like opcache's constants: PHP uses them without counting, and copies them
// before it writes. Like a string that was interned during a request, they may be in use until that request ends. A
// copy belongs to one thread. None of these functions runs user code.

#pragma once

#include <cstddef>

#include "php.h"

namespace shmpack::php {

/// The bytes that a plain value takes besides its zval. False: it is not plain, or nested too deep for a copy.
bool PlainBytes(const zval* value, size_t* bytes);

/// Copies a plain value, for which PlainBytes() gave `bytes`. False: the process cannot get that much memory.
bool CopyPersistent(const zval* from, size_t bytes, zval* to);

/// Frees a copy.
void FreePersistent(zval* value);

/// Whether a string stays as it is until the process ends. Opcache's strings are permanent, too, but lie in its shared
/// memory, which a restart clears.
inline bool IsForever(const zend_string* string) {
  constexpr uint32_t kBoth = IS_STR_PERMANENT | IS_STR_PERSISTENT;
  return (GC_FLAGS(string) & kBoth) == kBoth;
}

}  // namespace shmpack::php
