// SPDX-License-Identifier: BSD-3-Clause

#include "php/limit_text.h"

#include <cinttypes>
#include <cstdio>

#include "port/system_limits.h"

namespace shmpack::php {

bool WriteAddressSpace(uint64_t bytes, char* out, size_t capacity) {
  const AddressSpace space = ReadAddressSpace();
  if (!space.has_no_room_for(bytes)) return false;
  snprintf(out, capacity,
           "raise this process's limit of address space, `ulimit -v` (RLIMIT_AS), now %" PRIu64
           " KiB, of which %" PRIu64 " are taken",
           space.max_bytes / 1024, space.bytes / 1024);
  return true;
}

}  // namespace shmpack::php
