// SPDX-License-Identifier: BSD-3-Clause
//
// Storing a table's slots in a file, and restoring them.
//
// The file is written under no name, brought to the disk, and renamed: what lies under the name is always whole. What
// is read there is checked to the last byte before any of it is taken. A file that is refused is renamed, never removed
// and never overwritten: it may be all that is left of something.

#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "core/base/checksum.h"
#include "core/slots/slot_table_view.h"
#include "port/clock.h"
#include "port/new_file.h"
#include "port/users.h"

namespace shmpack {

namespace {

uint32_t ChecksumOf(const uint8_t* file, uint64_t bytes) noexcept {
  const uint32_t head = Crc32(0, file, offsetof(StoredSlotsHeader, checksum));
  return Crc32(head, file + sizeof(StoredSlotsHeader), bytes - sizeof(StoredSlotsHeader));
}

/// Whether a file that begins so holds slots, in a format that is not newer than ours.
Status CheckKind(const StoredSlotsHeader& header) noexcept {
  if (header.magic == __builtin_bswap64(kStoredSlotsMagic)) {
    return Status(Code::kByteOrder, "it was written with the other byte order");
  }
  if (header.magic != kStoredSlotsMagic || header.byte_order != kByteOrderMark) {
    return Status(Code::kForeign, "it does not hold slots");
  }
  if (header.format_version > kSlotTableVersion) return Status(Code::kVersion, "its format is newer");
  return {};
}

/// The same of the file under that path. kNotFound: there is none. kSystem.
Status CheckKindOf(const char* stored_path) noexcept {
  StoredSlotsHeader header = {};
  const Status status = ReadFileStart(stored_path, &header, sizeof header);
  return status.ok() ? CheckKind(header) : status;
}

/// Whether the bytes are slots that `wanted` can take.
Status Check(const MappedFile& map, const SlotGeometry& wanted, StoredSlotsHeader* header) noexcept {
  if (map.bytes < sizeof(StoredSlotsHeader)) return Status(Code::kCorrupt, "it is cut short");
  const auto* const file = static_cast<const uint8_t*>(map.base);
  std::memcpy(header, file, sizeof *header);
  const Status kind = CheckKind(*header);
  if (!kind.ok()) return kind;
  if (header->format_version < kSlotTableVersion) return Status(Code::kVersion, "its format is older");
  const SlotGeometry stored = {header->slot_count, header->slot_bytes};
  if (map.bytes < header->file_bytes) return Status(Code::kCorrupt, "it is cut short");
  if (!stored.valid() || header->header_bytes != sizeof *header || map.bytes != header->file_bytes ||
      map.bytes != stored.stored_bytes()) {
    return Status(Code::kCorrupt, "its header contradicts its size");
  }
  if (ChecksumOf(file, map.bytes) != header->checksum) return Status(Code::kCorrupt, "its checksum is wrong");
  if (stored.slot_bytes != wanted.slot_bytes) return Status(Code::kMismatch, "its slots are of another size");
  return {};
}

/// REQUIRES: checked; nobody else knows the table.
void Fill(const SlotTableView& view, const uint8_t* file, const SlotGeometry& stored) noexcept {
  const SlotGeometry& wanted = view.geometry();
  const uint32_t slots = stored.slot_count < wanted.slot_count ? stored.slot_count : wanted.slot_count;
  const uint8_t* bits = file + sizeof(StoredSlotsHeader);
  for (const SlotBitmap& bitmap : {view.in_use(), view.ever_used()}) {
    for (uint32_t index = 0; index < (slots + 63) / 64; ++index) {
      uint64_t word;
      std::memcpy(&word, bits + uint64_t{index} * 8, sizeof word);
      bitmap.SetWordLocked(index, word);
    }
    bits += uint64_t{stored.bit_words()} * 8;
  }
  for (uint32_t id = 0; id < slots; ++id) {
    CopyIn(BufferOf(view.slot(id), wanted.buffer_bytes(), 0),
           file + stored.stored_slots_at() + uint64_t{id} * stored.slot_bytes, stored.slot_bytes);
  }
  RebuildTableLocked(view);
}

/// Writes the file that `map` is. REQUIRES: it is as large as the geometry says.
Status Write(const SlotTable& table, const SlotTableView& view, const MappedFile& map, uint32_t timeout_ms) noexcept {
  const SlotGeometry& geometry = view.geometry();
  auto* const file = static_cast<uint8_t*>(map.base);
  uint8_t* at = file + sizeof(StoredSlotsHeader);
  for (const bool in_use : {true, false}) {
    const SlotBitmap bitmap = in_use ? view.in_use() : view.ever_used();
    for (uint32_t index = 0; index < geometry.bit_words(); ++index, at += 8) {
      const uint64_t word = in_use && (table.type() & kSlotsClearInUse) != 0 ? 0 : bitmap.BitsOfWord(index);
      std::memcpy(at, &word, sizeof word);
    }
  }
  for (uint32_t id = 0; id < geometry.slot_count; ++id, at += geometry.slot_bytes) {
    const Status status = table.Look(id, at, geometry.slot_bytes, timeout_ms);
    if (!status.ok()) return status;
  }
  StoredSlotsHeader header = {};
  header.magic = kStoredSlotsMagic;
  header.format_version = kSlotTableVersion;
  header.byte_order = kByteOrderMark;
  header.file_bytes = map.bytes;
  header.slot_count = geometry.slot_count;
  header.slot_bytes = geometry.slot_bytes;
  header.type = table.type();
  header.header_bytes = sizeof header;
  header.table_id = Load(view.header().table_id);
  header.stored_us = WallClockUs();
  std::memcpy(file, &header, sizeof header);
  header.checksum = ChecksumOf(file, map.bytes);
  std::memcpy(file, &header, sizeof header);
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

bool StoredPath(const char* path, char* out, uint64_t capacity) noexcept {
  const int length = std::snprintf(out, capacity, "%s%s", path, kStoredEnd);
  return length > 0 && static_cast<uint64_t>(length) < capacity;
}

Status RestoreSlots(const SlotTableView& view, const char* path) noexcept {
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return Status(Code::kInvalid, "its path is too long");
  MappedFile map;
  Status status = CopyFile(stored_path, &map);
  if (status.code() == Code::kNotFound || status.code() == Code::kSystem) return status;
  if (status.ok()) {
    StoredSlotsHeader header;
    if (map.owner_uid != OwnUser() && map.owner_uid != 0) status = Status(Code::kForeign, "it is another user's");
    if (status.ok()) status = Check(map, view.geometry(), &header);
    if (status.ok()) {
      Fill(view, static_cast<const uint8_t*>(map.base), {header.slot_count, header.slot_bytes});
    }
    Unmap(map.base, map.bytes);
  }
  if (!status.ok()) {
    const Status renamed = SetAside(stored_path);
    if (!renamed.ok()) return renamed;
  }
  return status;
}

Status SlotTable::Sync(const char* path, uint32_t timeout_ms, Status* in_the_way) const noexcept {
  if (in_the_way != nullptr) *in_the_way = Status();
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return Status(Code::kInvalid, "its path is too long");
  // One at a time, or an older state might take a newer one's place. But all who may read the table can lock it, so who
  // has waited long enough goes on; and for a table that was removed there is nothing to lock.
  int lock = -1;
  const bool is_locked = LockFile(path, device_, inode_, timeout_ms, &lock).ok();
  const Status status = StoreSlots(*this, stored_path, timeout_ms, in_the_way);
  if (is_locked) UnlockFile(lock);
  return status;
}

Status SlotTable::RemoveStored(const char* path) noexcept {
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return {};
  const Status kind = CheckKindOf(stored_path);
  if (kind.code() == Code::kForeign) {
    return Status(Code::kForeign, "what lies where it would be stored does not hold slots, and was left there");
  }
  return kind.code() == Code::kSystem ? kind : RemovePath(stored_path);
}

}  // namespace shmpack
