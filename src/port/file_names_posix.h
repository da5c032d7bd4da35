// SPDX-License-Identifier: BSD-3-Clause
//
// What the sources for files share: names beside a path, and errors.

#pragma once

#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstddef>
#include <cstdio>

#include "port/named_file.h"
#include "port/random_id.h"
#include "shmpack/status.h"

namespace shmpack {

/// The error of the last call. `text`: the call's name.
inline Status SystemError(const char* text) noexcept { return Status(Code::kSystem, text, errno); }

inline Status NotARegularFile() noexcept { return Status(Code::kForeign, "it is not a regular file"); }

/// Closes, and keeps errno.
inline void Close(int descriptor) noexcept {
  const int error = errno;
  close(descriptor);
  errno = error;
}

/// Writes `path`, a mark and a random number. False: that is too long.
inline bool UniqueName(const char* path, const char* mark, char (&name)[kMaxPathBytes]) noexcept {
  const int length = snprintf(name, sizeof name, "%s.%s-%016" PRIx64, path, mark, RandomId());
  return length > 0 && static_cast<size_t>(length) < sizeof name;
}

}  // namespace shmpack
