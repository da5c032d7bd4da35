// SPDX-License-Identifier: BSD-3-Clause

#include "core/base/shared_access.h"
#include "port/fault_point.h"

namespace shmpack {

void (*fault_hook)(const char* file, int line) = nullptr;
void (*load_hook)(const void* word) = nullptr;

}  // namespace shmpack
