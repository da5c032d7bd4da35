// SPDX-License-Identifier: BSD-3-Clause
//
// What is said of a region, once each. A warning puts the damage into "the region is damaged (...)".

#pragma once

#include "shmpack/status.h"

namespace shmpack {

inline Status EntryCountCorrupt() noexcept { return Status(Code::kCorrupt, "its entry count exceeds its size"); }
inline Status IndexCorrupt() noexcept { return Status(Code::kCorrupt, "its index is corrupt"); }
inline Status HeapCorrupt() noexcept { return Status(Code::kCorrupt, "its heap is corrupt"); }
inline Status ValueCorrupt() noexcept { return Status(Code::kCorrupt, "a value lies outside of it"); }
inline Status EntryCorrupt() noexcept { return Status(Code::kCorrupt, "an entry is half written"); }
inline Status CountersCorrupt() noexcept { return Status(Code::kCorrupt, "its counters are impossible"); }
inline Status UndoCorrupt() noexcept { return Status(Code::kCorrupt, "an undo record is out of bounds"); }
inline Status MoveCorrupt() noexcept { return Status(Code::kCorrupt, "its move record is out of bounds"); }

inline Status LockHeld() noexcept { return Status(Code::kTimeout, "its lock is held"); }
inline Status BeingWritten() noexcept { return Status(Code::kTimeout, "a value is being written"); }

}  // namespace shmpack
