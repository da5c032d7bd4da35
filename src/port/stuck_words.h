// SPDX-License-Identifier: BSD-3-Clause
//
// Stuck words: the words for which a wait of this process timed out.
//
// Some words in shared memory never change: the holder of a lock is stopped, or a foreign program stored them. Each
// such word would cost every call the whole timeout. So this process remembers them:
//
//   1. A wait that met the same word for most of its time remembers it.
//   2. Later waits for that word, through any handle, give up after a moment.
//   3. A look that finds another value there forgets the word, since it may have the old value once more.
//
// One table for the process, of single atomics: a newer entry replaces an older one. Thread-safe. A forked child
// inherits the table. Nothing is stored in shared memory.

#pragma once

#include <cstdint>

namespace shmpack {

/// A mapped object, in a form that is the same for each handle, so that a word in it is known again.
struct SharedObject {
  const void* base = nullptr;  // Where this handle has it mapped.
  uint64_t id = 0;             // The system's name for it. 0: words in it are not remembered.
};

/// Whether the word at `place` of `object` is remembered as `value`. Forgets a word that is remembered with another
/// value. False where the object has no id.
bool IsKnownStuck(const SharedObject& object, const void* place, uint64_t value) noexcept;

/// Remembers the word. Does nothing where the object has no id.
void RememberStuck(const SharedObject& object, const void* place, uint64_t value) noexcept;

}  // namespace shmpack
