// SPDX-License-Identifier: BSD-3-Clause
//
// Users by name and by number, as the system's directory has them.

#pragma once

#include <cstddef>
#include <cstdint>

namespace shmpack {

/// Whom this process acts as.
uint32_t OwnUser() noexcept;

/// The number of the user of that name. False: there is none.
bool FindUser(const char* name, uint32_t* uid) noexcept;

/// Writes "name (number)", or the number alone if it has no name. Returns `out`.
const char* WriteUser(uint32_t uid, char* out, size_t capacity) noexcept;

/// Room for what WriteUser() writes; longer names are cut.
inline constexpr size_t kUserTextBytes = 64;

}  // namespace shmpack
