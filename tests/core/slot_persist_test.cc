// SPDX-License-Identifier: BSD-3-Clause
//
// What a table stores and restores; and what becomes of stored files that are not what they should be.

#include <dlfcn.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/base/checksum.h"
#include "core/slots/slot_table_view.h"
#include "port/fault_point.h"
#include "test_slot_table.h"

namespace shmpack {
namespace {

/// The name of the call that fails from now on, but for the first few times, as on a damaged disk.
const char* failing_call = nullptr;
int calls_before_it_fails = 0;

bool Fails(const char* call) {
  if (failing_call == nullptr || std::strcmp(failing_call, call) != 0 || calls_before_it_fails-- > 0) return false;
  errno = EIO;
  return true;
}

}  // namespace
}  // namespace shmpack

// These stand before the C library's.

extern "C" ssize_t read(int descriptor, void* to, size_t bytes) {
  static const auto real = reinterpret_cast<ssize_t (*)(int, void*, size_t)>(dlsym(RTLD_NEXT, "read"));
  return shmpack::Fails("read") ? -1 : real(descriptor, to, bytes);
}

extern "C" int fsync(int descriptor) {
  static const auto real = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
  return shmpack::Fails("fsync") ? -1 : real(descriptor);
}

namespace shmpack {
namespace {

constexpr SlotTableOptions kOptions = {.slot_bytes = 20, .slot_count = 100, .type = kSlotsPersist};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class SlotPersistTest : public ::testing::Test {
 protected:
  /// Stores a table with slots 3, 64 and 99, and removes it.
  void StoreOne(uint32_t type = kSlotsPersist) {
    SlotTableOptions options = kOptions;
    options.type = type;
    SlotTable table = MakeTable(path(), options);
    for (const uint32_t id : {3U, 64U, 99U}) EXPECT_EQ(PutSlot(table, id, "slot " + std::to_string(id)), Code::kOk);
    const Status status = table.Sync(path().c_str(), kSlotTimeoutMs);
    EXPECT_TRUE(status.ok()) << status.text() << status.os_errno();
    EXPECT_TRUE(table.Remove(path().c_str(), 0).ok());
    table.Detach();
  }

  /// Makes the table again. Returns what became of the stored file.
  Code MakeAgain(const SlotTableOptions& options = kOptions) {
    Status restored;
    table_.Detach();
    table_ = MakeTable(path(), options, &restored);
    return restored.code();
  }

  std::string path() const { return folder_.File("t"); }
  std::string stored() const { return folder_.File("t.persist"); }

  void TearDown() override { table_.Detach(); }

  TestFolder folder_;
  SlotTable table_;
};

TEST_F(SlotPersistTest, WhatWasStoredIsThereAgain) {
  StoreOne();
  struct stat info;
  ASSERT_EQ(stat(stored().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_EQ(folder_.Count(""), 1);
  EXPECT_EQ(MakeAgain(), Code::kOk);
  EXPECT_EQ(table_.FreeSlots(), 97U);
  for (const uint32_t id : {3U, 64U, 99U}) {
    EXPECT_EQ(GetSlot(table_, id).substr(0, 7), ("slot " + std::to_string(id) + std::string(2, '\0')).substr(0, 7));
    EXPECT_EQ(table_.Owner(id).pid, 0U);
    EXPECT_EQ(table_.Reclaim(id, 0).code(), Code::kNotFound);
  }
  EXPECT_EQ(GrabSlot(table_), 0);
}

TEST_F(SlotPersistTest, WithoutTheTypeNothingIsRestored) {
  StoreOne();
  SlotTableOptions options = kOptions;
  options.type = 0;
  EXPECT_EQ(MakeAgain(options), Code::kNotFound);
  EXPECT_EQ(table_.FreeSlots(), 100U);
  EXPECT_TRUE(std::filesystem::exists(stored()));
}

TEST_F(SlotPersistTest, ClearedMarksKeepTheBytesAndWhoWasThereBefore) {
  StoreOne(kSlotsPersist | kSlotsClearInUse);
  SlotTableOptions options = kOptions;
  options.type = kSlotsPersist | kSlotsClearInUse;
  EXPECT_EQ(MakeAgain(options), Code::kOk);
  EXPECT_EQ(table_.FreeSlots(), 100U);
  // Slots that hold something from before are granted last.
  for (int64_t id = 0; id < 100; ++id) {
    if (id != 3 && id != 64 && id != 99) {
      EXPECT_EQ(GrabSlot(table_), id);
    }
  }
  EXPECT_EQ(GrabSlot(table_), 3);
  EXPECT_EQ(GetSlot(table_, 3).substr(0, 6), "slot 3");
}

TEST_F(SlotPersistTest, GrowingAndShrinkingKeepWhatFits) {
  StoreOne();
  SlotTableOptions options = kOptions;
  options.slot_count = 300;
  EXPECT_EQ(MakeAgain(options), Code::kOk);
  EXPECT_EQ(GetSlot(table_, 99).substr(0, 7), "slot 99");
  EXPECT_EQ(table_.FreeSlots(), 297U);
  EXPECT_TRUE(table_.Remove(path().c_str(), 0).ok());
  options.slot_count = 70;
  EXPECT_EQ(MakeAgain(options), Code::kOk);
  EXPECT_EQ(GetSlot(table_, 64).substr(0, 7), "slot 64");
  EXPECT_EQ(table_.FreeSlots(), 68U);
  uint32_t id;
  for (int i = 0; i < 68; ++i) EXPECT_TRUE(table_.Grab(0, &id).ok() && id < 70);
  EXPECT_EQ(table_.Grab(0, &id).code(), Code::kNoRoom);
}

TEST_F(SlotPersistTest, LiveTableCountsAndNotTheFile) {
  StoreOne();
  EXPECT_EQ(MakeAgain(), Code::kOk);
  EXPECT_EQ(PutSlot(table_, 3, "newer "), Code::kOk);
  // Every process is killed, as far as the table is concerned.
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(GetSlot(table_, 3).substr(0, 6), "newer ");
}

struct Damage {
  const char* name;
  Code code;
  void (*change)(std::string* bytes);
  bool checksum_is_right = false;
};

void Set(std::string* bytes, size_t at, uint32_t value) { std::memcpy(bytes->data() + at, &value, sizeof value); }

const Damage kDamages[] = {
    {"Empty", Code::kForeign, [](std::string* bytes) { bytes->clear(); }},
    {"CutInTheHeader", Code::kCorrupt, [](std::string* bytes) { bytes->resize(40); }},
    {"CutShort", Code::kCorrupt, [](std::string* bytes) { bytes->pop_back(); }},
    {"Longer", Code::kCorrupt, [](std::string* bytes) { bytes->push_back('x'); }},
    {"FlippedInASlot", Code::kCorrupt, [](std::string* bytes) { bytes->back() ^= 1; }},
    {"FlippedInTheMarks", Code::kCorrupt, [](std::string* bytes) { (*bytes)[64] ^= 1; }},
    {"FlippedInTheTime", Code::kCorrupt, [](std::string* bytes) { (*bytes)[50] ^= 1; }},
    {"FlippedInTheChecksum", Code::kCorrupt, [](std::string* bytes) { (*bytes)[56] ^= 1; }},
    {"Foreign", Code::kForeign, [](std::string* bytes) { (*bytes)[0] = 'X'; }},
    {"Newer", Code::kVersion, [](std::string* bytes) { Set(bytes, 8, 2); }, true},
    {"Older", Code::kVersion, [](std::string* bytes) { Set(bytes, 8, 0); }, true},
    {"OtherByteOrder", Code::kForeign, [](std::string* bytes) { Set(bytes, 12, 0x04030201); }, true},
    {"NoSlots", Code::kCorrupt, [](std::string* bytes) { Set(bytes, 24, 0); }, true},
    {"ManySlots", Code::kCorrupt, [](std::string* bytes) { Set(bytes, 24, UINT32_MAX); }, true},
    {"ManySlotsThatFit", Code::kCorrupt, [](std::string* bytes) { Set(bytes, 24, kMaxTableSlots); }, true},
    {"LargeSlots", Code::kCorrupt, [](std::string* bytes) { Set(bytes, 28, UINT32_MAX); }, true},
};

class DamagedFileTest : public SlotPersistTest, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedFileTest, IsRefusedAndKeptUnderAnotherName) {
  StoreOne();
  std::string bytes = ReadFile(stored());
  GetParam().change(&bytes);
  if (GetParam().checksum_is_right) {
    const uint32_t head = Crc32(0, bytes.data(), 56);
    Set(&bytes, 56, Crc32(head, bytes.data() + 64, bytes.size() - 64));
  }
  WriteFile(stored(), bytes);
  EXPECT_EQ(MakeAgain(), GetParam().code);
  EXPECT_EQ(table_.FreeSlots(), 100U);
  EXPECT_EQ(GetSlot(table_, 3), std::string(20, '\0'));
  EXPECT_FALSE(std::filesystem::exists(stored()));
  ASSERT_EQ(folder_.Count("t.persist.refused-"), 1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().filename().string().starts_with("t.persist.refused-")) {
      EXPECT_EQ(ReadFile(entry.path()), bytes);
    }
  }
  EXPECT_TRUE(table_.Sync(path().c_str(), 0).ok());
  EXPECT_EQ(folder_.Count(""), 3);
}

INSTANTIATE_TEST_SUITE_P(Damages, DamagedFileTest, ::testing::ValuesIn(kDamages),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(SlotPersistTest, SlotsOfAnotherSizeAreRefused) {
  StoreOne();
  SlotTableOptions options = kOptions;
  options.slot_bytes = 21;
  EXPECT_EQ(MakeAgain(options), Code::kMismatch);
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 1);
}

TEST_F(SlotPersistTest, SymbolicLinkInTheWayIsNeitherFollowedNorRemoved) {
  StoreOne();
  std::filesystem::rename(stored(), folder_.File("elsewhere"));
  std::filesystem::create_symlink(folder_.File("elsewhere"), stored());
  EXPECT_EQ(MakeAgain(), Code::kForeign);
  EXPECT_EQ(table_.FreeSlots(), 100U);
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 1);
  std::filesystem::create_symlink(folder_.File("elsewhere"), stored());
  const std::string before = ReadFile(folder_.File("elsewhere"));
  Status in_the_way;
  EXPECT_TRUE(table_.Sync(path().c_str(), 0, &in_the_way).ok());  // Takes the link's place.
  EXPECT_EQ(in_the_way.code(), Code::kForeign);
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 2);
  EXPECT_FALSE(std::filesystem::is_symlink(stored()));
  EXPECT_EQ(ReadFile(folder_.File("elsewhere")), before);
}

