// SPDX-License-Identifier: BSD-3-Clause
//
// FaultPoint(): a place at which a test can stop or kill the process, right after a store that other processes can see.
// Exists in builds with SHMPACK_FAULTS only; in any other it is an empty inline function.

#pragma once

namespace shmpack {

#ifdef SHMPACK_FAULTS
/// Set by tests; called with the file and line of the point.
extern void (*fault_hook)(const char* file, int line);

inline void FaultPoint(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
  if (fault_hook != nullptr) fault_hook(file, line);
}
#else
inline void FaultPoint() noexcept {}
#endif

}  // namespace shmpack
