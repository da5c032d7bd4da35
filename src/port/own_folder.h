// SPDX-License-Identifier: BSD-3-Clause
//
// The folder of this user's slot tables. Thread-safe.

#pragma once

#include <cstddef>

#include "shmpack/status.h"

namespace shmpack {

/// Makes the folder `path` if it does not exist. It must be this user's or root's, and no other user may be able to
/// make files in it. kForeign: it is not so. kSystem.
Status EnsureOwnFolder(const char* path) noexcept;

/// Writes the path of this user's folder where none is set.
void DefaultFolder(char* out, size_t capacity) noexcept;

}  // namespace shmpack