TEST_F(SlotPersistTest, WhatIsInTheWayOfStoringIsKeptAsideUnlessItHoldsOlderSlots) {
  StoreOne();
  const std::string ours = ReadFile(stored());
  const auto with = [&](size_t at, uint32_t value) {
    std::string bytes = ours;
    Set(&bytes, at, value);
    return bytes;
  };
  table_ =
      MakeTable(path(), {.slot_bytes = 20, .slot_count = 100});  // Nothing is restored, so nobody has looked at it.
  const struct {
    std::string bytes;
    Code code;
  } kFiles[] = {
      {ours, Code::kOk},
      {ours.substr(0, 40), Code::kOk},  // What is left of slots is not worth more than the slots.
      {with(8, 0), Code::kOk},
      {with(8, kSlotTableVersion + 1), Code::kVersion},
      {with(12, 0x04030201), Code::kForeign},
      {"SHM", Code::kForeign},
      {"", Code::kForeign},
      {std::string(5000, 'x'), Code::kForeign},
      {std::string("\0TSERMHS", 8) + std::string(56, '\0'), Code::kByteOrder},
  };
  int aside = 0;
  for (const auto& file : kFiles) {
    WriteFile(stored(), file.bytes);
    Status in_the_way(Code::kTimeout);
    EXPECT_TRUE(table_.Sync(path().c_str(), 0, &in_the_way).ok());
    EXPECT_EQ(in_the_way.code(), file.code) << file.bytes.substr(0, 20);
    EXPECT_EQ(ReadFile(stored()).size(), ours.size());
    if (file.code != Code::kOk) ++aside;
    EXPECT_EQ(folder_.Count("t.persist.refused-"), aside);
    bool is_there = file.code == Code::kOk;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      is_there = is_there || (entry.path() != stored() && ReadFile(entry.path()) == file.bytes);
    }
    EXPECT_TRUE(is_there) << file.bytes.substr(0, 20);
  }
  // Nor does who removes what is stored take that for it.
  WriteFile(stored(), "somebody's");
  EXPECT_EQ(SlotTable::RemoveStored(path().c_str()).code(), Code::kForeign);
  EXPECT_EQ(ReadFile(stored()), "somebody's");
  WriteFile(stored(), with(8, kSlotTableVersion + 1));
  EXPECT_TRUE(SlotTable::RemoveStored(path().c_str()).ok());
  EXPECT_TRUE(SlotTable::RemoveStored(path().c_str()).ok());
  EXPECT_FALSE(std::filesystem::exists(stored()));
}

