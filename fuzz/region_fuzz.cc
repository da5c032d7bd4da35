// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target: attach and every operation over a region whose bytes somebody else writes, also between two reads
// of the same word and between two stores.
//
// The input is a program. Its first byte chooses the size, the lock's timeout, and what the region lies in: a heap
// block of exactly that size, so that AddressSanitizer sees the first byte touched outside of it; or a System V segment
// that is filled from the input and goes through Region::Attach(). The rest is operations and hostile writes; a write
// happens at once, or as a rule: at the n-th load or store of the operations that follow, or before every load of its
// word.
//
// Found here: what sanitizers see, an operation that does not end (a budget of loads), a value longer than the region,
// and a store through a handle that is for reading only.

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include <memory>

#include "hostile_arena.h"
#include "shmpack/region.h"

namespace shmpack {

/// Reaches what only a test may.
struct RegionTestPeer {
  static Region Over(void* base, uint64_t bytes) {
    Region region;
    region.header_ = static_cast<HeaderShm*>(base);
    region.bytes_ = bytes;
    return region;
  }
  static HeaderShm* Header(const Region& region) { return region.header_; }
  static Region ReadOnly(Region region) {
    region.read_only_ = true;
    return region;
  }
};

namespace {

constexpr int kMostSteps = 48;
constexpr uint64_t kDataBytes[] = {40, 300, 1'000, 3'000};
constexpr uint64_t kLockWord = offsetof(HeaderShm, lock);
constexpr uint32_t kHeapBegin = sizeof(HeaderShm) / kUnitBytes;

uint64_t OffsetOrLength(const uint8_t* base, const Poke& poke) {
  if ((poke.operand & 0x8000) == 0) return kHeapBegin + (poke.operand & 0x3ff);  // What may be a block's offset.
  // A length, where the word before it is an offset: the value ends near the region's end, or with it.
  uint32_t offset = 0;
  if (poke.position >= sizeof offset) std::memcpy(&offset, base + poke.position - sizeof offset, sizeof offset);
  return arena.bytes - uint64_t{offset} * kUnitBytes - sizeof(BlockShm) + 16 - (poke.operand & 0x1f);
}

/// The region under attack from now on.
void Aim(uint8_t* base, uint64_t bytes, uint32_t timeout_ms) {
  arena = Arena();
  arena.base = base;
  arena.bytes = bytes;
  arena.timeout_ms = timeout_ms;
  arena.special = OffsetOrLength;
}

Poke TakePoke(ByteSource& source) {
  const auto zone = source.Take<uint8_t>();
  const auto where = source.Take<uint16_t>();
  uint64_t position;
  switch (zone % 6) {
    case 0:  // Lock, index, writer and move.
      position = kLockWord + where * 4 % (offsetof(HeaderShm, stripes) - kLockWord);
      break;
    case 4:  // A stripe's words.
      position = offsetof(HeaderShm, stripes) + where * 4 % sizeof(HeaderShm::stripes);
      break;
    case 1:  // An entry's word, or its tail's.
      position = arena.bytes - (uint64_t{where / 48U} % 6 + 1) * sizeof(EntryGroupShm) + where % 48U * 4;
      break;
    case 2:  // The heap's lower end.
      position = sizeof(HeaderShm) + where * 4 % 2048;
      break;
    case 3:  // The bins' bitmap, and the heads of small blocks.
      position = offsetof(HeaderShm, bins) + where * 4 % 352;
      break;
    default:
      position = uint64_t{where} * 4 % arena.bytes;
  }
  return TakePokeAt(source, position);
}

/// One operation, or one hostile write or rule.
void Step(Region& writer, ByteSource& source) {
  const auto opcode = source.Take<uint8_t>();
  const bool read_only = (opcode & 0x80) != 0;
  Region region = read_only ? RegionTestPeer::ReadOnly(writer) : writer;
  const int64_t key = opcode >> 4 & 7;
  Status status;
  Peeked peeked;
  WatchStores(read_only);
  switch (opcode & 15) {
    case 0:
    case 1:
    case 2: {
      const size_t size = source.Take<uint8_t>() * ((opcode & 15) == 2 ? 8 : 1);
      const size_t head = size / 3;
      const std::vector<uint8_t> first(head, 'h');
      const std::vector<uint8_t> second(size - head, 'b');
      status = region.Put(key * 7, {first.data(), head, second.data(), size - head}, arena.timeout_ms);
      break;
    }
    case 3:
    case 4:
      status = region.Remove(key * 7, arena.timeout_ms);
      break;
    case 5:
    case 6:
    case 7: {
      const uint64_t skip = (opcode & 15) == 7 ? source.Take<uint8_t>() : 0;
      status = region.Peek(key * 7, arena.timeout_ms, &peeked);
      if (!status.ok()) break;
      if (peeked.length > arena.bytes) Finding("a value is longer than its region");
      const std::unique_ptr<uint8_t[]> copy(new uint8_t[peeked.length > skip ? peeked.length - skip : 0]);
      status = region.Copy(peeked, skip, copy.get());
      break;
    }
    case 8: {
      const size_t capacity = source.Take<uint8_t>() * 4;
      const std::unique_ptr<uint8_t[]> copy(new uint8_t[capacity]);
      status = region.ReadLocked(key * 7, arena.timeout_ms, copy.get(), capacity, &peeked);
      break;
    }
    case 9: {
      RegionStats stats;
      status = region.Stats(arena.timeout_ms, &stats);
      (void)region.lock_holder();
      break;
    }
    case 10:
      KillHolder(kLockWord, static_cast<uint8_t>(key));
      break;
    case 11:
      Scribble(source);
      break;
    case 12:
      Apply(TakePoke(source));
      break;
    case 13: {  // A value that ends with the region, or a little before or behind its end.
      const auto choice = source.Take<uint8_t>();
      const uint64_t entry = arena.bytes - EntryBelowEnd(choice / 64U);
      Apply({entry + offsetof(EntryShm, payload) + sizeof(uint32_t), 0x8000U | choice, 6});
      break;
    }
    default: {
      Rule rule = TakeRule(source);
      rule.poke = TakePoke(source);
      // A lock word that changes before every load would only make each operation wait.
      if (arena.rules.size() < kMostRules && rule.poke.position >= 80) arena.rules.push_back(rule);
    }
  }
  ExpectNoStores(read_only && (opcode & 15) < 10);
  // Waiting once is enough.
  if (status.code() == Code::kTimeout) Apply({kLockWord, (opcode & 16) != 0 ? kOwnerDied : 0, 3});
}

void Run(Region& region, ByteSource& source) {
  const UnderAttack attack;
  for (int step = 0; step < kMostSteps && !source.empty(); ++step) Step(region, source);
}

/// A new region's bytes.
const std::vector<uint8_t>& NewRegion(int which) {
  static std::vector<uint8_t> made[4];
  if (made[which].empty()) {
    Region region;
    if (!Region::Attach(0, kDataBytes[which], 0600, 0, &region).ok()) Finding("no memory for a region");
    const auto* const bytes = reinterpret_cast<const uint8_t*>(RegionTestPeer::Header(region));
    made[which].assign(bytes, bytes + Region::BytesFor(kDataBytes[which]));
    region.Detach();
  }
  return made[which];
}

void RunInHeap(const std::vector<uint8_t>& start, uint32_t timeout_ms, ByteSource& source) {
  void* block = nullptr;
  if (posix_memalign(&block, 64, start.size()) != 0) Finding("no memory for a region");
  std::memcpy(block, start.data(), start.size());
  Aim(static_cast<uint8_t*>(block), start.size(), timeout_ms);
  arena.seen = arena.base;
  Region region = RegionTestPeer::Over(block, start.size());
  Run(region, source);
  std::free(block);
}

/// Attaches to what somebody else left under a key. scripts/fuzz.sh knows the key, to clean up after a crash.
void RunAttached(const std::vector<uint8_t>& start, uint32_t timeout_ms, ByteSource& source) {
  constexpr int kModes[] = {0600, 0601, 0611, 0610, 0711, 0400};
  const key_t key = 0x5f000000 + (getpid() & 0xffff);
  const auto choice = source.Take<uint8_t>();
  const uint64_t bytes = (choice & 1) != 0 ? start.size() : source.Take<uint16_t>() % 12'000 + 1;
  const int id = shmget(key, bytes, IPC_CREAT | IPC_EXCL | kModes[choice / 4 % 6]);
  auto* const mapped = id < 0 ? nullptr : static_cast<uint8_t*>(shmat(id, nullptr, 0));
  if (mapped == nullptr || mapped == reinterpret_cast<uint8_t*>(-1)) Finding("no segment to be had");
  if ((choice & 2) != 0) std::memcpy(mapped, start.data(), bytes < start.size() ? bytes : start.size());
  Aim(mapped, bytes, timeout_ms);
  for (auto pokes = source.Take<uint8_t>() % 8; pokes > 0; --pokes) {
    Poke poke = TakePoke(source);
    poke.position %= 88;  // What attaching looks at.
    if (pokes % 2 == 0) {
      Apply(poke);
    } else {
      arena.rules.push_back({pokes % 4 == 1 ? Rule::kAtLoad : Rule::kAtStore, source.Take<uint8_t>(), poke});
    }
  }
  Region region;
  Status status;
  {
    const UnderAttack attack;
    status = Region::Attach(key, 300, 0600, arena.timeout_ms, &region);
  }
  shmctl(id, IPC_RMID, nullptr);
  if (status.ok()) {
    if (bytes < sizeof(HeaderShm)) Finding("attached to what is smaller than a header");
    arena.rules.clear();
    arena.seen = reinterpret_cast<uint8_t*>(RegionTestPeer::Header(region));
    Run(region, source);
    region.Detach();
  }
  shmdt(mapped);
}

}  // namespace
}  // namespace shmpack

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shmpack;
  ByteSource source(data, size);
  const auto first = source.Take<uint8_t>();
  const std::vector<uint8_t>& start = NewRegion(first & 3);
  const uint32_t timeout_ms = first >> 3 & 1;
  if ((first & 4) != 0) {
    RunAttached(start, timeout_ms, source);
  } else {
    RunInHeap(start, timeout_ms, source);
  }
  arena = Arena();
  return 0;
}
