// SPDX-License-Identifier: BSD-3-Clause
//
// Deadline: how long one operation may wait altogether, however many things it waits for. The clock is first read when
// there is something to wait for, so that who never waits does not pay for it. Plain data of one thread.

#pragma once

#include <cstdint>

#include "port/monotonic_clock.h"

namespace shmpack {

class Deadline {
 public:
  explicit Deadline(uint32_t timeout_ms) noexcept : timeout_ms_(timeout_ms) {}

  /// One that is over in `timeout_ms` from now, or with `other`, whichever comes first.
  Deadline(uint32_t timeout_ms, Deadline& other) noexcept : Deadline(timeout_ms) {
    const double seconds_left = other.SecondsLeft();
    if (seconds_left < SecondsLeft()) end_ = other.end_;
  }

  /// Seconds until then, at most 0 when it is over. Counts from the first call.
  double SecondsLeft() noexcept {
    const double now = MonotonicSeconds();
    if (!has_begun_) {
      has_begun_ = true;
      end_ = now + timeout_ms_ * 1e-3;
    }
    return end_ - now;
  }

 private:
  uint32_t timeout_ms_;
  bool has_begun_ = false;
  double end_ = 0;
};

}  // namespace shmpack
