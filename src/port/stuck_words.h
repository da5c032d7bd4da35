// SPDX-License-Identifier: BSD-3-Clause
//
// Stuck words: what this process has waited for in vain.
//
// A word in shared memory that nobody will ever change (the holder of a lock is stopped, or a foreign program stored
// it) would cost every call the whole timeout. So a wait that met one and the same word for most of its time remembers
// it. Later waits of this process for that very word give up after a moment, through whatever handle, until it has
// changed; and one that was found to be another is forgotten, since it may come to be the same once more.
//
// One table for the process, of single atomics: a newer entry takes the place of an older one. Thread-safe; a forked
// child inherits it. Nothing is stored in shared memory.

#pragma once

#include <cstdint>

namespace shmpack {

/// What stays the same about a mapped object from one handle to the next, so that a word in it is known again.
struct SharedObject {
  const void* base = nullptr;  // Where this handle has it mapped.
  uint64_t id = 0;             // The system's name for it; 0: words in it are not remembered.
};

/// Whether a wait for the word at `place` of `object` found it to be `value` all the time, and nobody has asked for
/// another value of it since. False where the object has no id.
bool IsKnownStuck(const SharedObject& object, const void* place, uint64_t value) noexcept;

/// Remembers that. Does nothing where the object has no id.
void RememberStuck(const SharedObject& object, const void* place, uint64_t value) noexcept;

}  // namespace shmpack