TEST_F(SlotPersistTest, RenewingSaysWhatWasInTheWay) {
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(PutSlot(table_, 1, "kept"), Code::kOk);
  WriteFile(stored(), "somebody's");
  SlotTableOptions options = kOptions;
  options.renew = true;
  EXPECT_EQ(MakeAgain(options), Code::kChanged);
  EXPECT_EQ(GetSlot(table_, 1).substr(0, 4), "kept");
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 1);
  EXPECT_EQ(MakeAgain(options), Code::kOk);
}

TEST_F(SlotPersistTest, EachStoredSlotIsAsSomePutLeftIt) {
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  const pid_t child = fork();
  if (child == 0) {
    for (char c = 'a';; c = c == 'z' ? 'a' : static_cast<char>(c + 1)) (void)PutSlot(table_, 5, std::string(20, c));
  }
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(table_.Sync(path().c_str(), kSlotTimeoutMs).ok());
    const std::string bytes = ReadFile(stored());
    const std::string slot = bytes.substr(bytes.size() - 100 * 20 + 5 * 20, 20);
    EXPECT_EQ(slot, std::string(20, slot[0]));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(SlotPersistTest, AnOlderStateDoesNotTakeANewerOnesPlace) {
  static int pipe_ends[2];
  static int points;
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(PutSlot(table_, 1, "old"), Code::kOk);
  const auto sync = [this] { return table_.Sync(path().c_str(), kSlotTimeoutMs).ok(); };
  points = 0;
  fault_hook = [](const char*, int) { ++points; };
  EXPECT_TRUE(sync());
  fault_hook = nullptr;
  // Each time stopped at another step, as if the disk took its time.
  for (static int stop_at = 1; stop_at <= points; ++stop_at) {
    EXPECT_EQ(PutSlot(table_, 1, "old"), Code::kOk);
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      fault_hook = [](const char*, int) {
        static int at = 0;
        if (++at != stop_at) return;
        if (write(pipe_ends[1], "s", 1) != 1) _exit(2);
        usleep(100'000);
      };
      _exit(sync() ? 0 : 1);
    }
    char byte;
    EXPECT_EQ(read(pipe_ends[0], &byte, 1), 1);
    EXPECT_EQ(PutSlot(table_, 1, "new"), Code::kOk);
    EXPECT_TRUE(sync());
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    EXPECT_NE(ReadFile(stored()).find("new"), std::string::npos) << stop_at;
  }
}

TEST_F(SlotPersistTest, AFileThatIsCutShortWhileItIsReadIsRefused) {
  constexpr SlotTableOptions kLarge = {.slot_bytes = 4096, .slot_count = 500, .type = kSlotsPersist};
  EXPECT_EQ(MakeAgain(kLarge), Code::kNotFound);
  EXPECT_TRUE(table_.Sync(path().c_str(), 0).ok());
  EXPECT_TRUE(table_.Remove(path().c_str(), 0).ok());
  const std::string bytes = ReadFile(stored());
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);     // A mistake here ends the parent by SIGBUS.
    for (;;) WriteFile(stored(), bytes);  // As cp does: the file is cut to nothing, and filled again.
  }
  for (int i = 0; i < 100; ++i) {
    const Code code = MakeAgain(kLarge);
    EXPECT_TRUE(code == Code::kOk || code == Code::kCorrupt || code == Code::kForeign || code == Code::kNotFound);
    EXPECT_TRUE(table_.Remove(path().c_str(), kSlotTimeoutMs).ok());
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(SlotPersistTest, ARemovedTableIsStoredToo) {
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(PutSlot(table_, 1, "kept"), Code::kOk);
  EXPECT_TRUE(table_.Remove(path().c_str(), 0).ok());
  EXPECT_TRUE(table_.Sync(path().c_str(), 0).ok());
  EXPECT_EQ(MakeAgain(), Code::kOk);
  EXPECT_EQ(GetSlot(table_, 1).substr(0, 4), "kept");
}

TEST_F(SlotPersistTest, FullDiskKeepsTheOldFile) {
  // A mount of its own, seen by a child only.
  const std::string small = folder_.File("small");
  ASSERT_EQ(mkdir(small.c_str(), 0700), 0);
  const pid_t child = fork();
  if (child == 0) {
    // The kernel ignores source and type here, but valgrind reports a null type.
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") != 0) {
      _exit(77);
    }
    const std::string path = small + "/t";
    SlotTable table = MakeTable(path, kOptions);
    if (PutSlot(table, 1, "old") != Code::kOk || !table.Sync(path.c_str(), 0).ok()) _exit(1);
    const std::string before = ReadFile(path + ".persist");
    std::ofstream filler(small + "/filler");
    while (filler << std::string(1024, 'f') << std::flush) {
    }
    if (PutSlot(table, 1, "new") != Code::kOk) _exit(2);
    const Status status = table.Sync(path.c_str(), 0);
    if (status.code() != Code::kSystem || status.os_errno() != ENOSPC) _exit(3);
    if (ReadFile(path + ".persist") != before) _exit(4);
    SlotTable other;
    Status restored;
    const Status made = SlotTable::Create((small + "/u").c_str(), kOptions, 0, &other, &restored);
    if (made.code() != Code::kSystem || made.os_errno() != ENOSPC) _exit(5);
    _exit(std::distance(std::filesystem::directory_iterator(small), {}) == 3 ? 0 : 6);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs the right to mount";
  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
}

TEST_F(SlotPersistTest, RenewedTableBeginsWithWhatTheOldOneHolds) {
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(PutSlot(table_, 64, "old"), Code::kOk);
  void* address = nullptr;
  ASSERT_TRUE(table_.Window(64, kSlotTimeoutMs, &address).ok());
  SlotTableOptions options = kOptions;
  options.renew = true;
  options.slot_count = 80;  // Another shape than that of the one that is there.
  Status restored;
  SlotTable fresh = MakeTable(path(), options, &restored);
  EXPECT_TRUE(restored.ok()) << restored.text();
  EXPECT_EQ(GetSlot(fresh, 64).substr(0, 3), "old");
  EXPECT_EQ(fresh.FreeSlots(), 79U);
  // Two tables from now on.
  EXPECT_EQ(PutSlot(fresh, 64, "new"), Code::kOk);
  EXPECT_EQ(std::string(static_cast<char*>(address), 3), "old");
  EXPECT_EQ(GetSlot(AttachTable(path()), 64).substr(0, 3), "new");
  fresh.Detach();
  // What is not to be restored is not stored, either.
  ASSERT_TRUE(SlotTable::RemoveStored(path().c_str()).ok());
  options.type = 0;
  fresh = MakeTable(path(), options, &restored);
  EXPECT_EQ(restored.code(), Code::kNotFound);
  EXPECT_EQ(fresh.FreeSlots(), 80U);
  EXPECT_EQ(folder_.Count(""), 1);
  fresh.Detach();
}

TEST_F(SlotPersistTest, WhatCannotBeStoredKeepsItsPath) {
  EXPECT_EQ(MakeAgain(), Code::kNotFound);
  EXPECT_EQ(PutSlot(table_, 1, "kept"), Code::kOk);
  const pid_t child = fork();
  if (child == 0) {
    // No file may be as long as what is to be stored, and the new table is longer.
    const rlimit short_files = {100, 100};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &short_files) != 0) _exit(1);
    SlotTableOptions options = kOptions;
    options.renew = true;
    SlotTable table;
    Status restored;
    const Status status = SlotTable::Create(path().c_str(), options, 0, &table, &restored);
    _exit(status.code() == Code::kSystem && status.os_errno() == EFBIG ? 0 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
  EXPECT_EQ(folder_.Count(""), 1);
  ASSERT_TRUE(std::filesystem::exists(path()));
  EXPECT_EQ(GetSlot(AttachTable(path()), 1).substr(0, 4), "kept");
}

TEST_F(SlotPersistTest, ASlotThatCannotBeReadLeavesTheOldFile) {
  StoreOne();
  ASSERT_EQ(MakeAgain(), Code::kOk);
  const std::string before = ReadFile(stored());
  // Its holder stands still, and its state changes at each look.
  static SharedU64* state;
  SlotShm& slot = SlotTableView(table_).slot(50);
  state = &slot.state;
  slot.lock.word = static_cast<uint32_t>(getppid());
  load_hook = [](const void* word) {
    if (word == state) *state += 2;
  };
  EXPECT_EQ(table_.Sync(path().c_str(), 20).code(), Code::kTimeout);
  load_hook = nullptr;
  slot.lock.word = 0;
  EXPECT_EQ(ReadFile(stored()), before);
  EXPECT_EQ(folder_.Count(""), 2);
}

TEST_F(SlotPersistTest, WhatTheDiskDoesNotGiveIsNotRemoved) {
  StoreOne();
  failing_call = "read";
  const Status status = SlotTable::RemoveStored(path().c_str());
  failing_call = nullptr;
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EIO);
  EXPECT_EQ(MakeAgain(), Code::kOk);
}

