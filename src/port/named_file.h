// SPDX-License-Identifier: BSD-3-Clause
//
// Files that are mapped: under a path, and new ones that get their path when they are whole. What lies under a path is
// therefore never half-made, and who is killed meanwhile leaves what was there before.
//
// A symbolic link, or anything but a regular file, in the place of the file is refused, never followed. The room of a
// new file is reserved when it is made, so a store to its mapping cannot fail. Plain data, no destructors; errno
// becomes a Status here and nowhere else.

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/status.h"

namespace shmpack {

inline constexpr size_t kMaxPathBytes = 4096;

struct MappedFile {
  void* base = nullptr;
  uint64_t bytes = 0;  // As the kernel says.
  uint64_t device = 0;
  uint64_t inode = 0;
  uint32_t owner_uid = 0;
  bool read_only = false;
};

/// A file that has no path yet.
struct NewFile {
  MappedFile map;
  int descriptor = -1;
  char temporary[kMaxPathBytes] = {};  // Its name meanwhile, where the system cannot do without.
};

/// Maps what lies under `path`; for reading only if `writable` is false, or writing is not allowed. kNotFound,
/// kForeign (no regular file, or empty), kSystem.
Status MapFile(const char* path, bool writable, MappedFile* out) noexcept;

/// Copies what lies under `path` to memory of its own, to be given to Unmap(): a mapping of a file that somebody cuts
/// short, or that the disk has lost, ends in a signal. As MapFile().
Status CopyFile(const char* path, MappedFile* out) noexcept;

/// Copies the first bytes of what lies under `path`: as many as there are, up to `capacity`. As MapFile().
Status ReadFileStart(const char* path, void* out, size_t capacity) noexcept;

inline constexpr uint32_t kSameGroup = UINT32_MAX;

/// Makes and maps a zero-filled file in the folder of `path`, of that group unless it is kSameGroup. kSystem: ENOSPC
/// and EDQUOT, there is no room; EPERM, this user may not give files to that group. To be ended by CloseNewFile().
Status MakeNewFile(const char* path, uint64_t bytes, uint32_t permissions, uint32_t group, NewFile* out) noexcept;

/// Gives it its path. kChanged: there is one already. kSystem.
Status LinkNewFile(NewFile* file, const char* path) noexcept;

/// Writes it to the disk and puts it in the place of what is under `path`: afterwards, and after a power failure, too,
/// one or the other is there, whole. kSystem: the old one is.
Status ReplaceByNewFile(NewFile* file, const char* path) noexcept;

/// Closes it, and takes its temporary name away. Its mapping stays.
void CloseNewFile(NewFile* file) noexcept;

/// Memory that only this process and its later forks share. kSystem.
Status MapAnonymous(uint64_t bytes, MappedFile* out) noexcept;

void Unmap(void* base, uint64_t bytes) noexcept;

/// Locks that file, which nobody else has locked then, until UnlockFile() or the end of the process. kNotFound: `path`
/// does not lead to it. kTimeout, kSystem.
Status LockFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms, int* out) noexcept;
void UnlockFile(int lock) noexcept;

/// Removes `path` if it still leads to that file. Who removes holds a lock on the file, so that it cannot be one that
/// took its place. kNotFound: it does not. kTimeout, kSystem.
Status RemoveFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms) noexcept;

/// Removes `path` if it is there. kSystem.
Status RemovePath(const char* path) noexcept;

/// Renames `path` to a name that says so, and that nothing had before. kSystem.
Status SetAside(const char* path) noexcept;

/// Makes sure that `path` is a folder in which nobody but its owner, who is this user or root, may make files; makes it
/// if it is not there. kForeign, kSystem.
Status EnsureOwnFolder(const char* path) noexcept;

/// Writes the path of the folder for this user's tables when none is set.
void DefaultFolder(char* out, size_t capacity) noexcept;

}  // namespace shmpack
