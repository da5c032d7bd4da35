// SPDX-License-Identifier: BSD-3-Clause
//
// Files under a path that others change at the same time.

#include "port/named_file.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "test_slot_table.h"

namespace shmpack {
namespace {

/// What others do when the file has been opened and looked at, and is not locked yet.
std::function<void()> before_flock;

}  // namespace
}  // namespace shmpack

/// Stands before the C library's.
extern "C" int flock(int descriptor, int operation) noexcept {
  static const auto real = reinterpret_cast<int (*)(int, int)>(dlsym(RTLD_NEXT, "flock"));
  if (const auto others = std::exchange(shmpack::before_flock, nullptr)) others();
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
