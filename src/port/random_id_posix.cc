// SPDX-License-Identifier: BSD-3-Clause

#include <sys/random.h>
#include <unistd.h>

#include <ctime>

#include "port/random_id.h"

namespace shmpack {

uint64_t RandomId() noexcept {
  uint64_t id = 0;
  if (getrandom(&id, sizeof id, GRND_NONBLOCK) == sizeof id) return id;
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (static_cast<uint64_t>(now.tv_sec) << 30 ^ static_cast<uint64_t>(now.tv_nsec)) ^
         static_cast<uint64_t>(getpid()) << 40;
}

}  // namespace shmpack
