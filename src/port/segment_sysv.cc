// SPDX-License-Identifier: BSD-3-Clause

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include <cerrno>

#include "port/fault_point.h"
#include "port/segment.h"

namespace shmpack {

namespace {

constexpr uint32_t kExecuteBits = 0111;
/// The marks, by the owner's read and write bits that were asked for. No program gives such a mode to its own segment.
constexpr uint32_t kMarks[4] = {0101, 0010, 0001, 0011};

/// Writes the mode that was asked for, if `mode` carries a mark. False: it carries none.
bool AskedMode(uint32_t mode, uint32_t* asked) noexcept {
  for (uint32_t owner = 0; owner < 4; ++owner) {
    if ((mode & kExecuteBits) == kMarks[owner]) {
      *asked = (mode & 066) | owner << 7;
      return true;
    }
  }
  return false;
}

Status SystemError(const char* text) noexcept { return Status(Code::kSystem, text, errno); }

Status GoneOrSystemError(const char* text) noexcept {
  return errno == EIDRM || errno == EINVAL ? Status(Code::kChanged, text, errno) : SystemError(text);
}

/// IPC_STAT; where that is not allowed, SHM_STAT_ANY, which needs no right to read.
Status Look(int32_t id, shmid_ds* out) noexcept {
  if (shmctl(id, IPC_STAT, out) != 0) {
    if (errno != EACCES) return GoneOrSystemError("shmctl");
    // It takes the part of the id that is an index, and returns the id of the segment there.
    if (shmctl(id, SHM_STAT_ANY, out) != id) return Status(Code::kSystem, "shmctl", EACCES);
  }
  return (out->shm_perm.mode & SHM_DEST) != 0 ? Status(Code::kChanged, "shmctl", EIDRM) : Status();
}

}  // namespace

Status FindSegment(int32_t key, int32_t* id) noexcept {
  const int found = shmget(key, 0, 0);
  if (found < 0) return errno == ENOENT ? Status(Code::kNotFound, "shmget") : SystemError("shmget");
  *id = found;
  return {};
}

Status DescribeSegment(int32_t id, SegmentInfo* out) noexcept {
  shmid_ds info;
  const Status status = Look(id, &info);
  if (!status.ok()) return status;
  uint32_t mode = info.shm_perm.mode & 0777;
  const bool half_made = AskedMode(mode, &mode);
  *out = {info.shm_segsz, mode, info.shm_perm.uid, info.shm_perm.cuid, half_made, info.shm_atime != 0};
  return {};
}

Status TryMapping(uint64_t bytes) noexcept {
  void* const base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return SystemError("mmap");
  munmap(base, bytes);
  return {};
}

Status CreateSegment(int32_t key, uint64_t bytes, uint32_t permissions, int32_t* id) noexcept {
  // Until the region is initialised the owner needs both rights, whatever was asked for.
  const uint32_t mode = (permissions & 0666) | 0600 | kMarks[permissions >> 7 & 3];
  const int made = shmget(key, bytes, static_cast<int>(mode) | IPC_CREAT | IPC_EXCL);
  if (made < 0) return errno == EEXIST ? Status(Code::kChanged, "shmget") : SystemError("shmget");
  *id = made;
  FaultPoint();
  return {};
}

Status FinishSegment(int32_t id) noexcept {
  shmid_ds info;
  const Status status = Look(id, &info);
  uint32_t asked = 0;
  if (!status.ok()) return status.code() == Code::kChanged ? status : Status();
  if (!AskedMode(info.shm_perm.mode, &asked)) return {};
  info.shm_perm.mode = static_cast<decltype(info.shm_perm.mode)>(asked);
  shmctl(id, IPC_SET, &info);
  return {};
}

Status MapPrivateSegment(uint64_t bytes, SegmentHandle* out) noexcept {
  void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return SystemError("mmap");
  *out = SegmentHandle();
  out->base = base;
  out->bytes = bytes;
  return {};
}

Status MapSegment(int32_t id, SegmentHandle* out) noexcept {
  SegmentHandle handle;
  handle.id = id;
  handle.base = shmat(id, nullptr, 0);
  if (handle.base == reinterpret_cast<void*>(-1) && errno == EACCES) {
    handle.base = shmat(id, nullptr, SHM_RDONLY);
    handle.read_only = true;
  }
  if (handle.base == reinterpret_cast<void*>(-1)) return GoneOrSystemError("shmat");
  SegmentInfo info;
  if (const Status status = DescribeSegment(id, &info); !status.ok()) {
    shmdt(handle.base);
    return status;
  }
  handle.bytes = info.bytes;
  handle.half_made = info.half_made;
  *out = handle;
  return {};
}

void UnmapSegment(void* base, uint64_t bytes, int32_t id) noexcept {
  if (id < 0) {
    munmap(base, bytes);
  } else {
    shmdt(base);
  }
}

void RemoveUnmappedSegment(int32_t id) noexcept {
  SegmentInfo info;
  if (DescribeSegment(id, &info).ok() && !info.was_mapped) shmctl(id, IPC_RMID, nullptr);
}

Status RemoveSegmentId(int32_t id) noexcept {
  if (id < 0) return {};
  return shmctl(id, IPC_RMID, nullptr) == 0 ? Status() : SystemError("shmctl");
}

}  // namespace shmpack
