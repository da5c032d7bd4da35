// SPDX-License-Identifier: BSD-3-Clause

#include <ctime>

#include "port/monotonic_clock.h"

namespace shmpack {

double MonotonicSeconds() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace shmpack
