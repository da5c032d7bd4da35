// SPDX-License-Identifier: BSD-3-Clause

#include <sys/ipc.h>
#include <sys/shm.h>

#include <cerrno>

#include "port/segment.h"

namespace shmpack {

namespace {

constexpr uint32_t kExecuteBits = 0111;
constexpr uint32_t kHalfMadeMark = 0011;

Status SystemError(const char* text) noexcept { return Status(Code::kSystem, text, errno); }

bool IsGone(int error) noexcept { return error == EIDRM || error == EINVAL; }

}  // namespace

Status FindSegment(int32_t key, int32_t* id) noexcept {
  const int found = shmget(key, 0, 0);
  if (found < 0) return errno == ENOENT ? Status(Code::kNotFound, "shmget") : SystemError("shmget");
  *id = found;
  return {};
}

Status CreateSegment(int32_t key, uint64_t bytes, uint32_t permissions, int32_t* id) noexcept {
  // The owner needs both rights until the region is initialised, whatever was asked for.
  const uint32_t mode = (permissions & 0666) | 0600 | kHalfMadeMark;
  const int made = shmget(key, bytes, static_cast<int>(mode) | IPC_CREAT | IPC_EXCL);
  if (made < 0) return errno == EEXIST ? Status(Code::kChanged, "shmget") : SystemError("shmget");
  *id = made;
  return {};
}

void FinishSegment(int32_t id, uint32_t permissions) noexcept {
  shmid_ds info;
  if (shmctl(id, IPC_STAT, &info) != 0) return;
  info.shm_perm.mode = static_cast<decltype(info.shm_perm.mode)>(permissions & 0777);
  shmctl(id, IPC_SET, &info);
}

Status MapSegment(int32_t id, SegmentHandle* out) noexcept {
  SegmentHandle handle;
  handle.id = id;
  handle.base = shmat(id, nullptr, 0);
  if (handle.base == reinterpret_cast<void*>(-1) && errno == EACCES) {
    handle.base = shmat(id, nullptr, SHM_RDONLY);
    handle.read_only = true;
  }
  if (handle.base == reinterpret_cast<void*>(-1)) {
    return IsGone(errno) ? Status(Code::kChanged, "shmat", errno) : SystemError("shmat");
  }
  shmid_ds info;
  if (shmctl(id, IPC_STAT, &info) != 0) {
    const int error = errno;
    shmdt(handle.base);
    return IsGone(error) ? Status(Code::kChanged, "shmctl", error) : Status(Code::kSystem, "shmctl", error);
  }
  handle.bytes = info.shm_segsz;
  handle.half_made = (info.shm_perm.mode & kExecuteBits) == kHalfMadeMark;
  handle.permissions = info.shm_perm.mode & (handle.half_made ? 0666 : 0777);
  *out = handle;
  return {};
}

void UnmapSegment(void* base) noexcept { shmdt(base); }

Status RemoveSegmentId(int32_t id) noexcept {
  return shmctl(id, IPC_RMID, nullptr) == 0 ? Status() : SystemError("shmctl");
}

}  // namespace shmpack
