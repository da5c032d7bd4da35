// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "port/fault_point.h"
#include "port/file_names_posix.h"
#include "port/new_file.h"

namespace shmpack {

namespace {

void FolderOf(const char* path, char (&folder)[kMaxPathBytes]) noexcept {
  const char* const slash = std::strrchr(path, '/');
  const size_t length = slash == nullptr ? 0 : static_cast<size_t>(slash - path) + 1;
  snprintf(folder, sizeof folder, "%.*s.", static_cast<int>(length), path);
}

/// Opens a file without a name where the file system can do so, else one under a temporary name.
int OpenUnnamed(const char* path, NewFile* file) noexcept {
  char folder[kMaxPathBytes];
  FolderOf(path, folder);
#ifdef O_TMPFILE
  const int unnamed = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return unnamed;
#endif
  if (!UniqueName(path, "new", file->temporary)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  const int named = open(file->temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, 0600);
  if (named < 0) file->temporary[0] = '\0';
  return named;
}

/// Sets group, mode and size of an open new file.
Status Shape(int descriptor, uint64_t bytes, uint32_t permissions, uint32_t group) noexcept {
  if (group != kSameGroup && fchown(descriptor, static_cast<uid_t>(-1), group) != 0) return SystemError("fchown");
  // Without the execute bits. A umask takes nothing away here.
  if (fchmod(descriptor, permissions & 0666) != 0) return SystemError("fchmod");
  int error;
  do {
    error = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  } while (error == EINTR);
  return error == 0 ? Status() : Status(Code::kSystem, "posix_fallocate", error);
}

/// link(2), for a file with or without a name.
bool LinkTo(const NewFile& file, const char* path) noexcept {
  if (file.temporary[0] != '\0') return link(file.temporary, path) == 0;
  char self[32];
  snprintf(self, sizeof self, "/proc/self/fd/%d", file.descriptor);
  return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

bool SyncFolder(const char* path) noexcept {
  char folder[kMaxPathBytes];
  FolderOf(path, folder);
  const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool ok = fsync(descriptor) == 0;
  Close(descriptor);
  return ok;
}

}  // namespace

Status MakeNewFile(const char* path, uint64_t bytes, uint32_t permissions, uint32_t group, NewFile* out) noexcept {
  // The kernel answers a file above the process's limit with a signal that ends the process.
  rlimit limit;
  if (bytes > INT64_MAX || (getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur)) {
    return Status(Code::kSystem, "posix_fallocate", EFBIG);
  }
  out->temporary[0] = '\0';
  out->descriptor = OpenUnnamed(path, out);
  if (out->descriptor < 0) return SystemError("open");
  FaultPoint();
  Status status = Shape(out->descriptor, bytes, permissions, group);
  FaultPoint();
  if (status.ok()) status = MapDescriptor(out->descriptor, true, &out->map);
  if (!status.ok()) CloseNewFile(out);
  return status;
}

Status LinkNewFile(NewFile* file, const char* path) noexcept {
  if (!LinkTo(*file, path)) return errno == EEXIST ? Status(Code::kChanged, "link") : SystemError("link");
  FaultPoint();
  return {};
}

Status ReplaceByNewFile(NewFile* file, const char* path) noexcept {
  // Mapping and file are one page cache, so fsync() covers the stores to the mapping.
  if (fsync(file->descriptor) != 0) return SystemError("fsync");
  FaultPoint();
  if (file->temporary[0] == '\0') {
    char name[kMaxPathBytes];
    if (!UniqueName(path, "new", name)) return Status(Code::kSystem, "link", ENAMETOOLONG);
    if (!LinkTo(*file, name)) return SystemError("link");
    std::memcpy(file->temporary, name, sizeof name);
    FaultPoint();
  }
  if (rename(file->temporary, path) != 0) return SystemError("rename");
  file->temporary[0] = '\0';
  FaultPoint();
  if (!SyncFolder(path)) return SystemError("fsync");
  FaultPoint();
  return {};
}

void CloseNewFile(NewFile* file) noexcept {
  if (file->temporary[0] != '\0') {
    const int error = errno;
    unlink(file->temporary);
    errno = error;
    file->temporary[0] = '\0';
  }
  if (file->descriptor >= 0) Close(file->descriptor);
  file->descriptor = -1;
}

}  // namespace shmpack
