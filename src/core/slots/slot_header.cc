// SPDX-License-Identifier: BSD-3-Clause

#include "core/slots/slot_header.h"

#include "core/slots/slot_status.h"
#include "port/clock.h"
#include "port/process_identity.h"
#include "port/random_id.h"
#include "port/users.h"

namespace shmpack {

void InitialiseHeader(const SlotTableView& view, uint32_t type) noexcept {
  SlotTableShm& header = view.header();
  const SlotGeometry& geometry = view.geometry();
  Store(header.format_version, kSlotTableVersion);
  Store(header.byte_order, kByteOrderMark);
  Store(header.total_bytes, geometry.total_bytes());
  Store(header.slot_count, geometry.slot_count);
  Store(header.slot_bytes, geometry.slot_bytes);
  Store(header.type, type);
  Store(header.header_bytes, static_cast<uint32_t>(sizeof(SlotTableShm)));
  Store(header.table_id, RandomId());
  Store(header.created_us, WallClockUs());
  Store(header.boot_id, BootId());
  Store(header.creator_pid, OwnProcess());
  Store(header.creator_uid, OwnUser());
  Store(header.magic, kSlotTableMagic);
}

Status CheckTable(const MappedFile& map, SlotGeometry* geometry, uint32_t* type) noexcept {
  if (map.bytes < sizeof(SlotTableShm)) return NotATable();
  const auto& header = *static_cast<const SlotTableShm*>(map.base);
  const uint64_t magic = Load(header.magic);
  if (magic == __builtin_bswap64(kSlotTableMagic)) return OtherByteOrder();
  if (magic != kSlotTableMagic) return NotATable();
  const uint32_t version = Load(header.format_version);
  if (version != kSlotTableVersion) return version > kSlotTableVersion ? NewerFormat() : OlderFormat();
  const SlotGeometry found = {Load(header.slot_count), Load(header.slot_bytes)};
  if (Load(header.byte_order) != kByteOrderMark || Load(header.header_bytes) != sizeof(SlotTableShm) ||
      !found.valid() || found.total_bytes() != map.bytes || Load(header.total_bytes) != map.bytes) {
    return SizeCorrupt();
  }
  *geometry = found;
  *type = Load(header.type) & kSlotsAllTypes;
  return {};
}

bool IsOfEarlierBoot(const MappedFile& map) noexcept {
  const uint64_t own = BootId();
  const uint64_t its = Load(static_cast<const SlotTableShm*>(map.base)->boot_id);
  return own != 0 && its != 0 && its != own;
}

}  // namespace shmpack
