// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/stored_slots.h"

#include <cstdio>
#include <cstring>

#include "core/base/checksum.h"
#include "core/slots/slot_status.h"
#include "port/named_file.h"

namespace shmpack {

namespace {

/// Whether a file that begins with `header` holds slots, in this format or an older one.
Status CheckKind(const StoredSlotsHeader& header) noexcept {
  if (header.magic == __builtin_bswap64(kStoredSlotsMagic)) return OtherByteOrder();
  if (header.magic != kStoredSlotsMagic || header.byte_order != kByteOrderMark) return NotStoredSlots();
  if (header.format_version > kSlotTableVersion) return NewerFormat();
  return {};
}

}  // namespace

bool StoredPath(const char* path, char* out, uint64_t capacity) noexcept {
  const int length = std::snprintf(out, capacity, "%s%s", path, kStoredEnd);
  return length > 0 && static_cast<uint64_t>(length) < capacity;
}

Status CheckKindOf(const char* stored_path) noexcept {
  StoredSlotsHeader header = {};
  const Status status = ReadFileStart(stored_path, &header, sizeof header);
  return status.ok() ? CheckKind(header) : status;
}

Status CheckStoredSlots(const MappedFile& map, const SlotGeometry& wanted, StoredSlotsHeader* header) noexcept {
  if (map.bytes < sizeof(StoredSlotsHeader)) return CutShort();
  const auto* const file = static_cast<const uint8_t*>(map.base);
  std::memcpy(header, file, sizeof *header);
  const Status kind = CheckKind(*header);
  if (!kind.ok()) return kind;
  if (header->format_version < kSlotTableVersion) return OlderFormat();
  const SlotGeometry stored = {header->slot_count, header->slot_bytes};
  if (map.bytes < header->file_bytes) return CutShort();
  if (!stored.valid() || header->header_bytes != sizeof *header || map.bytes != header->file_bytes ||
      map.bytes != stored.stored_bytes()) {
    return SizeCorrupt();
  }
  if (ChecksumOf(file, map.bytes) != header->checksum) return ChecksumWrong();
  if (stored.slot_bytes != wanted.slot_bytes) return OfAnotherSlotSize();
  return {};
}

uint32_t ChecksumOf(const uint8_t* file, uint64_t bytes) noexcept {
  const uint32_t head = Crc32(0, file, offsetof(StoredSlotsHeader, checksum));
  return Crc32(head, file + sizeof(StoredSlotsHeader), bytes - sizeof(StoredSlotsHeader));
}

Status SlotTable::RemoveStored(const char* path) noexcept {
  char stored_path[kMaxPathBytes];
  if (!StoredPath(path, stored_path, sizeof stored_path)) return {};
  const Status kind = CheckKindOf(stored_path);
  if (kind.code() == Code::kForeign) return NotStoredSlotsStays();
  return kind.code() == Code::kSystem ? kind : RemovePath(stored_path);
}

}  // namespace shmpack
