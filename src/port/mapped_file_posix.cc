// SPDX-License-Identifier: BSD-3-Clause

#include <sys/mman.h>
#include <sys/stat.h>

#include "port/file_names_posix.h"
#include "port/mapped_file.h"
#include "port/users.h"

namespace shmpack {

Status DescribeFile(int descriptor, bool writable, MappedFile* out) noexcept {
  struct stat info;
  if (fstat(descriptor, &info) != 0) return SystemError("fstat");
  if (!S_ISREG(info.st_mode)) return NotARegularFile();
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
  const Status status = DescribeFile(descriptor, writable, &map);
  if (!status.ok()) return status;
  map.base = mmap(nullptr, map.bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
  if (map.base == MAP_FAILED) return SystemError("mmap");
  *out = map;
  return {};
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

}  // namespace shmpack
