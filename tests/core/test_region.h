// SPDX-License-Identifier: BSD-3-Clause
//
// A region of a test's own, attached as often as the test likes and removed with the fixture.

#pragma once

#include <gtest/gtest.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/region/stripe.h"
#include "shmpack/region.h"

namespace shmpack {

inline constexpr uint32_t kTestTimeoutMs = 5000;

/// A key that no other test process uses at the same time.
inline int32_t FreshKey() {
  static int32_t counter = 0;
  return 0x5a000000 + (getpid() & 0xffff) * 64 + counter++ % 64;
}

/// Reaches what only a test may.
struct RegionTestPeer {
  static HeaderShm& Header(const Region& region) { return *region.header_; }
  /// A handle that may not write, as another user's without the right to.
  static Region ReadOnly(Region region) {
    region.read_only_ = true;
    return region;
  }
};

/// The stripe of a key in a TestRegion.
constexpr uint32_t TestStripeOf(int64_t key) { return StripeOfKeyed(static_cast<uint64_t>(key)); }

/// Attaches on construction, removes the segment on destruction. Its hash key is 0, so that each run has the same
/// chains.
class TestRegion {
 public:
  explicit TestRegion(uint64_t size_bytes) : size_bytes_(size_bytes) {
    const Status status = Region::Attach(key_, size_bytes, 0600, kTestTimeoutMs, &region_);
    EXPECT_TRUE(status.ok()) << status.text() << " " << status.os_errno();
    if (status.ok()) RegionTestPeer::Header(region_).index.hash_key = 0;
  }
  ~TestRegion() {
    (void)region_.RemoveSegment();
    region_.Detach();
  }
  TestRegion(const TestRegion&) = delete;
  TestRegion& operator=(const TestRegion&) = delete;

  Region& operator*() { return region_; }
  Region* operator->() { return &region_; }
  int32_t key() const { return key_; }

  /// The same region once more, at another address.
  Region AttachAgain() const {
    Region again;
    const Status status = Region::Attach(key_, size_bytes_, 0600, kTestTimeoutMs, &again);
    EXPECT_TRUE(status.ok()) << status.text();
    return again;
  }

 private:
  int32_t key_ = FreshKey();
  uint64_t size_bytes_;
  Region region_;
};

inline Code Put(Region& region, int64_t key, const std::string& value) {
  return region.Put(key, value.data(), value.size(), kTestTimeoutMs).code();
}

/// The value under `key`, or nothing if there is none. Any other outcome fails the test.
inline std::optional<std::string> Get(Region& region, int64_t key) {
  for (int tries = 0; tries < 100; ++tries) {
    Peeked peeked;
    Status status = region.Peek(key, kTestTimeoutMs, &peeked);
    if (status.code() == Code::kNotFound) return std::nullopt;
    EXPECT_TRUE(status.ok()) << status.text();
    if (!status.ok()) return std::nullopt;
    std::string value(peeked.length, '\0');
    status = region.Copy(peeked, 0, value.data());
    if (status.ok()) return value;
    EXPECT_EQ(status.code(), Code::kChanged) << status.text();
  }
  std::string value(1 << 20, '\0');
  Peeked peeked;
  EXPECT_TRUE(region.ReadLocked(key, kTestTimeoutMs, value.data(), value.size(), &peeked).ok());
  value.resize(peeked.length);
  return value;
}

inline uint64_t FreeBytes(Region& region) {
  RegionStats stats{};
  EXPECT_TRUE(region.Stats(kTestTimeoutMs, &stats).ok());
  return stats.free_bytes;
}

/// So long that a test which waits for it does not end.
inline constexpr uint32_t kForEverMs = 3'600'000;

/// A key under which other programs put a segment.
class AttachOverTest : public ::testing::Test {
 protected:
  /// Puts a segment of somebody else's under key_.
  uint8_t* Foreign(size_t bytes, int mode = 0666) {
    id_ = shmget(key_, bytes, mode | IPC_CREAT | IPC_EXCL);
    return static_cast<uint8_t*>(shmat(id_, nullptr, 0));
  }
  Code AttachCode() {
    Region region;
    const Code code = Region::Attach(key_, 1'000, 0666, 100, &region).code();
    region.Detach();
    return code;
  }
  void TearDown() override { shmctl(id_, IPC_RMID, nullptr); }

  int32_t key_ = FreshKey();
  int id_ = -1;
};

}  // namespace shmpack
