// SPDX-License-Identifier: BSD-3-Clause
//
// Reading an entry without a lock: the protocol, its proof, and the reader for values that are kept in their entry.
//
//   1. Load the version. 0: the entry is free. Odd: a writer is replacing the words below. Look again.
//   2. Load key, meta and payload; of a value in the heap, copy its bytes to private memory.
//   3. Ask HasVersion(). False: what was loaded may be a mixture. Look again.
//
// Why step 3 suffices:
//   - A writer makes the version odd before it stores a word or gives a block away, and stores a version that this
//     region never had after it. So a reader that loaded one byte of anything else finds another version.
//   - Compaction can give an entry back. Bytes of a value may lie there then, even bytes that look like its version.
//     They are stored after `entry_count` was lowered. So a reader that loaded them finds the entry above the count; or
//     finds it below, because it is there again, and then the second load of the version gives another one: a new entry
//     gets version 0 before the count is raised.
//   - This holds for a version that was seen long ago, too: versions are never used again.
//   - What would deceive it: between the loads of step 3 the entry comes back and is given back once more, and both
//     times bytes that equal the version lie there. Two compactions in a few nanoseconds, and a writer that aims: one
//     that may write, and so could have stored any value.
//
// Memory order: each Load() acquires, and its partner is the release of the core's Store(). The fence in CopyOut()
// keeps a copy before the loads of HasVersion(); its partner is the fence in CopyIn().

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/region_layout.h"
#include "shmpack/shared_word.h"
#include "shmpack/value_bytes.h"

namespace shmpack {

/// A value that is kept in its entry.
struct InlineValue {
  uint64_t version = 0;
  ShortBytes bytes;
};

/// Where an entry of a region of `bytes` bytes lies. Null: no entry of this region can have that number.
inline const EntryShm* FindEntryShm(const HeaderShm& header, uint64_t bytes, uint32_t entry) noexcept {
  if (uint64_t{entry} * (sizeof(EntryGroupShm) / kGroupEntries) >= bytes - sizeof(HeaderShm)) return nullptr;
  return reinterpret_cast<const EntryShm*>(reinterpret_cast<const char*>(&header) + bytes - EntryBelowEnd(entry));
}

/// Whether `shm`, entry number `entry`, exists and has that version. Three loads, no store.
[[gnu::always_inline]] inline bool HasVersion(const HeaderShm& header, const EntryShm& shm, uint32_t entry,
                                              uint64_t version) noexcept {
  return Load(shm.version) == version && entry < Load(header.index.entry_count) && Load(shm.version) == version;
}

/// The value of `key` if it lies in entry number `entry`, where it was seen before, and is short enough to be kept
/// there. False: it is not, or a writer is at it. Never blocks.
[[gnu::always_inline]] inline bool ReadInlineValue(const HeaderShm& header, uint64_t bytes, uint32_t entry, int64_t key,
                                                   InlineValue* out) noexcept {
  const EntryShm* const shm = FindEntryShm(header, bytes, entry);
  if (shm == nullptr || !HeaderIsIntact(header)) return false;
  const uint64_t version = Load(shm->version);
  const uint64_t entry_key = Load(shm->key);
  const uint32_t meta = Load(shm->meta);
  out->bytes.words[0] = Load(shm->payload);
  if (UsesTail(meta)) {
    const char* const end = reinterpret_cast<const char*>(&header) + bytes;
    out->bytes.words[1] = Load(reinterpret_cast<const EntryTailShm*>(end - TailBelowEnd(entry))->payload);
  }
  out->bytes.count = meta >> kMetaInlineShift;
  out->version = version;
  return version != 0 && (version & 1) == 0 && entry_key == static_cast<uint64_t>(key) && (meta & 0xff) == 0 &&
         out->bytes.count <= kInlineBytes && HasVersion(header, *shm, entry, version);
}

}  // namespace shmpack
