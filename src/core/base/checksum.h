// SPDX-License-Identifier: BSD-3-Clause
//
// Crc32(): the CRC-32 of zlib, gzip and PHP's crc32(), so that other programs can check what we store with what they
// have. Our own, because the core links no library, and zlib's headers are not there where PHP is.

#pragma once

#include <cstdint>

namespace shmpack {

/// Of `bytes` at `data`, going on from `crc`, which is that of what lies before them (0: nothing).
uint32_t Crc32(uint32_t crc, const void* data, uint64_t bytes) noexcept;

}  // namespace shmpack
