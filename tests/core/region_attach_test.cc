// SPDX-License-Identifier: BSD-3-Clause
//
// What an Attach() that fails leaves, and whose segments it uses.

#include <gtest/gtest.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "port/fault_point.h"
#include "shmpack/region.h"
#include "test_region.h"

namespace shmpack {
namespace {

constexpr uint64_t kLargeBytes = 1 << 30;
constexpr uint32_t kNobody = 65534;

int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void LimitAddressSpace() {
  const rlimit limit = {1, RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &limit);
}

void LimitAfterCreating(const char* file, int) {
  if (std::strstr(file, "segment_sysv.cc") != nullptr) LimitAddressSpace();
}

int32_t key;

int AttachAndPut() {
  Region region;
  if (!Region::Attach(key, 1'000, 0600, kTestTimeoutMs, &region).ok()) return 1;
  return Put(region, 1, "by another") == Code::kOk ? 0 : 2;
}

void LetAnotherUseIt(const char* file, int) {
  if (std::strstr(file, "segment_sysv.cc") == nullptr) return;
  fault_hook = nullptr;
  if (InChild(AttachAndPut) != 0) _exit(10);
  LimitAddressSpace();
}

void RemoveIt(const char* file, int) {
  if (std::strstr(file, "region_attach.cc") == nullptr) return;
  fault_hook = nullptr;
  shmctl(shmget(key, 0, 0), IPC_RMID, nullptr);
}

class RegionAttachTest : public ::testing::Test {
 protected:
  void SetUp() override { key = FreshKey(); }
  void TearDown() override {
    fault_hook = nullptr;
    if (const int id = Id(); id >= 0) shmctl(id, IPC_RMID, nullptr);
  }
  static int Id() { return shmget(key, 0, 0); }

  static Status Attach(uint64_t bytes, const TrustedOwners* trusted = nullptr, uint32_t permissions = 0600) {
    Region region;
    const Status status = Region::Attach(key, bytes, permissions, kTestTimeoutMs, &region, trusted);
    region.Detach();
    return status;
  }
};

TEST_F(RegionAttachTest, WhoCannotMapItMakesNone) {
  EXPECT_EQ(InChild([] {
              fault_hook = [](const char*, int) { _exit(20); };  // Nothing is made, even for a moment.
              LimitAddressSpace();
              const Status status = Attach(kLargeBytes);
              return status.code() == Code::kSystem ? status.os_errno() : 0;
            }),
            ENOMEM);
  EXPECT_EQ(Id(), -1);
  EXPECT_TRUE(Attach(1'000).ok());
}

TEST_F(RegionAttachTest, WhatWasMadeAndCannotBeMappedIsRemoved) {
  EXPECT_EQ(InChild([] {
              fault_hook = LimitAfterCreating;
              const Status status = Attach(kLargeBytes);
              return status.code() == Code::kSystem ? status.os_errno() : 0;
            }),
            ENOMEM);
  EXPECT_EQ(Id(), -1);
}

TEST_F(RegionAttachTest, WhatAnotherUsesMeanwhileStays) {
  EXPECT_EQ(InChild([] {
              fault_hook = LetAnotherUseIt;
              return Attach(1'000).os_errno();
            }),
            ENOMEM);
  Region region;
  ASSERT_TRUE(Region::Attach(key, 1'000, 0600, kTestTimeoutMs, &region).ok());
  EXPECT_EQ(Get(region, 1), "by another");
  region.Detach();
}

TEST_F(RegionAttachTest, WhatAnotherMadeStays) {
  ASSERT_TRUE(Attach(1'000).ok());
  const int id = Id();
  EXPECT_EQ(InChild([] {
              LimitAddressSpace();
              return Attach(1'000).os_errno();
            }),
            ENOMEM);
  EXPECT_EQ(Id(), id);
}

TEST_F(RegionAttachTest, AHalfMadeOneThatIsRemovedWhileItIsFinishedIsMadeAgain) {
  const int first = shmget(key, Region::BytesFor(600), 0611 | IPC_CREAT | IPC_EXCL);
  ASSERT_GE(first, 0);
  fault_hook = RemoveIt;
  Region region;
  ASSERT_TRUE(Region::Attach(key, 600, 0600, kTestTimeoutMs, &region).ok());
  EXPECT_EQ(fault_hook, nullptr);
  EXPECT_NE(region.segment_id(), first);
  EXPECT_EQ(region.segment_id(), Id());
  region.Detach();
}

TEST_F(RegionAttachTest, OnlyATrustedUsersSegmentIsUsedAndNoOtherTouched) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
  ASSERT_EQ(InChild([] {
              if (setuid(kNobody) != 0) return 1;
              return Attach(1'000, nullptr, 0666).ok() ? 0 : 2;
            }),
            0);
  shmid_ds before;
  ASSERT_EQ(shmctl(Id(), IPC_STAT, &before), 0);
  TrustedOwners owners;
  owners.anybody = false;
  owners.self = true;
  EXPECT_EQ(Attach(1'000, &owners).code(), Code::kUntrusted);
  // Giving it away does not make it anybody else's.
  shmid_ds given = before;
  given.shm_perm.uid = 0;
  ASSERT_EQ(shmctl(Id(), IPC_SET, &given), 0);
  EXPECT_EQ(Attach(1'000, &owners).code(), Code::kUntrusted);
  shmid_ds after;
  ASSERT_EQ(shmctl(Id(), IPC_STAT, &after), 0);
  EXPECT_EQ(after.shm_lpid, before.shm_lpid);
  EXPECT_EQ(after.shm_nattch, before.shm_nattch);
  owners.user_count = 2;
  owners.users[0] = 1;
  owners.users[1] = kNobody;
  EXPECT_TRUE(Attach(1'000, &owners).ok());
}

TEST_F(RegionAttachTest, WhatTheCallMakesIsItsOwnWhomeverItTrusts) {
  TrustedOwners nobody;
  nobody.anybody = false;
  EXPECT_TRUE(Attach(1'000, &nobody).ok());
  EXPECT_EQ(Attach(1'000, &nobody).code(), Code::kUntrusted);
  nobody.self = true;
  EXPECT_TRUE(Attach(1'000, &nobody).ok());
}

TEST(RegionStatsNowTest, WaitsForNoLockAndBelievesNoCounter) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, std::string(100, 'v')), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  header.lock.word = static_cast<uint32_t>(getppid());
  const RegionStats held = region->StatsNow();
  EXPECT_EQ(held.variables, 1U);
  EXPECT_EQ(held.data_bytes, 104U);
  EXPECT_EQ(region->Room(1, 200).free_quota, held.quota_bytes);  // The value would give its own room back.
  EXPECT_EQ(region->Room(2, 200).free_quota, held.quota_bytes - 104);
  header.writer.live_entries = UINT32_MAX;
  header.writer.live_units = UINT32_MAX;
  header.writer.data_bytes = UINT64_MAX;
  EXPECT_EQ(region->StatsNow().free_bytes, 0U);
  EXPECT_EQ(region->Room(2, 200).free_bytes, 0U);
  EXPECT_EQ(region->Room(2, 200).free_quota, 0U);
  header.lock.word = 0;
}

}  // namespace
}  // namespace shmpack
