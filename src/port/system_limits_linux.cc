// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdlib>

#include "port/system_limits.h"

namespace shmpack {

SegmentLimits ReadSegmentLimits() noexcept {
  // shmctl(2): for IPC_INFO and SHM_INFO the buffer is one of these.
  shminfo limits = {};
  shm_info usage = {};
  if (shmctl(0, IPC_INFO, reinterpret_cast<shmid_ds*>(&limits)) < 0) return {};
  if (shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&usage)) < 0) return {};
  return {limits.shmmax, limits.shmall, limits.shmmni, static_cast<uint64_t>(usage.used_ids)};
}

SemaphoreLimits ReadSemaphoreLimits() noexcept {
  // semctl(2): SEM_INFO puts the numbers in use into the fields of two limits that Linux does not have.
  union {
    int value;
    seminfo* info;
  } argument;
  seminfo info = {};
  argument.info = &info;
  if (semctl(0, 0, SEM_INFO, argument) < 0) return {};
  const auto number = [](int value) { return static_cast<uint64_t>(value); };
  return {number(info.semmsl), number(info.semmns), number(info.semopm),
          number(info.semmni), number(info.semaem), number(info.semusz)};
}

AddressSpace ReadAddressSpace() noexcept {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  char pages[32] = {};
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    if (read(file, pages, sizeof pages - 1) < 0) pages[0] = '\0';
    close(file);
  }
  const uint64_t page_bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return {limit.rlim_cur, std::strtoull(pages, nullptr, 10) * page_bytes};
}

}  // namespace shmpack
