// SPDX-License-Identifier: BSD-3-Clause

#include <sys/random.h>

#include "port/clock.h"
#include "port/process_identity.h"
#include "port/random_id.h"

namespace shmpack {

uint64_t RandomId() noexcept {
  uint64_t id = 0;
  if (getrandom(&id, sizeof id, GRND_NONBLOCK) == sizeof id) return id;
  return WallClockUs() ^ uint64_t { OwnProcess() } << 40;
}

}  // namespace shmpack
