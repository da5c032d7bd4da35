// SPDX-License-Identifier: BSD-3-Clause
//
// Many threads on several mappings of one slot table at once, with bytes that tell whether they are whole. Under
// ThreadSanitizer this is the test of the memory orders.

#include <atomic>
#include <cstring>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "core/base/shared_access.h"
#include "test_slot_table.h"

namespace shmpack {
namespace {

#if defined(SHMPACK_TSAN) || defined(__SANITIZE_ADDRESS__)
constexpr int kRounds = 2'000;
constexpr int kPuts = 1'000;
constexpr uint32_t kBytes = 2'048;  // Copied byte by byte.
#else
constexpr int kRounds = 60'000;
constexpr int kPuts = 8'000;
constexpr uint32_t kBytes = 32'768;  // Large enough that puts come in between while one is read.
#endif
constexpr int64_t kLeastReads = 1'000;

void PutWhole(const SlotTable& table, uint32_t id, uint64_t serial) {
  uint64_t words[kBytes / 8];
  for (uint64_t i = 0; i < kBytes / 8; ++i) words[i] = serial * (i + 1);
  EXPECT_TRUE(table.Put(id, words, kBytes, kSlotTimeoutMs).ok());
}

bool GetIsWhole(const SlotTable& table, uint32_t id) {
  uint64_t words[kBytes / 8];
  EXPECT_TRUE(table.Get(id, words, kBytes, kSlotTimeoutMs).ok());
  for (uint64_t i = 0; i < kBytes / 8; ++i) {
    if (words[i] != words[0] * (i + 1)) return false;
  }
  return true;
}

class SlotThreadsTest : public ::testing::TestWithParam<bool> {};

TEST_P(SlotThreadsTest, NoValueIsEverTorn) {
  TestFolder folder;
  SlotTable one = MakeTable(folder.File("t"), {.slot_bytes = kBytes, .slot_count = 2});
  // Two threads on each of two mappings: ThreadSanitizer tells locations by address, so it sees what shares one; the
  // other mapping shows what must not depend on addresses.
  SlotTable two = AttachTable(folder.File("t"));
  void* address;
  if (GetParam()) {
    ASSERT_TRUE(one.Window(0, 0, &address).ok());
    ASSERT_TRUE(one.Window(1, 0, &address).ok());
  }
  std::atomic<int64_t> torn = 0;
  std::atomic<int> writers = 4;
  std::atomic<int64_t> reads = 0;
  std::atomic<int64_t> puts = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const SlotTable& mine = t % 2 == 0 ? one : two;
      std::mt19937_64 random(t);
      if (t < 4) {
        // The readers may begin late.
        for (int round = 0; round < kPuts || (reads < kLeastReads && round < 1'000 * kPuts); ++round) {
          PutWhole(mine, random() % 2, random());
          ++puts;
        }
        --writers;
        return;
      }
      while (writers > 0) {
        if (!GetIsWhole(mine, random() % 2)) ++torn;
        ++reads;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GE(reads, kLeastReads);
  std::cout << "figure: " << reads << " reads of " << kBytes << " bytes beside " << puts << " puts"
            << (GetParam() ? ", pinned" : "") << ": " << torn << " torn\n";
  one.Detach();
  two.Detach();
}

INSTANTIATE_TEST_SUITE_P(Pinned, SlotThreadsTest, ::testing::Bool());

TEST(SlotThreadsGrabTest, NoSlotIsGrantedTwice) {
  TestFolder folder;
  SlotTable one = MakeTable(folder.File("t"), {.slot_bytes = 8, .slot_count = 100});
  SlotTable two = AttachTable(folder.File("t"));
  std::atomic<int> holders[100] = {};
  std::atomic<int> twice = 0;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const SlotTable& mine = t % 2 == 0 ? one : two;
      std::mt19937_64 random(t);
      std::vector<uint32_t> own;
      for (int round = 0; round < kRounds; ++round) {
        if (own.size() < 30 && random() % 2 == 0) {
          const int64_t id = GrabSlot(mine);
          if (id < 0) continue;
          if (holders[id]++ != 0) ++twice;
          own.push_back(static_cast<uint32_t>(id));
        } else if (!own.empty()) {
          --holders[own.back()];
          EXPECT_TRUE(mine.Release(own.back(), kSlotTimeoutMs).ok());
          own.pop_back();
        }
        if (mine.FreeSlots() > 100) ++twice;
        (void)mine.NextVisited(static_cast<uint32_t>(random() % 100));
        (void)mine.Owner(static_cast<uint32_t>(random() % 100)).pid;
      }
      for (const uint32_t id : own) {
        --holders[id];
        EXPECT_TRUE(mine.Release(id, kSlotTimeoutMs).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(twice, 0);
  EXPECT_EQ(one.FreeSlots(), 100U);
  EXPECT_EQ(CountInUse(two), 0U);
  one.Detach();
  two.Detach();
}

}  // namespace
}  // namespace shmpack
