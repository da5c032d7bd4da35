// SPDX-License-Identifier: BSD-3-Clause
//
// Storing a table's slots in a file.

#include <cstring>

#include "core/slots/slot_status.h"
#include "core/slots/slot_table_view.h"
#include "core/slots/stored_slots.h"
#include "port/clock.h"
#include "port/new_file.h"

namespace shmpack {

namespace {

/// Writes the bits, and returns the place behind them.
uint8_t* WriteBits(const SlotTable& table, const SlotTableView& view, uint8_t* at) noexcept {
  const bool clear_in_use = (table.type() & kSlotsClearInUse) != 0;
  for (const bool in_use : {true, false}) {
    const SlotBitmap bitmap = in_use ? view.in_use() : view.ever_used();
    for (uint32_t index = 0; index < view.geometry().bit_words(); ++index, at += 8) {
      const uint64_t word = in_use && clear_in_use ? 0 : bitmap.BitsOfWord(index);
      std::memcpy(at, &word, sizeof word);
    }
  }
  return at;
}

/// REQUIRES: everything behind the header is written.
void WriteHeader(const SlotTable& table, const SlotTableView& view, const MappedFile& map) noexcept {
  auto* const file = static_cast<uint8_t*>(map.base);
  StoredSlotsHeader header = {};
  header.magic = kStoredSlotsMagic;
  header.format_version = kSlotTableVersion;
  header.byte_order = kByteOrderMark;
  header.file_bytes = map.bytes;
  header.slot_count = view.geometry().slot_count;
  header.slot_bytes = view.geometry().slot_bytes;
  header.type = table.type();
  header.header_bytes = sizeof header;
  header.table_id = Load(view.header().table_id);
  header.stored_us = WallClockUs();
  std::memcpy(file, &header, sizeof header);
  header.checksum = ChecksumOf(file, map.bytes);
  std::memcpy(file, &header, sizeof header);
}

/// Writes all of the file that `map` is. REQUIRES: it has stored_bytes().
Status Write(const SlotTable& table, const SlotTableView& view, const MappedFile& map, uint32_t timeout_ms) noexcept {
  const SlotGeometry& geometry = view.geometry();
  uint8_t* at = WriteBits(table, view, static_cast<uint8_t*>(map.base) + sizeof(StoredSlotsHeader));
  for (uint32_t id = 0; id < geometry.slot_count; ++id, at += geometry.slot_bytes) {
    const Status status = table.Look(id, at, geometry.slot_bytes, timeout_ms);
    if (!status.ok()) return status;
  }
  WriteHeader(table, view, map);
  return {};
}

/// As SlotTable::Sync().
Status StoreSlots(const SlotTable& table, const char* stored_path, uint32_t timeout_ms, Status* in_the_way) noexcept {
  const SlotTableView view(table);
  NewFile file;
  Status status = MakeNewFile(stored_path, view.geometry().stored_bytes(), 0600, kSameGroup, &file);
  if (!status.ok()) return status;
  status = Write(table, view, file.map, timeout_ms);
  const Status kind = CheckKindOf(stored_path);
  if (status.ok() && kind.code() == Code::kSystem) status = kind;
  if (status.ok() && !kind.ok() && kind.code() != Code::kNotFound) {
    status = SetAside(stored_path);
    if (status.ok() && in_the_way != nullptr) *in_the_way = kind;
  }
  if (status.ok()) status = ReplaceByNewFile(&file, stored_path);
  CloseNewFile(&file);
  Unmap(file.map.base, file.map.bytes);
  return status;
}

}  // namespace

Status SlotTable::Sync(const char* path, uint32_t timeout_ms, Status* in_the_way) const noexcept {
  if (in_the_way != nullptr) *in_the_way = Status();
  if (read_only_) return TableReadOnly();
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return PathTooLong();
  // One Sync() at a time, or an older state might replace a newer one. It goes on without the lock after the timeout,
  // because every reader of the file can lock it; and where the table's path is gone, because there is nothing to lock.
  int lock = -1;
  const bool is_locked = LockFile(path, device_, inode_, timeout_ms, &lock).ok();
  const Status status = StoreSlots(*this, stored_path, timeout_ms, in_the_way);
  if (is_locked) UnlockFile(lock);
  return status;
}

}  // namespace shmpack
