// SPDX-License-Identifier: BSD-3-Clause
//
// Deadline: how long one operation may wait in all, however many things it waits for. The clock is first read when
// there is something to wait for, so an operation that never waits does not pay for it. Plain data of one thread.

#pragma once

#include <cstdint>

#include "port/clock.h"
#include "port/stuck_words.h"

namespace shmpack {

class Deadline {
 public:
  /// `object` is what the operation works on. A wait that times out remembers the word in it: port/stuck_words.h.
  explicit Deadline(uint32_t timeout_ms, const SharedObject& object = {}) noexcept
      : timeout_ms_(timeout_ms), object_(object) {}

  /// Ends in `timeout_ms` from now or with `other`, whichever comes first. Remembers nothing.
  Deadline(uint32_t timeout_ms, Deadline& other) noexcept : Deadline(timeout_ms) {
    const double seconds_left = other.SecondsLeft();
    if (seconds_left < SecondsLeft()) end_ = other.end_;
  }

  /// The seconds left, at most 0 at the end. The time counts from the first call.
  double SecondsLeft() noexcept {
    const double now = MonotonicSeconds();
    if (!has_begun_) {
      has_begun_ = true;
      end_ = now + timeout_ms_ * 1e-3;
    }
    return end_ - now;
  }

  /// Whether there was something to wait for.
  bool has_begun() const noexcept { return has_begun_; }

  /// Whether the word at `place` is known to stay `value`.
  bool IsKnownStuck(const void* place, uint64_t value) const noexcept {
    return shmpack::IsKnownStuck(object_, place, value);
  }

  /// Remembers that the word at `place` stayed `value`.
  void RememberStuck(const void* place, uint64_t value) const noexcept {
    if (timeout_ms_ != 0) shmpack::RememberStuck(object_, place, value);
  }

  /// The same, if the word has been `value` since `seconds_left` were left, and that was at least half of the time.
  /// To be called at the end.
  void RememberStuckSince(double seconds_left, const void* place, uint64_t value) const noexcept {
    if (seconds_left >= timeout_ms_ * 0.5e-3) RememberStuck(place, value);
  }

 private:
  uint32_t timeout_ms_;
  bool has_begun_ = false;
  double end_ = 0;
  SharedObject object_;
};

}  // namespace shmpack
