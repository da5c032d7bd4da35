// SPDX-License-Identifier: BSD-3-Clause
//
// Files under a path: map, copy, lock, remove, rename. port/new_file.h makes them.
//
// A symbolic link, and anything but a regular file, is refused under a path, never followed. Thread-safe. On failure
// outputs stay as they were, and errno is in the Status.

#pragma once

#include <cstddef>
#include <cstdint>

#include "port/mapped_file.h"
#include "shmpack/status.h"

namespace shmpack {

inline constexpr size_t kMaxPathBytes = 4096;

/// Maps the file under `path`; for reading only if `writable` is false, or this user may not write. kNotFound;
/// kForeign: it is not a regular file, or empty; kSystem.
Status MapFile(const char* path, bool writable, MappedFile* out) noexcept;

/// Copies the file under `path` to memory of its own, which Unmap() ends. Unlike a mapping, the copy stays whole when
/// another process cuts the file short or the disk loses it; touching a mapping would then raise a signal. As
/// MapFile().
Status CopyFile(const char* path, MappedFile* out) noexcept;

/// Copies the first bytes of the file under `path`, up to `capacity`. The rest of `out` stays as it was. As MapFile().
Status ReadFileStart(const char* path, void* out, size_t capacity) noexcept;

/// Locks that file against other callers, until UnlockFile() or the end of the process; waits at most `timeout_ms`.
/// kNotFound: `path` does not lead to it. kTimeout, kSystem.
Status LockFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms, int* out) noexcept;
void UnlockFile(int lock) noexcept;

/// Removes `path` if it still leads to that file. Locks the file for that, so two callers cannot remove a file that
/// took its place. kNotFound: `path` does not lead to it. kTimeout, kSystem.
Status RemoveFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms) noexcept;

/// Removes `path`, if it exists. kSystem.
Status RemovePath(const char* path) noexcept;

/// Renames `path` to `<path>.refused-<number>`, which no file had before. kSystem.
Status SetAside(const char* path) noexcept;

}  // namespace shmpack
