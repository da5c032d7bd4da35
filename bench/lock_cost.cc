// SPDX-License-Identifier: BSD-3-Clause
//
// What it costs in C++ to take and give back a region's lock that no other process wants. Prints nanoseconds, the best
// of many rounds. `./dev bench` builds it and shows the figure beside ext/sysvsem's.

#include <chrono>
#include <cstdio>

#include "port/robust_lock.h"

int main() {
  constexpr int kRounds = 200;
  constexpr int kCalls = 20000;
  static shmpack::LockShm lock{};
  double best_ns = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) {
      if (shmpack::AcquireRobustLock(lock, 1000) != shmpack::Acquired::kClean) return 1;
      shmpack::ReleaseRobustLock(lock, true);
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - began;
    if (spent.count() / kCalls < best_ns) best_ns = spent.count() / kCalls;
  }
  std::printf("%.1f\n", best_ns);
}
