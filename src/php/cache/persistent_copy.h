// SPDX-License-Identifier: BSD-3-Clause
//
// Plain values (no object, no reference in them) that outlive a request: copies in process memory.
//
// Arrays are immutable and strings interned, as opcache's constants are: PHP hands them out without counting and copies
// before it writes. Like a string that was interned during a request they may be used until it is over. A copy
// belongs to one thread. None of these functions runs user code.

#pragma once

#include <cstddef>

#include "php.h"

namespace shmpack::php {

/// Bytes that a plain value takes behind its zval. False: it is none, or nested too deep for a copy.
bool PlainBytes(const zval* value, size_t* bytes);

/// Copies a value for which PlainBytes() is true and gave `bytes`. False: the process may not get that much memory.
bool CopyPersistent(const zval* from, size_t bytes, zval* to);

/// Frees such a copy.
void FreePersistent(zval* value);

/// Whether a string stays as it is until the process ends. Opcache's are permanent, too, but in its shared memory,
/// which a restart clears.
inline bool IsForever(const zend_string* string) {
  constexpr uint32_t kBoth = IS_STR_PERMANENT | IS_STR_PERSISTENT;
  return (GC_FLAGS(string) & kBoth) == kBoth;
}

}  // namespace shmpack::php
