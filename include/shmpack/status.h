// SPDX-License-Identifier: BSD-3-Clause
//
// Status: what every call of the core returns.
//
// A value type of 16 bytes: a code, the system's errno where there is one, and a static English text. It never
// allocates, may be copied across threads, and owns nothing. Functions that return one are noexcept and leave their
// outputs untouched unless they say otherwise.
//
// Codes fall into two groups, so that a caller can tell "the answer is no" from "something is wrong":
// expected outcomes (kNotFound ... kChanged) and faults (the rest).

#pragma once

#include <cstdint>

namespace shmpack {

enum class Code : uint32_t {
  kOk = 0,

  // Expected outcomes.
  kNotFound,  // No such key, segment or slot.
  kNoRoom,    // The region is full; nothing was changed.
  kTimeout,   // The lock, or the semaphore, did not come free in time; nothing was changed.
  kTooSmall,  // The caller's buffer, or the size asked for, is too small.
  kChanged,   // The value was replaced since it was looked at; look again.

  // Faults.
  kInvalid,       // An argument that this call cannot take; nothing was changed.
  kMismatch,      // It is there with another shape than was asked for.
  kTooLarge,      // More than the format can hold.
  kReadOnly,      // The region is attached for reading only.
  kStockSegment,  // The segment belongs to PHP's ext/sysvshm.
  kForeign,       // The segment belongs to some other program.
  kVersion,       // A shmpack region of another format version.
  kByteOrder,     // A shmpack region written on a machine of the other byte order.
  kCorrupt,       // The shared bytes contradict themselves; nothing was changed.
  kSystem,        // The operating system refused: see os_errno().
  kOverwritten,   // Another program has overwritten the region's header; nothing was changed.
  kUntrusted,     // Its maker is not a trusted user; nothing of it was looked at.
  kStillHeld,     // An earlier call waited for it until the timeout, nothing has changed since, so this one did not.
};

class [[nodiscard]] Status {
 public:
  constexpr Status() noexcept = default;
  constexpr explicit Status(Code code, const char* text = "", int os_errno = 0) noexcept
      : text_(text), os_errno_(os_errno), code_(code) {}

  constexpr bool ok() const noexcept { return code_ == Code::kOk; }
  constexpr Code code() const noexcept { return code_; }
  /// The system's errno, or 0 where the system had no part in it.
  constexpr int os_errno() const noexcept { return os_errno_; }
  /// A static text that says what failed, without key or pid; never null.
  constexpr const char* text() const noexcept { return text_; }

 private:
  const char* text_ = "";
  int os_errno_ = 0;
  Code code_ = Code::kOk;
};

}  // namespace shmpack
