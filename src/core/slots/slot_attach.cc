// SPDX-License-Identifier: BSD-3-Clause
//
// Attaching to a slot table, detaching, and removing its path.

#include "core/slots/slot_header.h"
#include "core/slots/slot_status.h"
#include "core/slots/slot_table_view.h"
#include "port/named_file.h"
#include "port/users.h"

namespace shmpack {

namespace {

/// This user's tables and root's are used; root uses those of all users.
bool IsTrusted(const MappedFile& map) noexcept {
  const uint32_t self = OwnUser();
  return map.owner_uid == self || map.owner_uid == 0 || self == 0;
}

}  // namespace

void SlotTable::Adopt(const MappedFile& map, const SlotGeometry& geometry, uint32_t type) noexcept {
  header_ = static_cast<SlotTableShm*>(map.base);
  bytes_ = map.bytes;
  device_ = map.device;
  inode_ = map.inode;
  geometry_ = geometry;
  slots_at_ = geometry.slots_at();
  stride_ = geometry.stride();
  buffer_bytes_ = geometry.buffer_bytes();
  type_ = type;
  read_only_ = map.read_only;
}

Status SlotTable::Attach(const char* path, bool writable, SlotTable* out) noexcept {
  MappedFile map;
  Status status = MapFile(path, writable, &map);
  if (!status.ok()) return status;
  SlotGeometry geometry;
  uint32_t type = 0;
  status = IsTrusted(map) ? CheckTable(map, &geometry, &type) : OfAnotherUser();
  if (status.ok() && IsOfEarlierBoot(map)) status = OfEarlierBoot();
  if (!status.ok()) {
    Unmap(map.base, map.bytes);
    return status;
  }
  out->Adopt(map, geometry, type);
  return {};
}

void SlotTable::Detach() noexcept {
  if (header_ != nullptr) Unmap(header_, bytes_);
  *this = SlotTable();
}

Status SlotTable::Remove(const char* path, uint32_t timeout_ms) const noexcept {
  return RemoveFile(path, device_, inode_, timeout_ms);
}

}  // namespace shmpack
