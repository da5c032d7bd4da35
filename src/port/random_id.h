// SPDX-License-Identifier: BSD-3-Clause
//
// RandomId(): 64 bits that no other object has: from the kernel's generator, or from clock and pid where it has none
// ready. Never blocks. Thread-safe.

#pragma once

#include <cstdint>

namespace shmpack {

uint64_t RandomId() noexcept;

}  // namespace shmpack
