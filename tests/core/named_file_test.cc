// SPDX-License-Identifier: BSD-3-Clause
//
// Files under a path that others change at the same time.

#include "port/named_file.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "port/new_file.h"
#include "test_slot_table.h"

namespace shmpack {
namespace {

/// What others do when the file has been opened and looked at, and is not locked yet.
std::function<void()> before_flock;
/// Not 0: why nothing can be locked.
int flock_error = 0;

}  // namespace
}  // namespace shmpack

/// Stands before the C library's.
extern "C" int flock(int descriptor, int operation) noexcept {
  static const auto real = reinterpret_cast<int (*)(int, int)>(dlsym(RTLD_NEXT, "flock"));
  if (const auto others = std::exchange(shmpack::before_flock, nullptr)) others();
  if (shmpack::flock_error != 0) {
    errno = shmpack::flock_error;
    return -1;
  }
  return real(descriptor, operation);
}

namespace shmpack {
namespace {

class NamedFileTest : public ::testing::Test {
 protected:
  NamedFileTest() {
    Write(path_, "first");
    struct stat info;
    EXPECT_EQ(stat(path_.c_str(), &info), 0);
    device_ = info.st_dev;
    inode_ = info.st_ino;
  }
  ~NamedFileTest() override { before_flock = nullptr; }

  static auto Descriptors() { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); }
  static void Write(const std::string& path, const std::string& bytes) { std::ofstream(path) << bytes; }
  /// Another file takes the path, as when a table is removed and made anew.
  void Replace() {
    Write(folder_.File("second"), "second");
    std::filesystem::rename(folder_.File("second"), path_);
  }

  TestFolder folder_;
  const std::string path_ = folder_.File("file");
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
};

TEST_F(NamedFileTest, IsRemoved) {
  EXPECT_TRUE(RemoveFile(path_.c_str(), device_, inode_, 0).ok());
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(RemoveFile(path_.c_str(), device_, inode_, 0).code(), Code::kNotFound);
}

TEST_F(NamedFileTest, AnotherThatHadThePathAlreadyIsNotRemoved) {
  Replace();
  EXPECT_EQ(RemoveFile(path_.c_str(), device_, inode_, 0).code(), Code::kNotFound);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(NamedFileTest, AnotherThatTookThePathDuringTheWaitIsNotRemoved) {
  before_flock = [this] { Replace(); };
  EXPECT_EQ(RemoveFile(path_.c_str(), device_, inode_, 0).code(), Code::kNotFound);
  EXPECT_FALSE(before_flock);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(NamedFileTest, IsNotLockedOnceItsPathIsGone) {
  before_flock = [this] { std::filesystem::remove(path_); };
  int lock = -1;
  EXPECT_EQ(LockFile(path_.c_str(), device_, inode_, 0, &lock).code(), Code::kNotFound);
}

TEST_F(NamedFileTest, ALockOfAnotherThatHasThePathIsNotWaitedFor) {
  Replace();
  const int other = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  int lock = -1;
  EXPECT_EQ(LockFile(path_.c_str(), device_, inode_, 20, &lock).code(), Code::kNotFound);
  close(other);
}

TEST_F(NamedFileTest, WhatCannotBeLockedIsNotWaitedFor) {
  flock_error = ENOLCK;
  int lock = -1;
  const Status status = LockFile(path_.c_str(), device_, inode_, 20, &lock);
  flock_error = 0;
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), ENOLCK);
}

TEST_F(NamedFileTest, WhatFailsLeavesNoDescriptorAndNoName) {
  const auto before = Descriptors();
  int lock = -1;
  int second = -1;
  EXPECT_EQ(LockFile(path_.c_str(), device_, inode_ + 1, 0, &lock).code(), Code::kNotFound);
  ASSERT_TRUE(LockFile(path_.c_str(), device_, inode_, 0, &lock).ok());
  EXPECT_EQ(LockFile(path_.c_str(), device_, inode_, 0, &second).code(), Code::kTimeout);
  UnlockFile(lock);
  MappedFile map;
  Write(path_, "");
  EXPECT_EQ(MapFile(path_.c_str(), true, &map).code(), Code::kForeign);
  EXPECT_EQ(CopyFile(path_.c_str(), &map).code(), Code::kForeign);
  NewFile file;
  EXPECT_EQ(MakeNewFile(path_.c_str(), uint64_t{1} << 62, 0600, kSameGroup, &file).code(), Code::kSystem);
  // Nothing can be renamed to what is a folder.
  const std::string in_the_way = folder_.File("folder");
  std::filesystem::create_directory(in_the_way);
  ASSERT_TRUE(MakeNewFile(in_the_way.c_str(), 100, 0600, kSameGroup, &file).ok());
  EXPECT_EQ(ReplaceByNewFile(&file, in_the_way.c_str()).code(), Code::kSystem);
  CloseNewFile(&file);
  Unmap(file.map.base, file.map.bytes);
  EXPECT_EQ(Descriptors(), before);
  EXPECT_EQ(folder_.Count(""), 2);
}

TEST_F(NamedFileTest, NewOneHasTheModeAndTheGroupAskedForOrIsNotMade) {
  NewFile file;
  ASSERT_TRUE(MakeNewFile(path_.c_str(), 100, 0777, kSameGroup, &file).ok());
  struct stat info;
  EXPECT_EQ(fstat(file.descriptor, &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0666U);
  CloseNewFile(&file);
  Unmap(file.map.base, file.map.bytes);
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  ASSERT_EQ(seteuid(12345), 0);
  const Status status = MakeNewFile(path_.c_str(), 100, 0600, 54321, &file);
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EPERM);
}

TEST_F(NamedFileTest, IsLockedOnceAtATime) {
  int lock = -1;
  ASSERT_TRUE(LockFile(path_.c_str(), device_, inode_, 0, &lock).ok());
  int second = -1;
  EXPECT_EQ(LockFile(path_.c_str(), device_, inode_, 20, &second).code(), Code::kTimeout);
  UnlockFile(lock);
  EXPECT_TRUE(LockFile(path_.c_str(), device_, inode_, 0, &second).ok());
  UnlockFile(second);
}

}  // namespace
}  // namespace shmpack