TEST_F(SlotPersistTest, AnotherUsersFileIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make another user's";
  StoreOne();
  ASSERT_EQ(chown(stored().c_str(), 12345, 12345), 0);
  EXPECT_EQ(MakeAgain(), Code::kForeign);
  EXPECT_EQ(table_.FreeSlots(), 100U);
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 1);
}

TEST_F(SlotPersistTest, APipeInTheWayHoldsNobody) {
  ASSERT_EQ(mkfifo(stored().c_str(), 0600), 0);
  EXPECT_EQ(MakeAgain(), Code::kForeign);
  EXPECT_EQ(folder_.Count("t.persist.refused-"), 1);
  ASSERT_TRUE(table_.Remove(path().c_str(), 0).ok());
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_TRUE(table_.Sync(path().c_str(), 0).ok());  // Which would lock what lies there.
  SlotTable other;
  EXPECT_EQ(SlotTable::Attach(path().c_str(), false, &other).code(), Code::kForeign);
}

TEST_F(SlotPersistTest, AFileThatTheDiskDoesNotGiveIsLeftWhereItIs) {
  StoreOne();
  ASSERT_EQ(MakeAgain(), Code::kOk);
  const std::string before = ReadFile(stored());
  failing_call = "read";
  const Status status = table_.Sync(path().c_str(), 0);
  failing_call = nullptr;
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EIO);
  EXPECT_EQ(ReadFile(stored()), before);
  EXPECT_EQ(folder_.Count("t.persist"), 1);
}

