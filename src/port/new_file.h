// SPDX-License-Identifier: BSD-3-Clause
//
// New files, which get their path when they are whole. So no process ever finds a half-made file under a path, and a
// kill at any step leaves the path as it was, or with the whole new file. At most a file under a temporary name stays.
//
// The room of a new file is reserved when it is made, so a store to its mapping cannot fail. Plain data, no
// destructors; a NewFile is used by one thread at a time. errno is in the Status.

#pragma once

#include <cstdint>

#include "port/named_file.h"
#include "shmpack/status.h"

namespace shmpack {

/// A file that has no path yet.
struct NewFile {
  MappedFile map;
  int descriptor = -1;
  char temporary[kMaxPathBytes] = {};  // Its name meanwhile, where the system needs one.
};

inline constexpr uint32_t kSameGroup = UINT32_MAX;

/// Makes and maps a zero-filled file in the folder of `path`, of that group unless it is kSameGroup. kSystem: ENOSPC
/// and EDQUOT mean no room, EPERM that this user may not give files to that group. After success CloseNewFile() ends
/// it.
Status MakeNewFile(const char* path, uint64_t bytes, uint32_t permissions, uint32_t group, NewFile* out) noexcept;

/// Gives the file its path. kChanged: the path exists already. kSystem.
Status LinkNewFile(NewFile* file, const char* path) noexcept;

/// Writes the file to the disk, and then replaces the file under `path` by it. Afterwards, and after a power failure,
/// the old one or the new one is there, whole. kSystem: the old one; or, where only the folder could not be written to
/// the disk, the new one, which a power failure may take back.
Status ReplaceByNewFile(NewFile* file, const char* path) noexcept;

/// Closes the file, and removes its temporary name. Its mapping stays.
void CloseNewFile(NewFile* file) noexcept;

}  // namespace shmpack
