// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the bytes at the start of a mapped region are still a region's header. No process that follows the format
// ever changes them, so a change means that another program has taken the segment for its own: nothing in it can be
// relied on then, and the words of its locks name nobody.

#pragma once

#include "shmpack/region_layout.h"
#include "shmpack/status.h"

namespace shmpack {

/// What has overwritten a header that is not intact: kOverwritten.
Status DescribeOverwriting(const HeaderShm& header) noexcept;

/// Ok if it is intact, else as above. Loads constant words only.
[[gnu::always_inline]] inline Status CheckIntact(const HeaderShm& header) noexcept {
  return HeaderIsIntact(header) ? Status() : DescribeOverwriting(header);
}

}  // namespace shmpack
