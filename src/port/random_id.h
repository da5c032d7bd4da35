// SPDX-License-Identifier: BSD-3-Clause
//
// RandomId(): 64 bits that no other region has, from the kernel's generator, or from clock and pid where that says no.

#pragma once

#include <cstdint>

namespace shmpack {

uint64_t RandomId() noexcept;

}  // namespace shmpack
