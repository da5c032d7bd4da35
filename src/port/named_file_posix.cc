// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "port/clock.h"
#include "port/fault_point.h"
#include "port/named_file.h"
#include "port/random_id.h"
#include "port/users.h"

namespace shmpack {

namespace {

Status SystemError(const char* text) noexcept { return Status(Code::kSystem, text, errno); }
Status LeadsElsewhere() noexcept { return Status(Code::kNotFound, "its path leads elsewhere, or nowhere"); }
Status NoRegularFile() noexcept { return Status(Code::kForeign, "it is not a regular file"); }

/// Closes, keeping errno.
void Close(int descriptor) noexcept {
  const int error = errno;
  close(descriptor);
  errno = error;
}

void FolderOf(const char* path, char (&folder)[kMaxPathBytes]) noexcept {
  const char* const slash = std::strrchr(path, '/');
  const size_t length = slash == nullptr ? 0 : static_cast<size_t>(slash - path) + 1;
  snprintf(folder, sizeof folder, "%.*s.", static_cast<int>(length), path);
}

/// `path`, a mark and a random number. False: too long.
bool UniqueName(const char* path, const char* mark, char (&name)[kMaxPathBytes]) noexcept {
  const int length = snprintf(name, sizeof name, "%s.%s-%016" PRIx64, path, mark, RandomId());
  return length > 0 && static_cast<size_t>(length) < sizeof name;
}

/// What fstat() says of it, but for `base`.
Status Describe(int descriptor, bool writable, MappedFile* out) noexcept {
  struct stat info;
  if (fstat(descriptor, &info) != 0) return SystemError("fstat");
  if (!S_ISREG(info.st_mode)) return NoRegularFile();
  if (info.st_size <= 0) return Status(Code::kForeign, "it is empty");
  out->bytes = static_cast<uint64_t>(info.st_size);
  out->device = info.st_dev;
  out->inode = info.st_ino;
  out->owner_uid = info.st_uid;
  out->read_only = !writable;
  return {};
}

Status MapDescriptor(int descriptor, bool writable, MappedFile* out) noexcept {
  MappedFile map;
  const Status status = Describe(descriptor, writable, &map);
  if (!status.ok()) return status;
  map.base = mmap(nullptr, map.bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
  if (map.base == MAP_FAILED) return SystemError("mmap");
  *out = map;
  return {};
}

/// Up to `bytes` bytes, fewer if there are no more.
Status ReadBytes(int descriptor, void* out, uint64_t bytes) noexcept {
  for (uint64_t at = 0; at < bytes;) {
    const ssize_t got = read(descriptor, static_cast<uint8_t*>(out) + at, bytes - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("read");
    if (got == 0) break;
    at += static_cast<uint64_t>(got);
  }
  return {};
}

Status CopyDescriptor(int descriptor, MappedFile* out) noexcept {
  MappedFile copy;
  Status status = Describe(descriptor, true, &copy);
  if (!status.ok()) return status;
  copy.base = mmap(nullptr, copy.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy.base == MAP_FAILED) return SystemError("mmap");
  status = ReadBytes(descriptor, copy.base, copy.bytes);  // What it lost meanwhile stays zero.
  if (!status.ok()) {
    munmap(copy.base, copy.bytes);
    return status;
  }
  *out = copy;
  return {};
}

/// Opens what must be a regular file. O_NONBLOCK: a FIFO in the way must not hold us.
Status OpenFile(const char* path, bool* writable, int* out) noexcept {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  *out = open(path, (*writable ? O_RDWR : O_RDONLY) | kFlags);
  if (*out < 0 && *writable && (errno == EACCES || errno == EROFS)) {
    *writable = false;
    *out = open(path, O_RDONLY | kFlags);
  }
  if (*out >= 0) return {};
  if (errno == ENOENT) return Status(Code::kNotFound, "there is none");
  if (errno == ELOOP) return Status(Code::kForeign, "it is a symbolic link");
  if (errno == EISDIR || errno == ENXIO) return NoRegularFile();
  return SystemError("open");
}

/// A file without a name where the file system can, else one under a name of its own.
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

/// link(2), whether the file has a name or not.
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

bool LeadsTo(const struct stat& info, uint64_t device, uint64_t inode) noexcept {
  return info.st_dev == device && info.st_ino == inode;
}

}  // namespace

Status MapFile(const char* path, bool writable, MappedFile* out) noexcept {
  int descriptor;
  Status status = OpenFile(path, &writable, &descriptor);
  if (!status.ok()) return status;
  status = MapDescriptor(descriptor, writable, out);
  Close(descriptor);
  return status;
}

Status CopyFile(const char* path, MappedFile* out) noexcept {
  bool writable = false;
  int descriptor;
  Status status = OpenFile(path, &writable, &descriptor);
  if (!status.ok()) return status;
  status = CopyDescriptor(descriptor, out);
  Close(descriptor);
  return status;
}

Status ReadFileStart(const char* path, void* out, size_t capacity) noexcept {
  bool writable = false;
  int descriptor;
  Status status = OpenFile(path, &writable, &descriptor);
  if (!status.ok()) return status;
  MappedFile file;
  status = Describe(descriptor, writable, &file);
  if (status.ok()) status = ReadBytes(descriptor, out, capacity);
  Close(descriptor);
  return status;
}

Status MakeNewFile(const char* path, uint64_t bytes, uint32_t permissions, uint32_t group, NewFile* out) noexcept {
  // A file beyond the process's limit would be answered by a signal that ends it.
  rlimit limit;
  if (bytes > INT64_MAX || (getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur)) {
    return Status(Code::kSystem, "posix_fallocate", EFBIG);
  }
  out->temporary[0] = '\0';
  out->descriptor = OpenUnnamed(path, out);
  if (out->descriptor < 0) return SystemError("open");
  FaultPoint();
  Status status;
  if (group != kSameGroup && fchown(out->descriptor, static_cast<uid_t>(-1), group) != 0)
    status = SystemError("fchown");
  // Without the execute bits; and not less than asked for because of a umask.
  if (status.ok() && fchmod(out->descriptor, permissions & 0666) != 0) status = SystemError("fchmod");
  if (status.ok()) {
    int error;
    do {
      error = posix_fallocate(out->descriptor, 0, static_cast<off_t>(bytes));
    } while (error == EINTR);
    if (error != 0) status = Status(Code::kSystem, "posix_fallocate", error);
  }
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
  // fsync() covers what was stored through the mapping: it is one page cache.
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

Status MapAnonymous(uint64_t bytes, MappedFile* out) noexcept {
  MappedFile map;
  map.bytes = bytes;
  map.base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (map.base == MAP_FAILED) return SystemError("mmap");
  map.owner_uid = OwnUser();
  *out = map;
  return {};
}

void Unmap(void* base, uint64_t bytes) noexcept { munmap(base, bytes); }

Status LockFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms, int* out) noexcept {
  const int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? LeadsElsewhere() : SystemError("open");
  const double deadline = MonotonicSeconds() + timeout_ms * 1e-3;
  Status status;
  struct stat info;
  if (fstat(descriptor, &info) != 0 || !LeadsTo(info, device, inode)) status = LeadsElsewhere();
  while (status.ok() && flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      status = SystemError("flock");
    } else if (MonotonicSeconds() >= deadline) {
      status = Status(Code::kTimeout, "another process has it locked");
    } else {
      SleepUs(1000);
    }
  }
  // While it waited, another may have taken the name away.
  if (status.ok() && (lstat(path, &info) != 0 || !LeadsTo(info, device, inode))) {
    status = LeadsElsewhere();
  }
  if (!status.ok()) {
    Close(descriptor);
  } else {
    *out = descriptor;
  }
  return status;
}

void UnlockFile(int descriptor) noexcept { Close(descriptor); }

Status RemoveFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms) noexcept {
  int lock;
  Status status = LockFile(path, device, inode, timeout_ms, &lock);
  if (!status.ok()) return status;
  if (unlink(path) != 0) status = SystemError("unlink");
  UnlockFile(lock);
  return status;
}

Status RemovePath(const char* path) noexcept {
  return unlink(path) == 0 || errno == ENOENT ? Status() : SystemError("unlink");
}

Status SetAside(const char* path) noexcept {
  char name[kMaxPathBytes];
  if (!UniqueName(path, "refused", name)) return Status(Code::kSystem, "rename", ENAMETOOLONG);
  return rename(path, name) == 0 ? Status() : SystemError("rename");
}

Status EnsureOwnFolder(const char* path) noexcept {
  if (mkdir(path, 0700) != 0 && errno != EEXIST) return SystemError("mkdir");
  struct stat info;
  if (lstat(path, &info) != 0) return SystemError("lstat");
  if (!S_ISDIR(info.st_mode)) return Status(Code::kForeign, "its folder is not a folder");
  if (info.st_uid != OwnUser() && info.st_uid != 0) return Status(Code::kForeign, "its folder is another user's");
  if ((info.st_mode & 0022) != 0) return Status(Code::kForeign, "its folder can be written to by other users");
  return {};
}

void DefaultFolder(char* out, size_t capacity) noexcept {
  // In memory, as POSIX shared memory is: nothing of a live table is ever written to a disk.
  snprintf(out, capacity, "/dev/shm/shmpack-%u", OwnUser());
}

}  // namespace shmpack
