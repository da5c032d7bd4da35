// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "port/clock.h"
#include "port/file_names_posix.h"
#include "port/named_file.h"

namespace shmpack {

namespace {

Status PathOfAnother() noexcept { return Status(Code::kNotFound, "its path leads to another file, or to none"); }

/// Opens what must be a regular file. O_NONBLOCK: else a FIFO under the path would block the call.
Status OpenFile(const char* path, bool* writable, int* out) noexcept {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  *out = open(path, (*writable ? O_RDWR : O_RDONLY) | kFlags);
  if (*out < 0 && *writable && (errno == EACCES || errno == EROFS)) {
    *writable = false;
    *out = open(path, O_RDONLY | kFlags);
  }
  if (*out >= 0) return {};
  if (errno == ENOENT) return Status(Code::kNotFound, "it does not exist");
  if (errno == ELOOP) return Status(Code::kForeign, "it is a symbolic link");
  if (errno == EISDIR || errno == ENXIO) return NotARegularFile();
  return SystemError("open");
}

/// Reads `bytes` bytes, or fewer at the end of the file.
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
  Status status = DescribeFile(descriptor, true, &copy);
  if (!status.ok()) return status;
  copy.base = mmap(nullptr, copy.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy.base == MAP_FAILED) return SystemError("mmap");
  status = ReadBytes(descriptor, copy.base, copy.bytes);  // What the file lost meanwhile stays zero.
  if (!status.ok()) {
    munmap(copy.base, copy.bytes);
    return status;
  }
  *out = copy;
  return {};
}

bool LeadsTo(const struct stat& info, uint64_t device, uint64_t inode) noexcept {
  return info.st_dev == device && info.st_ino == inode;
}

/// Takes the lock of an open file.
Status AwaitFileLock(int descriptor, double deadline) noexcept {
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return SystemError("flock");
    if (MonotonicSeconds() >= deadline) return Status(Code::kTimeout, "another process holds its file lock");
    SleepUs(1000);
  }
  return {};
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
  status = DescribeFile(descriptor, writable, &file);
  if (status.ok()) status = ReadBytes(descriptor, out, capacity);
  Close(descriptor);
  return status;
}

Status LockFile(const char* path, uint64_t device, uint64_t inode, uint32_t timeout_ms, int* out) noexcept {
  const int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? PathOfAnother() : SystemError("open");
  const double deadline = MonotonicSeconds() + timeout_ms * 1e-3;
  Status status;
  struct stat info;
  if (fstat(descriptor, &info) != 0 || !LeadsTo(info, device, inode)) status = PathOfAnother();
  if (status.ok()) status = AwaitFileLock(descriptor, deadline);
  // During the wait another process may have taken the path away.
  if (status.ok() && (lstat(path, &info) != 0 || !LeadsTo(info, device, inode))) {
    status = PathOfAnother();
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

}  // namespace shmpack
