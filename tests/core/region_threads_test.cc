// SPDX-License-Identifier: BSD-3-Clause
//
// Many threads on several mappings of one region at once, with values that tell whether they are whole. Under
// ThreadSanitizer this is the test of the memory orders.

#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "core/base/shared_access.h"
#include "test_region.h"

namespace shmpack {
namespace {

#if defined(SHMPACK_TSAN) || defined(__SANITIZE_ADDRESS__)
constexpr int kRounds = 3'000;
#else
constexpr int kRounds = 40'000;
#endif

/// A value of which every byte follows from the key and the serial number in front of it.
std::string MakeValue(int64_t key, uint32_t serial, size_t size) {
  std::string value(size, '\0');
  std::memcpy(value.data(), &serial, sizeof serial);
  for (size_t i = sizeof serial; i < size; ++i)
    value[i] = static_cast<char>(serial * 131 + static_cast<uint32_t>(key) * 17 + i);
  return value;
}

bool IsWhole(int64_t key, const std::string& value) {
  if (value.size() < sizeof(uint32_t)) return false;
  uint32_t serial;
  std::memcpy(&serial, value.data(), sizeof serial);
  return value == MakeValue(key, serial, value.size());
}

void Churn(Region mine, uint64_t seed, std::atomic<int>* torn, std::atomic<int64_t>* hits) {
  std::mt19937_64 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    const auto key = static_cast<int64_t>(random() % 24);
    switch (random() % 8) {
      case 0:
        (void)mine.Remove(key, kTestTimeoutMs);
        break;
      case 1:
      case 2: {
        const size_t size = 4 + random() % (random() % 4 == 0 ? 600 : 30);
        const Code code = Put(mine, key, MakeValue(key, static_cast<uint32_t>(random()), size));
        EXPECT_TRUE(code == Code::kOk || code == Code::kNoRoom);
        break;
      }
      default:
        if (const std::optional<std::string> value = Get(mine, key)) {
          hits->fetch_add(1, std::memory_order_relaxed);
          if (!IsWhole(key, *value)) torn->fetch_add(1, std::memory_order_relaxed);
        }
    }
  }
}

TEST(RegionThreadsTest, NoValueIsEverTorn) {
  // Small enough that the region is compacted now and then.
  TestRegion region(1'500);
  const uint64_t fresh = FreeBytes(*region);
  std::atomic<int> torn = 0;
  std::atomic<int64_t> hits = 0;
  std::vector<std::thread> threads;
  // Two threads on each of two mappings: ThreadSanitizer tells locations by address, so it sees what shares one; the
  // other mapping shows what must not depend on addresses.
  Region again = region.AttachAgain();
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] { Churn(t % 2 == 0 ? *region : again, t + 1, &torn, &hits); });
  }
  for (std::thread& thread : threads) thread.join();
  again.Detach();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(hits, kRounds / 2);
  for (int64_t key = 0; key < 24; ++key) (void)region->Remove(key, kTestTimeoutMs);
  EXPECT_EQ(FreeBytes(*region), fresh);
}

TEST(RegionThreadsTest, AKeyThatIsAlwaysThereIsAlwaysFound) {
  TestRegion region(20'000);
  ASSERT_EQ(Put(*region, 7, MakeValue(7, 1, 40)), Code::kOk);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    // Entries come and go around it: chains split, entries are used again, the table is compacted.
    Region mine = *region;
    std::mt19937_64 random(5);
    for (int round = 0; round < kRounds; ++round) {
      const auto key = static_cast<int64_t>(100 + random() % 300);
      if (random() % 2 == 0) {
        (void)Put(mine, key, MakeValue(key, 1, 20 + random() % 200));
      } else {
        (void)mine.Remove(key, kTestTimeoutMs);
      }
    }
    stop = true;
  });
  int64_t missing = 0;
  int64_t looks = 0;
  for (; !stop; ++looks) {
    Peeked peeked;
    if (!region->Peek(7, kTestTimeoutMs, &peeked).ok()) ++missing;
  }
  writer.join();
  EXPECT_EQ(missing, 0);
  EXPECT_GT(looks, 100);
}

}  // namespace
}  // namespace shmpack
