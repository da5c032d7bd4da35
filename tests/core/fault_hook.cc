// SPDX-License-Identifier: BSD-3-Clause

#include "port/fault_point.h"

namespace shmpack {

void (*fault_hook)(const char* file, int line) = nullptr;

}  // namespace shmpack
