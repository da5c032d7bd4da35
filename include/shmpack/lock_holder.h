// SPDX-License-Identifier: BSD-3-Clause
//
// LockHolder: the holder of a lock, for the message after Code::kTimeout. A look at a word that may change at any time,
// and that anybody with the right to write may have stored.

#pragma once

#include <cstdint>

namespace shmpack {

struct LockHolder {
  enum class Kind : uint8_t {
    kNobody,     // It is free (by now).
    kProcess,    // A thread of process `pid`.
    kElsewhere,  // A thread of another pid namespace: of another container, say.
    kNoThread,   // The word names a thread that does not exist: foreign bytes, or a holder that could not be noticed.
  };
  Kind kind = Kind::kNobody;
  uint32_t pid = 0;  // Of kProcess.
};

}  // namespace shmpack
