// SPDX-License-Identifier: BSD-3-Clause
//
// How a warning says which limit of this process stands behind an error, and what to do.

#pragma once

#include <cstddef>
#include <cstdint>

namespace shmpack::php {

/// Says what to do if `ulimit -v` is why `bytes` more could not be mapped. False: it is not.
bool WriteAddressSpace(uint64_t bytes, char* out, size_t capacity);

}  // namespace shmpack::php