TEST_F(SlotPersistTest, WhatDoesNotArriveOnTheDiskLeavesTheOldFile) {
  StoreOne();
  ASSERT_EQ(MakeAgain(), Code::kOk);
  EXPECT_EQ(PutSlot(table_, 1, "new"), Code::kOk);
  const std::string before = ReadFile(stored());
  failing_call = "fsync";
  const Status status = table_.Sync(path().c_str(), 0);
  failing_call = nullptr;
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EIO);
  EXPECT_EQ(ReadFile(stored()), before);
  EXPECT_EQ(folder_.Count("t.persist"), 1);
}

TEST_F(SlotPersistTest, AFolderThatDoesNotArriveOnTheDiskSaysSo) {
  StoreOne();
  ASSERT_EQ(MakeAgain(), Code::kOk);
  failing_call = "fsync";
  calls_before_it_fails = 1;
  const Status status = table_.Sync(path().c_str(), 0);
  failing_call = nullptr;
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), EIO);
  EXPECT_EQ(MakeAgain(), Code::kNotFound);  // The table is there still, and the file is whole.
  ASSERT_TRUE(table_.Remove(path().c_str(), 0).ok());
  EXPECT_EQ(MakeAgain(), Code::kOk);
}

TEST_F(SlotPersistTest, ARefusedFileThatCannotBeRenamedLetsNoTableBeMade) {
  const std::string long_path = folder_.File(std::string(NAME_MAX - 30, 't'));
  WriteFile(long_path + ".persist", "somebody's");
  SlotTable table;
  Status restored;
  const Status status = SlotTable::Create(long_path.c_str(), kOptions, 0, &table, &restored);
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), ENAMETOOLONG);
  EXPECT_EQ(folder_.Count(""), 1);
}

