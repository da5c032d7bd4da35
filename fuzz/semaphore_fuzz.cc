// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target: three handles on one semaphore, while somebody else sets the kernel's values to whatever it takes,
// removes the set, or puts one of another shape in its place. A handle reads no other shared state. Every call ends in
// a Status, and a handle that is closed is as new.

#include <sys/ipc.h>
#include <sys/sem.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "byte_source.h"
#include "shmpack/semaphore.h"

namespace {

constexpr int kMostSteps = 64;
constexpr double kTimeoutSeconds = 0.001;

[[noreturn]] void Finding(const char* what) {
  std::fprintf(stderr, "FINDING: %s\n", what);
  std::abort();
}

void RemoveSet(key_t key) {
  if (const int id = semget(key, 0, 0); id >= 0) semctl(id, 0, IPC_RMID);
}

}  // namespace

namespace shmpack {

void (*fault_hook)(const char* function, int line) = nullptr;
void (*load_hook)(const void* word) = nullptr;

}  // namespace shmpack

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shmpack;
  // scripts/fuzz.sh knows the key, to clean up after a crash.
  const key_t key = 0x5f000000 + (getpid() & 0xffff);
  ByteSource source(data, size);
  Semaphore handles[3];
  for (int step = 0; step < kMostSteps && !source.empty(); ++step) {
    const auto opcode = source.Take<uint8_t>();
    Semaphore& handle = handles[(opcode >> 4) % 3];
    switch (opcode & 7) {
      case 0: {
        if (handle.is_open()) break;
        const auto most = static_cast<int32_t>(source.Take<uint16_t>());
        Status limit;
        const Status status = handle.Open(key, most, 0600, (opcode & 8) == 0, kTimeoutSeconds, &limit);
        if (status.ok() != handle.is_open()) Finding("a handle is open after a failure, or closed after none");
        break;
      }
      case 1:
        if (handle.is_open()) (void)handle.Acquire(0);
        break;
      case 2:
        if (handle.is_open()) (void)handle.Release();
        break;
      case 3:
        if ((opcode & 8) != 0 && handle.is_open()) (void)handle.Remove();
        break;
      case 4:
        handle.Close();
        if (handle.is_open()) Finding("a closed handle is open");
        break;
      case 5: {
        const auto value = source.Take<uint16_t>();
        if (const int id = semget(key, 0, 0); id >= 0)
          semctl(id, value % 3, SETVAL, (opcode & 8) != 0 ? 32767 - value % 4 : value / 3);
        break;
      }
      case 6:
        RemoveSet(key);
        break;
      default:
        // A set that is too small, or that nobody may open.
        RemoveSet(key);
        (void)semget(key, (opcode & 8) != 0 ? 1 : 3, IPC_CREAT | IPC_EXCL | 0600);
    }
  }
  for (Semaphore& handle : handles) handle.Close();
  RemoveSet(key);
  return 0;
}
