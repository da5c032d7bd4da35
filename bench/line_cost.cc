// SPDX-License-Identifier: BSD-3-Clause
//
// How long a load takes of a cache line to which another processor has just stored. Each load waits for the one before.
// Prints nanoseconds, the median of many rounds, or 0 if there is only one processor. `./dev bench` builds it. No get
// of a value that another process has changed can take less. Virtual processors may move on the machine below, so the
// bench measures it again and again.

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr uint32_t kLines = 512;  // Fit the first-level cache.
constexpr int kRounds = 60;

struct alignas(128) Line {  // Two lines: the processor fetches the second one along.
  std::atomic<uint32_t> next;
};

Line lines[kLines];
std::atomic<int> turn = 0;  // Even: the writer's turn to store. Odd: the reader's to load.

void BindTo(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

void AwaitTurn(int wanted) {
  while (turn.load(std::memory_order_acquire) != wanted) {
  }
}

}  // namespace

int main() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) {
    std::puts("0");
    return 0;
  }
  std::vector<int> processors;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &allowed)) processors.push_back(i);
  }
  std::vector<uint32_t> order(kLines);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::thread writer([&] {
    BindTo(processors.back());
    for (int round = 0; round < kRounds; ++round) {
      AwaitTurn(2 * round);
      for (uint32_t i = 0; i < kLines; ++i) lines[order[i]].next = order[(i + 1) % kLines];
      turn.store(2 * round + 1, std::memory_order_release);
    }
  });
  BindTo(processors.front());
  std::vector<double> figures;
  uint32_t at = order[0];
  for (int round = 0; round < kRounds; ++round) {
    AwaitTurn(2 * round + 1);
    const auto began = std::chrono::steady_clock::now();
    for (uint32_t i = 0; i < kLines; ++i) at = lines[at].next.load(std::memory_order_relaxed);
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - began;
    figures.push_back(spent.count() / kLines);
    turn.store(2 * round + 2, std::memory_order_release);
  }
  writer.join();
  std::nth_element(figures.begin(), figures.begin() + kRounds / 2, figures.end());
  std::printf("%.0f\n", at < kLines ? figures[kRounds / 2] : 0);
}
