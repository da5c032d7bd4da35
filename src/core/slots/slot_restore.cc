// SPDX-License-Identifier: BSD-3-Clause
//
// Filling a new table with stored slots. A stored file that is refused is renamed here.

#include <cstring>
#include <initializer_list>

#include "core/slots/slot_status.h"
#include "core/slots/slot_table_lock.h"
#include "core/slots/slot_table_view.h"
#include "core/slots/stored_slots.h"
#include "port/named_file.h"
#include "port/users.h"

namespace shmpack {

namespace {

/// As many slots as both have. REQUIRES: the file was checked.
void FillTableLocked(const SlotTableView& view, const uint8_t* file, const SlotGeometry& stored) noexcept {
  const SlotGeometry& wanted = view.geometry();
  const uint32_t slots = stored.slot_count < wanted.slot_count ? stored.slot_count : wanted.slot_count;
  const uint8_t* bits = file + sizeof(StoredSlotsHeader);
  for (const SlotBitmap& bitmap : {view.in_use(), view.ever_used()}) {
    for (uint32_t index = 0; index < (slots + 63) / 64; ++index) {
      uint64_t word;
      std::memcpy(&word, bits + uint64_t{index} * 8, sizeof word);
      bitmap.SetWordTableLocked(index, word);
    }
    bits += uint64_t{stored.bit_words()} * 8;
  }
  for (uint32_t id = 0; id < slots; ++id) {
    CopyIn(BufferOf(view.slot(id), wanted.buffer_bytes(), 0),
           file + stored.stored_slots_at() + uint64_t{id} * stored.slot_bytes, stored.slot_bytes);
  }
  RebuildTableLocked(view);
}

/// This user's files and root's are used.
Status CheckAndFill(const SlotTableView& view, const MappedFile& map) noexcept {
  if (map.owner_uid != OwnUser() && map.owner_uid != 0) return OfAnotherUser();
  StoredSlotsHeader header;
  const Status status = CheckStoredSlots(map, view.geometry(), &header);
  if (status.ok()) {
    FillTableLocked(view, static_cast<const uint8_t*>(map.base), {header.slot_count, header.slot_bytes});
  }
  return status;
}

}  // namespace

Status RestoreSlots(const SlotTableView& view, const char* path) noexcept {
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return PathTooLong();
  MappedFile map;
  Status status = CopyFile(stored_path, &map);
  if (status.code() == Code::kNotFound || status.code() == Code::kSystem) return status;
  if (status.ok()) {
    status = CheckAndFill(view, map);
    Unmap(map.base, map.bytes);
  }
  if (!status.ok()) {
    const Status renamed = SetAside(stored_path);
    if (!renamed.ok()) return renamed;
  }
  return status;
}

}  // namespace shmpack
