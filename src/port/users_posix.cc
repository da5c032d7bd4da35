// SPDX-License-Identifier: BSD-3-Clause

#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdio>

#include "port/users.h"

namespace shmpack {

namespace {

constexpr size_t kEntryBytes = 4096;

}  // namespace

uint32_t OwnUser() noexcept { return static_cast<uint32_t>(geteuid()); }

bool FindUser(const char* name, uint32_t* uid) noexcept {
  char buffer[kEntryBytes];
  passwd entry;
  passwd* found = nullptr;
  if (getpwnam_r(name, &entry, buffer, sizeof buffer, &found) != 0 || found == nullptr) return false;
  *uid = static_cast<uint32_t>(found->pw_uid);
  return true;
}

const char* WriteUser(uint32_t uid, char* out, size_t capacity) noexcept {
  char buffer[kEntryBytes];
  passwd entry;
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
    snprintf(out, capacity, "%.48s (%u)", found->pw_name, uid);
  } else {
    snprintf(out, capacity, "%u", uid);
  }
  return out;
}

}  // namespace shmpack
