// SPDX-License-Identifier: BSD-3-Clause

#include <sched.h>

#include <ctime>

#include "port/clock.h"

namespace shmpack {

double MonotonicSeconds() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

uint64_t WallClockUs() noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

void SleepUs(uint32_t microseconds) noexcept {
  const timespec moment = {static_cast<time_t>(microseconds / 1'000'000),
                           static_cast<long>(microseconds % 1'000'000) * 1000};
  nanosleep(&moment, nullptr);
}

void YieldProcessor() noexcept { sched_yield(); }

}  // namespace shmpack
