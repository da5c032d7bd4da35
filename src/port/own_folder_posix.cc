// SPDX-License-Identifier: BSD-3-Clause

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "port/file_names_posix.h"
#include "port/own_folder.h"
#include "port/users.h"

namespace shmpack {

Status EnsureOwnFolder(const char* path) noexcept {
  if (mkdir(path, 0700) != 0 && errno != EEXIST) return SystemError("mkdir");
  struct stat info;
  if (lstat(path, &info) != 0) return SystemError("lstat");
  if (!S_ISDIR(info.st_mode)) return Status(Code::kForeign, "its folder is not a directory");
  if (info.st_uid != OwnUser() && info.st_uid != 0) return Status(Code::kForeign, "its folder belongs to another user");
  if ((info.st_mode & 0022) != 0) return Status(Code::kForeign, "other users can write to its folder");
  return {};
}

void DefaultFolder(char* out, size_t capacity) noexcept {
  // In memory, as POSIX shared memory: no byte of a live table goes to a disk.
  snprintf(out, capacity, "/dev/shm/shmpack-%u", OwnUser());
}

}  // namespace shmpack
