// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel allows for shared memory segments, for the message when it refuses one. All 0 where it does not say.

#pragma once

#include <cstdint>

namespace shmpack {

struct SegmentLimits {
  uint64_t max_bytes = 0;     // kernel.shmmax: of one segment.
  uint64_t max_pages = 0;     // kernel.shmall: of all segments.
  uint64_t max_segments = 0;  // kernel.shmmni.
  uint64_t segments = 0;      // How many there are.
};

SegmentLimits ReadSegmentLimits() noexcept;

}  // namespace shmpack
