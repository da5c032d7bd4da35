// SPDX-License-Identifier: BSD-3-Clause
//
// FaultPoint(): a place right after a store that other processes can see. A test can stop or kill the process there.
// Only builds with SHMPACK_FAULTS have it; in others it is an empty inline function.

#pragma once

namespace shmpack {

#ifdef SHMPACK_FAULTS
/// Set by tests, and called with the file and line of the point.
extern void (*fault_hook)(const char* file, int line);

inline void FaultPoint(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
  if (fault_hook != nullptr) fault_hook(file, line);
}
#else
inline void FaultPoint() noexcept {}
#endif

}  // namespace shmpack
