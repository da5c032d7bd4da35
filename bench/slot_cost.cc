// SPDX-License-Identifier: BSD-3-Clause
//
// What slots cost in C++, beside the algorithms of mod_slotmem_shm, written anew here. There a byte for each slot says
// whether it is in use, and grab looks at them one by one; get and put check the number, set the byte and call
// memcpy(). None of that is safe among processes. Prints JSON, nanoseconds per call. `./dev bench` builds it.
//
//   slot_cost ROUNDS FILLS   rounds of each short measurement, and fills of 65,536 slots; the best counts

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "shmpack/slot_table.h"

namespace {

using shmpack::SlotTable;

constexpr uint32_t kBytes = 1024;
constexpr uint32_t kManySlots = 65'536;
constexpr uint32_t kTimeoutMs = 1000;
constexpr uint32_t kPregrab = 4;

void Require(bool ok) {
  if (!ok) std::abort();
}

/// A fresh mapping that forks would share; both keep their slots in one.
void* SharedMemory(size_t bytes) {
  void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Require(base != MAP_FAILED);
  return base;
}

/// Its functions return 0 or an error. They are not inlined, because httpd calls the original's through pointers.
struct Original {
  uint32_t count;
  uint32_t type;
  size_t slot_bytes;
  uint32_t* free_slots;
  uint8_t* slots;
  uint8_t* in_use;

  Original(uint32_t slot_count, size_t bytes) : count(slot_count), type(0), slot_bytes(bytes) {
    auto* const base = static_cast<uint8_t*>(SharedMemory(64 + slot_count * (bytes + 1)));
    free_slots = reinterpret_cast<uint32_t*>(base);
    *free_slots = slot_count;
    slots = base + 64;
    in_use = slots + slot_count * bytes;
  }
  ~Original() { munmap(free_slots, 64 + count * (slot_bytes + 1)); }
  Original(const Original&) = delete;
  Original& operator=(const Original&) = delete;

  [[gnu::noinline]] int Grab(uint32_t* id) {
    uint32_t at = 0;
    while (at < count && in_use[at] != 0) ++at;
    if (at == count) return 1;
    in_use[at] = 1;
    --*free_slots;
    *id = at;
    return 0;
  }
  [[gnu::noinline]] int Release(uint32_t id) {
    if (id >= count || in_use[id] == 0) return 1;
    in_use[id] = 0;
    ++*free_slots;
    return 0;
  }
  [[gnu::noinline]] int Get(uint32_t id, void* to, size_t length) {
    if (id >= count) return 1;
    if ((type & kPregrab) != 0 && in_use[id] == 0) return 2;
    in_use[id] = 1;
    std::memcpy(to, slots + slot_bytes * id, length);
    return 0;
  }
  [[gnu::noinline]] int Put(uint32_t id, const void* from, size_t length) {
    if (id >= count) return 1;
    if ((type & kPregrab) != 0 && in_use[id] == 0) return 2;
    in_use[id] = 1;
    std::memcpy(slots + slot_bytes * id, from, length);
    return 0;
  }
};

SlotTable MakeTable(uint32_t slot_count, uint32_t bytes) {
  SlotTable table;
  shmpack::Status restored;
  Require(SlotTable::Create(nullptr, {.slot_bytes = bytes, .slot_count = slot_count}, 0, &table, &restored).ok());
  return table;
}

/// The shortest time per call.
class Best {
 public:
  template <typename Work>
  void Time(int calls, Work work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - began;
    ns_ = std::min(ns_, spent.count() / calls);
  }
  double ns() const { return ns_; }

 private:
  double ns_ = 1e18;
};

/// The times of both, measured in turn.
struct Pair {
  Best original;
  Best ours;

  void Print(const char* name, bool is_last = false) const {
    std::printf("  {\"operation\": \"%s\", \"original\": %.1f, \"shmpack\": %.1f}%s\n", name, original.ns(), ours.ns(),
                is_last ? "" : ",");
  }
};

Pair MeasureFill(int fills) {
  Pair pair;
  uint32_t id;
  for (int i = 0; i < fills; ++i) {
    Original original(kManySlots, 16);
    SlotTable table = MakeTable(kManySlots, 16);
    pair.original.Time(1, [&] {
      while (original.Grab(&id) == 0) continue;
    });
    pair.ours.Time(1, [&] {
      while (table.Grab(kTimeoutMs, &id).ok()) continue;
    });
    Require(*original.free_slots == 0 && table.FreeSlots() == 0);
    table.Detach();
  }
  return pair;
}

/// Grab and release while `in_use` slots are in use.
Pair MeasureGrab(int rounds, uint32_t in_use) {
  const int calls = in_use == 0 ? 2000 : 20;
  Pair pair;
  Original original(kManySlots, 16);
  SlotTable table = MakeTable(kManySlots, 16);
  uint32_t id;
  for (uint32_t i = 0; i < in_use; ++i) Require(table.Grab(kTimeoutMs, &id).ok());
  std::memset(original.in_use, 1, in_use);
  for (int round = 0; round < rounds; ++round) {
    pair.original.Time(calls, [&] {
      for (int i = 0; i < calls; ++i) Require(original.Grab(&id) == 0 && original.Release(id) == 0);
    });
    pair.ours.Time(calls, [&] {
      for (int i = 0; i < calls; ++i) Require(table.Grab(kTimeoutMs, &id).ok() && table.Release(id, kTimeoutMs).ok());
    });
  }
  table.Detach();
  return pair;
}

/// Get and put of one slot, or of many in turn.
void MeasureCopies(int rounds, uint32_t slots, Pair* get, Pair* put) {
  const int calls = static_cast<int>(std::max(2000U, 2 * slots));
  // A compiler that knew the length would use it.
  const volatile uint32_t not_known = kBytes;
  const uint32_t length = not_known;
  alignas(64) char bytes[kBytes] = "value";
  Original original(slots, kBytes);
  SlotTable table = MakeTable(slots, kBytes);
  const auto in_turn = [&](auto call) {
    for (uint32_t i = 0, id = 0; i < static_cast<uint32_t>(calls); ++i, id = id + 1 == slots ? 0 : id + 1) {
      Require(call(id));
    }
  };
  for (int round = 0; round < rounds; ++round) {
    put->original.Time(calls, [&] { in_turn([&](uint32_t id) { return original.Put(id, bytes, length) == 0; }); });
    put->ours.Time(calls, [&] { in_turn([&](uint32_t id) { return table.Put(id, bytes, length, kTimeoutMs).ok(); }); });
    get->original.Time(calls, [&] { in_turn([&](uint32_t id) { return original.Get(id, bytes, length) == 0; }); });
    get->ours.Time(calls, [&] { in_turn([&](uint32_t id) { return table.Get(id, bytes, length, kTimeoutMs).ok(); }); });
  }
  table.Detach();
}

}  // namespace

int main(int count, char** arguments) {
  Require(count == 3);
  const int rounds = std::atoi(arguments[1]);
  const int fills = std::atoi(arguments[2]);
  Require(rounds > 0 && fills > 0);
  Pair get_one;
  Pair put_one;
  Pair get_many;
  Pair put_many;
  MeasureCopies(rounds, 1, &get_one, &put_one);
  MeasureCopies(rounds, 1000, &get_many, &put_many);
  std::printf("[\n");
  MeasureFill(fills).Print("fill");
  MeasureGrab(rounds, 0).Print("grab first");
  MeasureGrab(rounds, kManySlots - 1).Print("grab last");
  get_one.Print("get one");
  put_one.Print("put one");
  get_many.Print("get many");
  put_many.Print("put many", true);
  std::printf("]\n");
}
