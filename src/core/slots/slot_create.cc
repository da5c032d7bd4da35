// SPDX-License-Identifier: BSD-3-Clause
//
// Making a slot table. A table gets its path when it is whole:
//
//   1. Look at the path. A table of the asked shape there is used. For `renew`, it is stored and loses its path
//   instead.
//   2. The path is free: make a file without a path, restore the slots, fill the header.
//   3. Link the file to the path. Another process may have been faster: go to 1, and use its table.
//
// So no process finds a half-made table. A kill before 3 leaves the path free; only a temporary name may stay.

#include "core/slots/slot_header.h"
#include "core/slots/slot_status.h"
#include "core/slots/slot_table_lock.h"
#include "core/slots/slot_table_view.h"
#include "core/slots/stored_slots.h"
#include "port/new_file.h"
#include "port/users.h"

namespace shmpack {

namespace {

constexpr int kTries = 1000;  // How often other processes may remove the table while one Create() makes it.

/// Maps the table under `path`, if it is this user's. Removes one that an earlier run of the kernel left. kNotFound:
/// the path is free.
Status Inspect(const char* path, uint32_t timeout_ms, MappedFile* out, SlotGeometry* geometry,
               uint32_t* type) noexcept {
  MappedFile map;
  Status status = MapFile(path, true, &map);
  if (!status.ok()) return status;
  if (map.owner_uid != OwnUser()) status = OfAnotherUser();
  if (status.ok()) status = CheckTable(map, geometry, type);
  if (status.ok() && IsOfEarlierBoot(map)) {
    status = RemoveFile(path, map.device, map.inode, timeout_ms);
    if (status.ok()) status = Status(Code::kNotFound);
  }
  if (!status.ok()) {
    Unmap(map.base, map.bytes);
    return status;
  }
  *out = map;
  return {};
}

/// Maps the table under `path`, if it is what Create() was asked for. kNotFound: the path is free.
Status Meet(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, MappedFile* out) noexcept {
  MappedFile map;
  SlotGeometry geometry;
  uint32_t type = 0;
  const Status status = Inspect(path, timeout_ms, &map, &geometry, &type);
  if (!status.ok()) return status;
  if (geometry != SlotGeometry{options.slot_count, options.slot_bytes} || type != options.type) {
    Unmap(map.base, map.bytes);
    return OfAnotherShape();
  }
  *out = map;
  return {};
}

/// Stores the table under `path`, if the new one is to be restored, and removes the path. kNotFound: the path is free.
/// A kill between the two leaves both files, and the next Create() stores again. `*in_the_way` as by Sync().
Status Retire(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, Status* in_the_way) noexcept {
  MappedFile map;
  SlotGeometry geometry;
  uint32_t type = 0;
  Status status = Inspect(path, timeout_ms, &map, &geometry, &type);
  if (!status.ok()) return status;
  Unmap(map.base, map.bytes);
  SlotTable table;
  status = SlotTable::Attach(path, true, &table);
  if (status.ok() && (options.type & kSlotsPersist) != 0) status = table.Sync(path, timeout_ms, in_the_way);
  if (status.ok()) status = table.Remove(path, timeout_ms);
  table.Detach();
  return status.ok() ? Status(Code::kNotFound) : status;
}

SlotTableView ViewOf(const MappedFile& map, const SlotGeometry& geometry) noexcept {
  return SlotTableView(static_cast<uint8_t*>(map.base), geometry);
}

Status MakeAnonymous(const SlotGeometry& geometry, uint32_t type, MappedFile* out) noexcept {
  const Status status = MapAnonymous(geometry.total_bytes(), out);
  if (!status.ok()) return status;
  const SlotTableView view = ViewOf(*out, geometry);
  RebuildTableLocked(view);
  InitialiseHeader(view, type);
  return {};
}

/// Makes a table under the free `path`. kChanged: another process was faster.
Status MakeNamed(const char* path, const SlotTableOptions& options, const SlotGeometry& geometry, MappedFile* out,
                 Status* restored) noexcept {
  NewFile file;
  Status status = MakeNewFile(path, geometry.total_bytes(), options.permissions, options.group, &file);
  if (!status.ok()) return status;
  const SlotTableView view = ViewOf(file.map, geometry);
  RebuildTableLocked(view);
  if ((options.type & kSlotsPersist) != 0) {
    *restored = RestoreSlots(view, path);
    if (restored->code() == Code::kSystem) status = *restored;
  }
  InitialiseHeader(view, options.type);
  if (status.ok()) status = LinkNewFile(&file, path);
  CloseNewFile(&file);
  if (!status.ok()) {
    Unmap(file.map.base, file.map.bytes);
    return status;
  }
  *out = file.map;
  return {};
}

/// `*in_the_way` as by Sync(), if the path had a table that was stored.
Status MeetOrMake(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, MappedFile* out,
                  Status* restored, Status* in_the_way) noexcept {
  for (int tries = 0; tries < kTries; ++tries) {
    Status status =
        options.renew ? Retire(path, options, timeout_ms, in_the_way) : Meet(path, options, timeout_ms, out);
    if (status.code() != Code::kNotFound) return status;
    status = MakeNamed(path, options, {options.slot_count, options.slot_bytes}, out, restored);
    if (status.code() != Code::kChanged) return status;
  }
  return RemovedAgain();
}

}  // namespace

Status SlotTable::Create(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, SlotTable* out,
                         Status* restored) noexcept {
  const SlotGeometry geometry = {options.slot_count, options.slot_bytes};
  if (!geometry.valid()) return ImpossibleShape();
  if ((options.type & ~uint32_t{kSlotsAllTypes}) != 0) return UnknownType();
  *restored = Status(Code::kNotFound);

  MappedFile map;
  Status in_the_way;
  const Status status = path == nullptr ? MakeAnonymous(geometry, options.type, &map)
                                        : MeetOrMake(path, options, timeout_ms, &map, restored, &in_the_way);
  if (!status.ok()) return status;
  if (restored->ok() && !in_the_way.ok()) *restored = Status(Code::kChanged, in_the_way.text());
  out->Adopt(map, geometry, options.type);
  return {};
}

}  // namespace shmpack
