// SPDX-License-Identifier: BSD-3-Clause
//
// DecodeValue: stored bytes (docs/format.md) to a PHP value.
//
// The bytes may be hostile but must be private to this process and unchanged while the call runs. Runs user code where
// objects ask for it (autoloading, __unserialize, __wakeup, Serializable::unserialize), so hold no lock, and fetch
// native handles again after it. What it allocates is bounded by a constant times `size`. A bailout inside leaks
// nothing.

#pragma once

#include <cstddef>

#include "php.h"

namespace shmpack::php {

/// Builds the value that the `size` bytes at `data` describe, exactly, in `*out` (whose old content is not freed).
/// False: `*out` is null; either user code threw, or the class may not be built (EG(exception) is set), or the bytes
/// are no stored value, and the caller reports that.
bool DecodeValue(const char* data, size_t size, zval* out);

}  // namespace shmpack::php
