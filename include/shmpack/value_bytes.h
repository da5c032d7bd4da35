// SPDX-License-Identifier: BSD-3-Clause
//
// A value's bytes on their way into shared memory. Plain data; nothing is owned or freed.

#pragma once

#include <cstdint>

namespace shmpack {

/// A value's bytes, in up to two pieces: a header made on the spot, and a body that lies elsewhere.
struct ValueBytes {
  const void* head = nullptr;
  uint64_t head_bytes = 0;
  const void* body = nullptr;
  uint64_t body_bytes = 0;

  uint64_t bytes() const noexcept { return head_bytes + body_bytes; }
};

/// Up to 16 bytes in registers.
struct ShortBytes {
  uint64_t words[2] = {};  // In memory order.
  uint32_t count = 0;
};

}  // namespace shmpack
