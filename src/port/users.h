// SPDX-License-Identifier: BSD-3-Clause
//
// Users by name and by number, as the system's directory has them. Thread-safe. A directory on the network may block.

#pragma once

#include <cstddef>
#include <cstdint>

namespace shmpack {

/// The user that this process acts as.
uint32_t OwnUser() noexcept;

/// Finds the number of the user of that name. False: there is no such user.
bool FindUser(const char* name, uint32_t* uid) noexcept;

/// Writes "name (number)", or the number alone if the user has no name. Returns `out`.
const char* WriteUser(uint32_t uid, char* out, size_t capacity) noexcept;

/// Room for the text of WriteUser(), which cuts longer names.
inline constexpr size_t kUserTextBytes = 64;

}  // namespace shmpack
