// SPDX-License-Identifier: BSD-3-Clause
//
// Time: the system's clocks, and short sleeps. Thread-safe.

#pragma once

#include <cstdint>

namespace shmpack {

/// The clock of deadlines. It never jumps, and means nothing in another process.
double MonotonicSeconds() noexcept;

/// The system's clock: microseconds since 1970-01-01 UTC. It jumps when it is set.
uint64_t WallClockUs() noexcept;

/// Sleeps. A signal may end it early, so callers look again.
void SleepUs(uint32_t microseconds) noexcept;

/// Lets another thread run, if one is ready to.
void YieldProcessor() noexcept;

}  // namespace shmpack
