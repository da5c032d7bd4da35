// SPDX-License-Identifier: BSD-3-Clause
//
// A slot table of a test's own, in a folder of its own that goes with the fixture.

#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "shmpack/slot_table.h"

namespace shmpack {

inline constexpr uint32_t kSlotTimeoutMs = 5000;

/// In memory, as tables are by default. SHMPACK_TEST_FOLDER: where, for who removes what a killed test leaves.
class TestFolder {
 public:
  TestFolder() {
    const char* const parent = getenv("SHMPACK_TEST_FOLDER");
    path_ = std::string(parent == nullptr ? "/dev/shm" : parent) + "/shmpack-test-XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  /// How many names in it start so.
  int Count(const std::string& start) const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename().string().starts_with(start)) ++count;
    }
    return count;
  }

 private:
  std::string path_;
};

inline SlotTable MakeTable(const std::string& path, const SlotTableOptions& options, Status* restored = nullptr) {
  SlotTable table;
  Status ignored;
  const Status status = SlotTable::Create(path.empty() ? nullptr : path.c_str(), options, kSlotTimeoutMs, &table,
                                          restored == nullptr ? &ignored : restored);
  EXPECT_TRUE(status.ok()) << status.text() << " " << status.os_errno();
  return table;
}

inline SlotTable AttachTable(const std::string& path, bool writable = true) {
  SlotTable table;
  const Status status = SlotTable::Attach(path.c_str(), writable, &table);
  EXPECT_TRUE(status.ok()) << status.text() << " " << status.os_errno();
  return table;
}

inline std::string GetSlot(const SlotTable& table, uint32_t id) {
  std::string bytes(table.slot_bytes(), '\0');
  const Status status = table.Get(id, bytes.data(), table.slot_bytes(), kSlotTimeoutMs);
  return status.ok() ? bytes : std::string("status: ") + status.text();
}

inline Code PutSlot(const SlotTable& table, uint32_t id, const std::string& bytes) {
  return table.Put(id, bytes.data(), static_cast<uint32_t>(bytes.size()), kSlotTimeoutMs).code();
}

/// The slot granted, or -1.
inline int64_t GrabSlot(const SlotTable& table) {
  uint32_t id = 0;
  return table.Grab(kSlotTimeoutMs, &id).ok() ? int64_t{id} : -1;
}

inline uint32_t CountInUse(const SlotTable& table) {
  uint32_t count = 0;
  for (uint32_t id = 0; id < table.slot_count(); ++id) count += table.InUse(id) ? 1 : 0;
  return count;
}

/// Reaches what only a test may.
struct SlotTableTestPeer {
  static SlotTableShm& Header(const SlotTable& table) { return *table.header_; }
  static SlotTable ReadOnly(SlotTable table) {
    table.read_only_ = true;
    return table;
  }
  static uint64_t Bytes(const SlotTable& table) { return table.bytes_; }
};

}  // namespace shmpack
