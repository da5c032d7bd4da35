// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target: every operation on a slot table whose bytes somebody else writes, also between two reads of the
// same word and between two stores; making one from a stored file that somebody else wrote; attaching to such a file.
//
// The input is a program. Its first byte chooses the shape, the lock's timeout, and what the table lies in: a heap
// block of exactly its size, so that AddressSanitizer sees the first byte touched outside of it; a file that is made
// from the input and goes through SlotTable::Attach() or Create(); or one that is restored from a stored file that was
// tampered with, with a right checksum or a wrong one. The rest is operations and hostile writes.
//
// Found here: what sanitizers see, an operation that does not end, a store through a handle that is for reading only,
// ids and counts that are out of range, and a stored file that was refused and is still there, or accepted and is not.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/checksum.h"
#include "hostile_arena.h"
#include "port/named_file.h"
#include "shmpack/slot_table.h"

namespace shmpack {

/// Reaches what only a test may.
struct SlotTableTestPeer {
  static SlotTable Over(void* base, const SlotTableOptions& options) {
    const SlotGeometry geometry = {options.slot_count, options.slot_bytes};
    MappedFile map;
    map.base = base;
    map.bytes = geometry.total_bytes();
    SlotTable table;
    table.Adopt(map, geometry, options.type);
    return table;
  }
  static uint8_t* Base(const SlotTable& table) { return reinterpret_cast<uint8_t*>(table.header_); }
  static SlotGeometry Geometry(const SlotTable& table) { return table.geometry_; }
  static SlotTable ReadOnly(SlotTable table) {
    table.read_only_ = true;
    return table;
  }
};

namespace {

constexpr int kMostSteps = 48;
constexpr uint64_t kTableLock = offsetof(SlotTableShm, lock);
constexpr SlotTableOptions kShapes[] = {{.slot_bytes = 8, .slot_count = 3},
                                        {.slot_bytes = 100, .slot_count = 65},
                                        {.slot_bytes = 1, .slot_count = 130, .type = kSlotsPregrab},
                                        {.slot_bytes = 64, .slot_count = 64, .type = kSlotsClearInUse}};

SlotGeometry shape;  // Of the table under attack, as hostile writes aim at it.
std::string path;    // Of its file; empty: it has none.

uint64_t SlotAt(uint64_t id) { return shape.slots_at() + id % shape.slot_count * shape.stride(); }

/// Words of bits that are all ones or all but one, and the other halves of numbers of slots that overflow.
uint64_t FullOrHuge(const uint8_t*, const Poke& poke) {
  return (poke.operand & 0x8000) == 0 ? ~(uint64_t{1} << (poke.operand & 63)) : uint64_t{1} << (poke.operand & 31);
}

/// The table under attack from now on.
void Aim(uint8_t* base, uint64_t bytes, const SlotGeometry& geometry, uint32_t timeout_ms) {
  arena = Arena();
  arena.base = base;
  arena.bytes = bytes;
  arena.timeout_ms = timeout_ms;
  arena.special = FullOrHuge;
  shape = geometry;
}

Poke TakePoke(ByteSource& source) {
  const auto zone = source.Take<uint8_t>();
  const uint64_t where = source.Take<uint16_t>();
  uint64_t position;
  switch (zone % 5) {
    case 0:  // The header, but for its first line.
      position = 64 + where * 4 % 128;
      break;
    case 1:  // The bits.
      position = shape.in_use_at() + where * 4 % (shape.owners_at() - shape.in_use_at());
      break;
    case 2:  // An owner's word.
      position = shape.owners_at() + where * 4 % (shape.slot_count * sizeof(SlotOwnerShm));
      break;
    case 3:  // A slot's lock, state and pin.
      position = SlotAt(where / 32) + where * 4 % sizeof(SlotShm);
      break;
    default:
      position = where * 4 % arena.bytes;
  }
  return TakePokeAt(source, position);
}

void CheckCounts(const SlotTable& table) {
  if (table.FreeSlots() > table.slot_count()) Finding("more free slots than slots");
  uint32_t at = table.NextVisited(0);
  for (uint32_t next; at < table.slot_count(); at = next) {
    (void)table.InUse(at);
    next = table.NextVisited(at + 1);
    if (next <= at) Finding("a walk goes back");
  }
  if (at != table.slot_count()) Finding("a walk ends behind the end");
}

/// What Sync() left must be what Create() takes.
Status StoreAndCheck(const SlotTable& table) {
  const Status status = table.Sync(path.c_str(), arena.timeout_ms);
  if (status.ok() && !std::filesystem::exists(path + ".persist")) Finding("nothing was stored");
  return status;
}

/// One operation, or one hostile write or rule.
void Step(const SlotTable& writer, ByteSource& source) {
  const auto opcode = source.Take<uint8_t>();
  const bool read_only = (opcode & 0x80) != 0;
  const SlotTable table = read_only ? SlotTableTestPeer::ReadOnly(writer) : writer;
  const uint8_t choice = opcode >> 4 & 7;
  const uint32_t id = choice == 7 ? source.Take<uint16_t>() : choice;
  Status status;
  WatchStores(read_only);
  switch (opcode & 15) {
    case 0: {
      uint32_t granted = 0;
      status = table.Grab(arena.timeout_ms, &granted);
      if (status.ok() && granted >= table.slot_count()) Finding("a slot is granted that is not there");
      break;
    }
    case 1:
      status = table.GrabThis(id, arena.timeout_ms);
      break;
    case 2:
      status = table.Release(id, arena.timeout_ms);
      break;
    case 3:
      status = table.Reclaim(id, arena.timeout_ms);
      if (id < table.slot_count()) (void)table.Owner(id).is_gone;
      break;
    case 4:
    case 5: {
      const uint32_t length = source.Take<uint8_t>();
      const std::unique_ptr<uint8_t[]> bytes(new uint8_t[length]);
      status = (opcode & 1) != 0 ? table.Look(id, bytes.get(), length, arena.timeout_ms)
                                 : table.Get(id, bytes.get(), length, arena.timeout_ms);
      break;
    }
    case 6: {
      const uint32_t length = source.Take<uint8_t>();
      const std::unique_ptr<uint8_t[]> bytes(new uint8_t[length]());
      status = table.Put(id, bytes.get(), length, arena.timeout_ms);
      break;
    }
    case 7: {
      void* address = nullptr;
      status = table.Window(id, arena.timeout_ms, &address);
      if (status.ok()) std::memset(address, 'w', table.slot_bytes());
      break;
    }
    case 8:
      CheckCounts(table);
      break;
    case 9:
      if (!path.empty()) status = StoreAndCheck(table);
      break;
    case 10:
      KillHolder((choice & 4) == 0 ? kTableLock : SlotAt(id), choice);
      break;
    case 11:
      Scribble(source);
      break;
    case 12:
      Apply(TakePoke(source));
      break;
    case 13: {  // A put that was killed before the value was home, as somebody tells it.
      const uint64_t slot = SlotAt(id);
      Apply({slot + offsetof(SlotShm, pinned), 1, 3});
      Apply({slot + offsetof(SlotShm, state), 1U | source.Take<uint8_t>(), 7});
      Apply({slot + offsetof(SlotShm, put_bytes), source.Take<uint8_t>(), static_cast<uint8_t>(choice & 1 ? 1 : 3)});
      KillHolder(slot, 0);
      break;
    }
    default: {
      Rule rule = TakeRule(source);
      rule.poke = TakePoke(source);
      // A table's lock word that changes before every load would only make each operation wait.
      const bool is_lock = rule.poke.position >= kTableLock && rule.poke.position < kTableLock + sizeof(LockShm);
      if (arena.rules.size() < kMostRules && !is_lock) arena.rules.push_back(rule);
    }
  }
  ExpectNoStores(read_only && (opcode & 15) < 10);
  // Waiting once is enough.
  if (status.code() == Code::kTimeout) {
    Apply({kTableLock, (opcode & 16) != 0 ? kOwnerDied : 0, 3});
    if (id < shape.slot_count) Apply({SlotAt(id), 0, 3});
  }
}

void Run(const SlotTable& table, ByteSource& source) {
  const UnderAttack attack;
  for (int step = 0; step < kMostSteps && !source.empty(); ++step) Step(table, source);
}

/// A new table's bytes.
const std::vector<uint8_t>& NewTable(int which) {
  static std::vector<uint8_t> made[4];
  if (made[which].empty()) {
    SlotTable table;
    Status restored;
    if (!SlotTable::Create(nullptr, kShapes[which], 0, &table, &restored).ok()) Finding("no memory for a table");
    const uint8_t* const bytes = SlotTableTestPeer::Base(table);
    made[which].assign(bytes, bytes + SlotTableTestPeer::Geometry(table).total_bytes());
    table.Detach();
  }
  return made[which];
}

void RunInHeap(int which, uint32_t timeout_ms, ByteSource& source) {
  const std::vector<uint8_t>& start = NewTable(which);
  void* block = nullptr;
  if (posix_memalign(&block, 64, start.size()) != 0) Finding("no memory for a table");
  std::memcpy(block, start.data(), start.size());
  const SlotTable table = SlotTableTestPeer::Over(block, kShapes[which]);
  Aim(static_cast<uint8_t*>(block), start.size(), SlotTableTestPeer::Geometry(table), timeout_ms);
  arena.seen = arena.base;
  Run(table, source);
  std::free(block);
}

/// A folder of the process's own, in memory. scripts/fuzz.sh knows its name, to clean up after a crash.
class OwnFolder {
 public:
  OwnFolder() : path_("/dev/shm/shmpack-fuzz-" + std::to_string(getpid())) { std::filesystem::create_directory(path_); }
  ~OwnFolder() { std::filesystem::remove_all(path_); }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  std::string Table() const { return path_ + "/t"; }

