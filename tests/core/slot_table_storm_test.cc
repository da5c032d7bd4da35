// SPDX-License-Identifier: BSD-3-Clause
//
// Processes that put, get, grab and release in one table, killed at any instant and replaced: no value is torn, no call
// fails, and what the dead had can be reclaimed, to the last slot. The kill tests stop at stores only; this one also
// in the middle of copies and in the kernel.

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <iostream>
#include <random>
#include <vector>

#include "test_slot_table.h"

namespace shmpack {
namespace {

constexpr uint32_t kSlots = 70;
constexpr uint32_t kValues = 2;  // These hold values that show whether they are whole; the others are grabbed.
constexpr uint32_t kWords = 128;
constexpr int kProcesses = 5;
constexpr int kKills = 400;

/// Counted by all processes.
struct Tally {
  std::atomic<int64_t> calls;
  std::atomic<int64_t> torn;
  std::atomic<int64_t> failed;
};

[[noreturn]] void WorkUntilKilled(const SlotTable& table, Tally& tally, uint64_t seed) {
  std::mt19937_64 random(seed);
  uint64_t words[kWords];
  for (;;) {
    const auto id = static_cast<uint32_t>(random() % kValues);
    const uint64_t choice = random() % 8;
    Status status;
    if (choice < 3) {
      const uint64_t serial = random();
      for (uint64_t i = 0; i < kWords; ++i) words[i] = serial * (i + 1);
      status = table.Put(id, words, sizeof words, kSlotTimeoutMs);
    } else if (choice < 7) {
      status = table.Get(id, words, sizeof words, kSlotTimeoutMs);
      for (uint64_t i = 0; i < kWords; ++i) {
        if (words[i] != words[0] * (i + 1)) {
          ++tally.torn;
          break;
        }
      }
    } else {
      uint32_t granted = 0;
      status = table.Grab(kSlotTimeoutMs, &granted);
      if (status.ok()) {
        if (table.Owner(granted).pid != static_cast<uint32_t>(getpid())) ++tally.failed;
        status = table.Release(granted, kSlotTimeoutMs);
      }
    }
    if (!status.ok()) ++tally.failed;
    ++tally.calls;
  }
}

class SlotStormTest : public ::testing::TestWithParam<bool> {};

TEST_P(SlotStormTest, NothingIsTornOrLost) {
  SlotTable table = MakeTable("", {.slot_bytes = kWords * 8, .slot_count = kSlots});
  Tally& tally = *new (mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Tally{};
  for (uint32_t id = 0; id < kValues; ++id) {
    void* address;
    ASSERT_TRUE(table.GrabThis(id, 0).ok());
    if (GetParam()) {
      ASSERT_TRUE(table.Window(id, 0, &address).ok());
    }
  }
  uint64_t seed = 0;
  const auto start = [&] {
    ++seed;
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      WorkUntilKilled(table, tally, seed);
    }
    return child;
  };
  const auto end = [](pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  };
  int reclaimed = 0;
  const auto reclaim = [&] {
    for (uint32_t id = kValues; id < kSlots; ++id) {
      if (table.InUse(id) && table.Reclaim(id, kSlotTimeoutMs).ok()) ++reclaimed;
    }
  };
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) children.push_back(start());
  std::mt19937 random(1);
  for (int kills = 0; kills < kKills; ++kills) {
    usleep(random() % 4000);
    pid_t& child = children[random() % kProcesses];
    end(child);
    child = start();
    reclaim();
  }
  for (const pid_t child : children) end(child);
  reclaim();
  EXPECT_EQ(tally.torn, 0);
  EXPECT_EQ(tally.failed, 0);
  EXPECT_EQ(table.FreeSlots(), kSlots - kValues);
  EXPECT_EQ(CountInUse(table), kValues);
  std::cout << "figure: " << kKills << " kills among " << tally.calls << " calls" << (GetParam() ? ", pinned" : "")
            << ": " << tally.torn << " torn, " << reclaimed << " slots of the dead reclaimed\n";
  munmap(&tally, sizeof tally);
  table.Detach();
}

INSTANTIATE_TEST_SUITE_P(Pinned, SlotStormTest, ::testing::Bool());

}  // namespace
}  // namespace shmpack
