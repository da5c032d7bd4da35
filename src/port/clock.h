// SPDX-License-Identifier: BSD-3-Clause
//
// Time: what the system's clocks say, and waiting for a moment. Thread-safe.

#pragma once

#include <cstdint>

namespace shmpack {

/// The clock that deadlines are counted by. It never jumps and means nothing across processes.
double MonotonicSeconds() noexcept;

/// The system's clock: microseconds since 1970-01-01 UTC. It jumps when somebody sets it.
uint64_t WallClockUs() noexcept;

/// Sleeps. A signal may end it early: callers look again and decide.
void SleepUs(uint32_t microseconds) noexcept;

/// Lets another thread have the processor, if one waits for it.
void YieldProcessor() noexcept;

}  // namespace shmpack
