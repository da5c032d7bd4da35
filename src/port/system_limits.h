// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's limits, for the message when it refuses. All 0 where it does not say. Thread-safe; nothing here blocks.

#pragma once

#include <cstdint>

namespace shmpack {

struct SegmentLimits {
  uint64_t max_bytes = 0;     // kernel.shmmax: of one segment.
  uint64_t max_pages = 0;     // kernel.shmall: of all segments.
  uint64_t max_segments = 0;  // kernel.shmmni.
  uint64_t segments = 0;      // How many exist.
};

SegmentLimits ReadSegmentLimits() noexcept;

/// The numbers of kernel.sem, in its order, and how many semaphores and sets exist.
struct SemaphoreLimits {
  uint64_t max_in_set = 0;
  uint64_t max_semaphores = 0;
  uint64_t max_steps = 0;  // Of one call.
  uint64_t max_sets = 0;
  uint64_t semaphores = 0;
  uint64_t sets = 0;
};

SemaphoreLimits ReadSemaphoreLimits() noexcept;

/// RLIMIT_AS of this process, `ulimit -v`.
struct AddressSpace {
  uint64_t max_bytes = 0;  // 0: not limited.
  uint64_t bytes = 0;      // In use.

  bool has_no_room_for(uint64_t more) const noexcept {
    return max_bytes != 0 && (bytes >= max_bytes || more > max_bytes - bytes);
  }
};

AddressSpace ReadAddressSpace() noexcept;

}  // namespace shmpack