 private:
  std::string path_;
};

void WriteFile(const std::string& name, const uint8_t* bytes, uint64_t count) {
  const int file = open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
  if (file < 0 || write(file, bytes, count) != static_cast<ssize_t>(count)) Finding("no file to be had");
  close(file);
}

/// Runs on a table that has a file, which hostile writes reach through a mapping of their own.
void RunOnFile(SlotTable& table, uint32_t timeout_ms, ByteSource& source) {
  const SlotGeometry geometry = SlotTableTestPeer::Geometry(table);
  MappedFile own;
  if (!MapFile(path.c_str(), true, &own).ok() || own.bytes != geometry.total_bytes()) {
    Finding("attached to what has another size than it says");
  }
  Aim(static_cast<uint8_t*>(own.base), own.bytes, geometry, timeout_ms);
  arena.seen = SlotTableTestPeer::Base(table);
  Run(table, source);
  Unmap(own.base, own.bytes);
}

/// Attaches to a file, or has one made from it, that somebody else left.
void RunAttached(int which, uint32_t timeout_ms, ByteSource& source) {
  const OwnFolder folder;
  path = folder.Table();
  const auto choice = source.Take<uint8_t>();
  std::vector<uint8_t> bytes = NewTable(which);
  Aim(bytes.data(), bytes.size(), {kShapes[which].slot_count, kShapes[which].slot_bytes}, timeout_ms);
  for (auto pokes = source.Take<uint8_t>() % 8; pokes > 0; --pokes) {
    Poke poke = TakePoke(source);
    poke.position %= 64;  // What attaching looks at.
    Apply(poke);
  }
  if ((choice & 1) != 0) bytes.resize(source.Take<uint16_t>());
  WriteFile(path, bytes.data(), bytes.size());
  SlotTable table;
  Status restored;
  const Status status = (choice & 2) != 0 ? SlotTable::Attach(path.c_str(), (choice & 4) != 0, &table)
                                          : SlotTable::Create(path.c_str(), kShapes[which], 0, &table, &restored);
  if (!status.ok()) return;
  RunOnFile(table, timeout_ms, source);
  table.Detach();
}

/// Makes a table from what lies under its stored file's name.
void RunRestored(int which, uint32_t timeout_ms, ByteSource& source) {
  const OwnFolder folder;
  path = folder.Table();
  const auto choice = source.Take<uint8_t>();
  const SlotGeometry geometry = {kShapes[which].slot_count, kShapes[which].slot_bytes};
  std::vector<uint8_t> bytes(geometry.stored_bytes());
  StoredSlotsHeader header = {};
  header.magic = kStoredSlotsMagic;
  header.format_version = kSlotTableVersion;
  header.byte_order = kByteOrderMark;
  header.file_bytes = bytes.size();
  header.slot_count = geometry.slot_count;
  header.slot_bytes = geometry.slot_bytes;
  header.header_bytes = sizeof header;
  std::memcpy(bytes.data(), &header, sizeof header);
  Aim(bytes.data(), bytes.size(), geometry, timeout_ms);
  Scribble(source);
  for (auto pokes = source.Take<uint8_t>() % 8; pokes > 0; --pokes) {
    Poke poke = TakePoke(source);
    if ((pokes & 1) != 0) poke.position %= sizeof header;
    Apply(poke);
  }
  if ((choice & 1) != 0) bytes.resize(source.Take<uint16_t>());
  if ((choice & 2) != 0 && bytes.size() >= sizeof header) {
    const uint32_t head = Crc32(0, bytes.data(), offsetof(StoredSlotsHeader, checksum));
    const uint32_t sum = Crc32(head, bytes.data() + sizeof header, bytes.size() - sizeof header);
    std::memcpy(bytes.data() + offsetof(StoredSlotsHeader, checksum), &sum, sizeof sum);
  }
  const std::string stored = path + ".persist";
  WriteFile(stored, bytes.data(), bytes.size());
  SlotTableOptions options = kShapes[which];
  options.type |= kSlotsPersist;
  if ((choice & 4) != 0) options.slot_count = 1 + source.Take<uint8_t>();
  SlotTable table;
  Status restored;
  if (!SlotTable::Create(path.c_str(), options, 0, &table, &restored).ok()) Finding("a table was not made");
  if (restored.ok() != std::filesystem::exists(stored)) Finding("a refused file is there, or an accepted one is not");
  if (!restored.ok() && table.FreeSlots() != table.slot_count()) Finding("half of a refused file was taken");
  CheckCounts(table);
  RunOnFile(table, timeout_ms, source);
  table.Detach();
}

}  // namespace
}  // namespace shmpack

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shmpack;
  ByteSource source(data, size);
  const auto first = source.Take<uint8_t>();
  const int which = first & 3;
  const uint32_t timeout_ms = first >> 2 & 1;
  path.clear();
  switch (first >> 3 & 3) {
    case 0:
      RunAttached(which, timeout_ms, source);
      break;
    case 1:
      RunRestored(which, timeout_ms, source);
      break;
    default:
      RunInHeap(which, timeout_ms, source);
  }
  arena = Arena();
  return 0;
}
