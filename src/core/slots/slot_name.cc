// SPDX-License-Identifier: BSD-3-Clause
//
// The path that the name of a table means.

#include <cstdio>
#include <cstring>

#include "core/slots/slot_status.h"
#include "port/named_file.h"
#include "port/own_folder.h"
#include "shmpack/slot_table.h"

namespace shmpack {

namespace {

/// Whether it is "none", in capitals or not.
bool IsNone(const char* name) noexcept {
  const char* none = "none";
  while (*name != '\0' && (*name | 0x20) == *none) ++name, ++none;
  return *name == '\0' && *none == '\0';
}

/// Whether ".." is a part of the path.
bool HasParent(const char* name) noexcept {
  for (const char* part = name; part != nullptr; part = std::strchr(part, '/')) {
    if (*part == '/') ++part;
    if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || part[2] == '\0')) return true;
  }
  return false;
}

Status CheckName(const char* name, size_t length) noexcept {
  if (length > kMaxTableName) return NameTooLong();
  if (name[length - 1] == '/') return Status(Code::kInvalid, "must not end in \"/\"");
  // Sync() of one table would replace the other table.
  constexpr size_t kEnd = sizeof kStoredEnd - 1;
  if (length >= kEnd && std::memcmp(name + length - kEnd, kStoredEnd, kEnd) == 0) {
    return Status(Code::kInvalid, "must not end in \".persist\", as the names of stored files do");
  }
  return HasParent(name) ? Status(Code::kInvalid, "must not contain \"..\"") : Status();
}

}  // namespace

Status ResolveTableName(const char* name, const char* folder, char* out, bool* anonymous) noexcept {
  if (*name == '\0' || IsNone(name)) {
    *anonymous = true;
    out[0] = '\0';
    return {};
  }
  const size_t length = std::strlen(name);
  const Status status = CheckName(name, length);
  if (!status.ok()) return status;
  if (*name == '/') {
    std::memcpy(out, name, length + 1);
    *anonymous = false;
    return {};
  }
  char default_folder[64];
  if (folder == nullptr || *folder == '\0') {
    DefaultFolder(default_folder, sizeof default_folder);
    folder = default_folder;
  }
  if (std::strlen(folder) + 1 + length > kMaxTableName) return NameTooLong();
  const Status usable = EnsureOwnFolder(folder);
  if (!usable.ok()) return usable;
  std::snprintf(out, kMaxPathBytes, "%s/%s", folder, name);
  *anonymous = false;
  return {};
}

}  // namespace shmpack