TEST_F(SlotPersistTest, WhatIsInTheWayAndCannotBeRenamedIsNotReplaced) {
  // Room for the mark of a new file behind it, but not for that of a refused one.
  const std::string long_path = folder_.File(std::string(NAME_MAX - 30, 't'));
  const std::string long_stored = long_path + ".persist";
  table_ = MakeTable(long_path, kOptions);
  ASSERT_TRUE(table_.Sync(long_path.c_str(), 0).ok());
  WriteFile(long_stored, "somebody's");
  Status in_the_way;
  const Status status = table_.Sync(long_path.c_str(), 0, &in_the_way);
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), ENAMETOOLONG);
  EXPECT_TRUE(in_the_way.ok());
  EXPECT_EQ(ReadFile(long_stored), "somebody's");
  EXPECT_EQ(folder_.Count(""), 2);
}

TEST_F(SlotPersistTest, AFileThatGetsNoNameSaysSo) {
  const std::string long_path = folder_.File(std::string(NAME_MAX - 20, 't'));
  table_ = MakeTable(long_path, kOptions);
  const Status status = table_.Sync(long_path.c_str(), 0);
  EXPECT_EQ(status.code(), Code::kSystem);
  EXPECT_EQ(status.os_errno(), ENAMETOOLONG);
  EXPECT_EQ(folder_.Count(""), 1);
}

