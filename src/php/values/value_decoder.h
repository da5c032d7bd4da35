// SPDX-License-Identifier: BSD-3-Clause
//
// DecodeValue: stored bytes (docs/format/values.md) to a PHP value.
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
/// False: `*out` is null; either user code threw, or the class may not be built (EG(exception) is set), or memory
/// is out, or the bytes are no stored value, and the caller reports that. `*plain` on true: the value holds no object,
/// enum case or reference, so a copy of it is as good, and nothing ran to make it.
bool DecodeValue(const char* data, size_t size, zval* out, bool* plain);

/// To be called when a request begins and when it ends: keys of maps are remembered in between, see map_shapes.h.
/// Without the first, nothing is; without the second, the engine frees the memory.
void BeginDecoding();
void EndDecoding();

}  // namespace shmpack::php
