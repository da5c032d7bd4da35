// SPDX-License-Identifier: BSD-3-Clause
//
// Memory under attack, for fuzz targets: bytes that somebody else writes, also between two reads of the same word and
// between two stores. A hostile write (Poke) happens at once, or as a Rule: at the n-th load or store of the operations
// that follow, or before every load of its word.
//
// One target per program and one arena at a time, because the core's hooks have no argument for it: hence the
// variables. Found here: an operation that does not end (a budget of loads), and a store through a handle that is for
// reading only.

#pragma once

#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "byte_source.h"
#include "core/base/shared_access.h"
#include "port/fault_point.h"

namespace shmpack {

void (*fault_hook)(const char* function, int line) = nullptr;
void (*load_hook)(const void* word) = nullptr;

inline constexpr size_t kMostRules = 8;
inline constexpr uint64_t kMostLoads = 3'000'000;  // No operation on memory as small as a target's needs a tenth of it.
inline constexpr uint64_t kOwnerDied = 0x40000000;
inline constexpr uint64_t kNobody = 0x3ffffff0;  // No thread's id: Linux gives out none above 2^22.

inline uint64_t OwnPidNamespace() {
  static const uint64_t inode = [] {
    struct stat info = {};
    return stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
  }();
  return inode;
}

/// A hostile write: what is done to the word at a position.
struct Poke {
  uint64_t position = 0;
  uint64_t operand = 0;
  uint8_t kind = 0;
};

/// The operand follows from the kind. The position is the target's choice.
inline Poke TakePokeAt(ByteSource& source, uint64_t position) {
  Poke poke;
  poke.position = position;
  poke.kind = source.Take<uint8_t>() % 8;
  poke.operand = poke.kind == 7   ? source.Take<uint64_t>()
                 : poke.kind == 3 ? source.Take<uint32_t>()
                 : poke.kind >= 2 ? source.Take<uint16_t>()
                                  : 0;
  return poke;
}

struct Rule {
  enum When : uint8_t { kAtLoad, kAtStore, kBeforeEachLoad } when = kAtLoad;
  uint16_t countdown = 0;
  Poke poke;
};

[[noreturn]] inline void Finding(const char* what) {
  std::fprintf(stderr, "FINDING: %s\n", what);
  std::abort();
}

struct Arena {
  uint8_t* base = nullptr;   // Where hostile writes go; the operations' own mapping, or another one of it.
  uint8_t* seen = nullptr;   // Where the operations have it; null while it is being attached to.
  std::vector<uint8_t> own;  // For handles that may not store: what it holds by hostile writes alone.
  uint64_t bytes = 0;
  std::vector<Rule> rules;
  uint64_t loads = 0;
  uint32_t timeout_ms = 0;  // Most inputs wait for nothing, so that runs are fast.
  /// What a word is by a poke of kind 6, which is for the target to say.
  uint64_t (*special)(const uint8_t* base, const Poke& poke) = nullptr;
};

inline Arena arena;

inline void ApplyTo(uint8_t* base, const Poke& poke) {
  const bool wide = poke.kind == 7 && poke.position + 8 <= arena.bytes;
  const size_t width = wide ? 8 : 4;
  if (poke.position + width > arena.bytes) return;
  uint64_t value = 0;
  std::memcpy(&value, base + poke.position, width);
  switch (poke.kind) {
    case 0:
      value = 0;
      break;
    case 1:
      value = UINT64_MAX;
      break;
    case 2:
      value = poke.operand & 0xff;
      break;
    case 3:
    case 7:
      value = poke.operand;
      break;
    case 4:
      value ^= uint64_t{1} << (poke.operand % 32);
      break;
    case 5:
      value += (poke.operand & 0xf) - 8;
      break;
    default:
      value = arena.special(base, poke);
  }
  std::memcpy(base + poke.position, &value, width);
}

inline void Apply(const Poke& poke) {
  ApplyTo(arena.base, poke);
  if (!arena.own.empty()) ApplyTo(arena.own.data(), poke);
}

/// A lock at `position` whose last holder died, and the kernel said so or did not see it: the next one repairs.
inline void KillHolder(uint64_t position, uint8_t how) {
  if ((how & 1) == 0) {
    Apply({position, kOwnerDied, 3});
  } else {
    Apply({position + offsetof(LockShm, pid_namespace), OwnPidNamespace(), 7});
    Apply({position, kNobody | uint64_t{how & 2U} << 30, 3});
  }
}

/// Writes bytes of the input somewhere.
inline void Scribble(ByteSource& source) {
  uint8_t bytes[256];
  const auto where = source.Take<uint16_t>();
  const size_t count = source.TakeBytes(bytes, source.Take<uint8_t>());
  for (size_t i = 0; i < count; ++i) arena.base[(where + i) % arena.bytes] = bytes[i];
}

/// When a rule is to happen; what it does is still to be taken.
inline Rule TakeRule(ByteSource& source) {
  Rule rule;
  const auto when = source.Take<uint8_t>();
  rule.when = static_cast<Rule::When>(when % 3);
  if (rule.when != Rule::kBeforeEachLoad) rule.countdown = source.Take<uint8_t>() + when / 3 * 64 + 1;
  return rule;
}

inline void BeforeLoad(const void* word) {
  if (++arena.loads > kMostLoads) Finding("an operation does not end");
  for (Rule& rule : arena.rules) {
    if (rule.when == Rule::kBeforeEachLoad) {
      if (arena.seen != nullptr && word == arena.seen + rule.poke.position) Apply(rule.poke);
    } else if (rule.when == Rule::kAtLoad && rule.countdown != 0 && --rule.countdown == 0) {
      Apply(rule.poke);
    }
  }
}

inline void AfterStore(const char*, int) {
  for (Rule& rule : arena.rules) {
    if (rule.when == Rule::kAtStore && rule.countdown != 0 && --rule.countdown == 0) Apply(rule.poke);
  }
}

/// While it lives, hostile writes happen by the rules.
class UnderAttack {
 public:
  UnderAttack() {
    fault_hook = AfterStore;
    load_hook = BeforeLoad;
  }
  ~UnderAttack() {
    fault_hook = nullptr;
    load_hook = nullptr;
  }
  UnderAttack(const UnderAttack&) = delete;
  UnderAttack& operator=(const UnderAttack&) = delete;
};

/// Before and after an operation through a handle that may only read.
inline void WatchStores(bool read_only) {
  arena.loads = 0;
  if (read_only) arena.own.assign(arena.base, arena.base + arena.bytes);
}
inline void ExpectNoStores(bool read_only) {
  if (read_only && std::memcmp(arena.own.data(), arena.base, arena.bytes) != 0) {
    Finding("a handle for reading only stored something");
  }
  arena.own.clear();
}

}  // namespace shmpack

extern "C" {

/// The linker puts this in the place of syscall() (--wrap): a sleep on the lock is over at once, as if its time were
/// up. A holder that does not exist is found out only after a sleep, and few inputs would be tried if that took its
/// time.
long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
  if (number == SYS_futex && b == FUTEX_WAIT) {
    errno = ETIMEDOUT;
    return -1;
  }
  return __real_syscall(number, a, b, c, d, e, f);
}

}  // extern "C"
