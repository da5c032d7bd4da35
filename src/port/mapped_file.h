// SPDX-License-Identifier: BSD-3-Clause
//
// Mapped memory: that of an open file, or of none. Plain data, no destructors; ended by Unmap(). Thread-safe. On
// failure outputs stay as they were, and errno is in the Status.

#pragma once

#include <cstdint>

#include "shmpack/status.h"

namespace shmpack {

struct MappedFile {
  void* base = nullptr;
  uint64_t bytes = 0;  // As the kernel says.
  uint64_t device = 0;
  uint64_t inode = 0;
  uint32_t owner_uid = 0;
  bool read_only = false;
};

/// Says of an open file all but `base`. kForeign: it is not a regular file, or empty. kSystem.
Status DescribeFile(int descriptor, bool writable, MappedFile* out) noexcept;

/// Maps an open file, shared. As DescribeFile().
Status MapDescriptor(int descriptor, bool writable, MappedFile* out) noexcept;

/// Maps memory that only this process and its later forks share. kSystem.
Status MapAnonymous(uint64_t bytes, MappedFile* out) noexcept;

void Unmap(void* base, uint64_t bytes) noexcept;

}  // namespace shmpack
