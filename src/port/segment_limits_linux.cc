// SPDX-License-Identifier: BSD-3-Clause

#include <sys/shm.h>

#include "port/segment_limits.h"

namespace shmpack {

SegmentLimits ReadSegmentLimits() noexcept {
  // shmctl(2): with IPC_INFO and SHM_INFO the buffer is really one of these.
  shminfo limits = {};
  shm_info usage = {};
  if (shmctl(0, IPC_INFO, reinterpret_cast<shmid_ds*>(&limits)) < 0) return {};
  if (shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&usage)) < 0) return {};
  return {limits.shmmax, limits.shmall, limits.shmmni, static_cast<uint64_t>(usage.used_ids)};
}

}  // namespace shmpack
