// SPDX-License-Identifier: BSD-3-Clause
//
// TrustedOwners: whose objects are used where a key leads to one that another user may have made first. By the
// creator's uid as the kernel has it, which no process can change; never by what shared bytes say. Plain data.

#pragma once

#include <cstdint>

namespace shmpack {

struct TrustedOwners {
  static constexpr uint32_t kMostUsers = 32;

  bool anybody = true;
  bool self = false;  // The user that this process acts as when it looks.
  uint32_t user_count = 0;
  uint32_t users[kMostUsers] = {};

  bool Contains(uint32_t uid, uint32_t own_uid) const noexcept {
    if (anybody || (self && uid == own_uid)) return true;
    for (uint32_t i = 0; i < user_count; ++i) {
      if (users[i] == uid) return true;
    }
    return false;
  }
};

}  // namespace shmpack