TEST_F(SlotPersistTest, NothingButAnOwnTableIsRenewed) {
  SlotTableOptions options = kOptions;
  options.renew = true;
  SlotTable table;
  Status restored;
  WriteFile(path(), std::string(5000, 'x'));
  EXPECT_EQ(SlotTable::Create(path().c_str(), options, 0, &table, &restored).code(), Code::kForeign);
  EXPECT_EQ(ReadFile(path()), std::string(5000, 'x'));
  std::filesystem::remove(path());
  if (geteuid() != 0) GTEST_SKIP() << "only root can make another user's";
  MakeTable(path(), kOptions).Detach();
  ASSERT_EQ(chown(path().c_str(), 12345, 12345), 0);
  EXPECT_EQ(SlotTable::Create(path().c_str(), options, 0, &table, &restored).code(), Code::kForeign);
  EXPECT_EQ(folder_.Count(""), 1);
}

TEST_F(SlotPersistTest, NewTableIsOfTheGroupAskedFor) {
  SlotTableOptions options = kOptions;
  options.permissions = 0640;
  options.group = geteuid() == 0 ? 12345 : getegid();
  MakeTable(path(), options).Detach();
  struct stat info;
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_gid, options.group);
  EXPECT_EQ(info.st_mode & 07777, 0640U);
}

TEST(ChecksumTest, IsThatOfZlib) {
  EXPECT_EQ(Crc32(0, "123456789", 9), 0xcbf43926U);
  EXPECT_EQ(Crc32(0, "", 0), 0U);
  const std::string text = "The quick brown fox jumps over the lazy dog";
  EXPECT_EQ(Crc32(0, text.data(), text.size()), 0x414fa339U);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(Crc32(Crc32(0, text.data(), cut), text.data() + cut, text.size() - cut), 0x414fa339U) << cut;
  }
}

}  // namespace
}  // namespace shmpack
