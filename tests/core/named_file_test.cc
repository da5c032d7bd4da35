// SPDX-License-Identifier: BSD-3-Clause
//
// Files under a path that others change meanwhile.

#include "port/named_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>

#include "test_slot_table.h"

namespace shmpack {
namespace {

class NamedFileTest : public ::testing::Test {
 protected:
  NamedFileTest() { std::ofstream(path_) << "first"; }

  struct stat Info() const {
    struct stat info;
    EXPECT_EQ(stat(path_.c_str(), &info), 0);
    return info;
  }

  /// Whether a process has a file open.
  static bool HasOpen(pid_t process, const struct stat& file) {
    std::error_code ignored;
    const std::string folder = "/proc/" + std::to_string(process) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      struct stat info;
      if (stat(entry.path().c_str(), &info) == 0 && info.st_dev == file.st_dev && info.st_ino == file.st_ino) {
        return true;
      }
    }
    return false;
  }

  TestFolder folder_;
  std::string path_ = folder_.File("t");
};

TEST_F(NamedFileTest, WhatTookItsPathDuringTheWaitIsNotRemoved) {
  const struct stat first = Info();
  const pid_t child = fork();
  if (child == 0) {
    // Not before the parent has it locked.
    int other = open(path_.c_str(), O_RDONLY);
    while (flock(other, LOCK_EX | LOCK_NB) == 0) flock(other, LOCK_UN);
    close(other);
    _exit(static_cast<int>(RemoveFile(path_.c_str(), first.st_dev, first.st_ino, 3'600'000).code()));
  }
  int lock = -1;
  ASSERT_TRUE(LockFile(path_.c_str(), first.st_dev, first.st_ino, kSlotTimeoutMs, &lock).ok());
  // Once it has the file open, it waits for it, whatever comes under its path.
  while (!HasOpen(child, first)) usleep(1000);
  std::filesystem::rename(path_, folder_.File("elsewhere"));
  std::ofstream(path_) << "second";
  UnlockFile(lock);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(static_cast<Code>(WEXITSTATUS(status)), Code::kNotFound);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace shmpack
