// SPDX-License-Identifier: BSD-3-Clause
//
// Making a slot table, attaching to one, removing it, and what its name means.
//
// A table gets its name when it is whole, so nobody meets a half-made one, and who is killed while making one leaves
// nothing. Of two who make one at a time the second finds the name taken, and attaches to the first one's.

#include <cstdio>
#include <cstring>

#include "core/slots/slot_table_view.h"
#include "port/clock.h"
#include "port/new_file.h"
#include "port/own_folder.h"
#include "port/process_identity.h"
#include "port/random_id.h"
#include "port/users.h"

namespace shmpack {

namespace {

constexpr int kTries = 1000;  // Removals and creations by others that one Create() outlasts.

void Initialise(const SlotTableView& view, uint32_t type) noexcept {
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

/// Whether it is "none", in capitals or not.
bool IsNone(const char* name) noexcept {
  const char* none = "none";
  while (*name != '\0' && (*name | 0x20) == *none) ++name, ++none;
  return *name == '\0' && *none == '\0';
}

/// Whether the bytes are a table that this program can use, and of which shape.
Status Check(const MappedFile& map, SlotGeometry* geometry, uint32_t* type) noexcept {
  if (map.bytes < sizeof(SlotTableShm)) return Status(Code::kForeign, "it is not a slot table");
  const auto& header = *static_cast<const SlotTableShm*>(map.base);
  const uint64_t magic = Load(header.magic);
  if (magic == __builtin_bswap64(kSlotTableMagic)) {
    return Status(Code::kByteOrder, "it was written with the other byte order");
  }
  if (magic != kSlotTableMagic) return Status(Code::kForeign, "it is not a slot table");
  const uint32_t version = Load(header.format_version);
  if (version != kSlotTableVersion) {
    return Status(Code::kVersion, version > kSlotTableVersion ? "its format is newer" : "its format is older");
  }
  const SlotGeometry found = {Load(header.slot_count), Load(header.slot_bytes)};
  if (Load(header.byte_order) != kByteOrderMark || Load(header.header_bytes) != sizeof(SlotTableShm) ||
      !found.valid() || found.total_bytes() != map.bytes || Load(header.total_bytes) != map.bytes) {
    return Status(Code::kCorrupt, "its header contradicts its size");
  }
  *geometry = found;
  *type = Load(header.type) & kSlotsAllTypes;
  return {};
}

/// Whether it is what a disk kept of a table when the machine was switched off: no live one, and nobody knows which of
/// its stores arrived there.
bool IsOfEarlierBoot(const MappedFile& map) noexcept {
  const uint64_t own = BootId();
  const uint64_t its = Load(static_cast<const SlotTableShm*>(map.base)->boot_id);
  return own != 0 && its != 0 && its != own;
}

/// Whose tables are used: those of this user and of root. Root looks at all.
bool IsTrusted(const MappedFile& map) noexcept {
  const uint32_t self = OwnUser();
  return map.owner_uid == self || map.owner_uid == 0 || self == 0;
}

}  // namespace

Status ResolveTableName(const char* name, const char* folder, char* out, bool* anonymous) noexcept {
  if (*name == '\0' || IsNone(name)) {
    *anonymous = true;
    out[0] = '\0';
    return {};
  }
  const size_t length = std::strlen(name);
  if (length > kMaxTableName) return Status(Code::kInvalid, "is too long");
  if (name[length - 1] == '/') return Status(Code::kInvalid, "must not end in \"/\"");
  // Sync() of one table would take the place of the other.
  constexpr size_t kEnd = sizeof kStoredEnd - 1;
  if (length >= kEnd && std::memcmp(name + length - kEnd, kStoredEnd, kEnd) == 0) {
    return Status(Code::kInvalid, "must not end in \".persist\", as the files do in which tables are stored");
  }
  for (const char* part = name; part != nullptr; part = std::strchr(part, '/')) {
    if (*part == '/') ++part;
    if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || part[2] == '\0')) {
      return Status(Code::kInvalid, "must not have \"..\" in it");
    }
  }
  if (*name == '/') {
    std::memcpy(out, name, length + 1);
    *anonymous = false;
    return {};
  }
  char default_folder[64];
  if (folder == nullptr || *folder == '\0') {
    DefaultFolder(default_folder, sizeof default_folder);
    folder = default_folder;
  }
  if (std::strlen(folder) + 1 + length > kMaxTableName) return Status(Code::kInvalid, "is too long");
  const Status status = EnsureOwnFolder(folder);
  if (!status.ok()) return status;
  std::snprintf(out, kMaxPathBytes, "%s/%s", folder, name);
  *anonymous = false;
  return {};
}

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
  if (!IsTrusted(map)) {
    status = Status(Code::kForeign, "it is another user's");
  } else {
    status = Check(map, &geometry, &type);
    if (status.ok() && IsOfEarlierBoot(map)) status = Status(Code::kNotFound, "it is of before the last boot");
  }
  if (!status.ok()) {
    Unmap(map.base, map.bytes);
    return status;
  }
  out->Adopt(map, geometry, type);
  return {};
}

namespace {

/// Maps what is there, if it is a table of this user's. kNotFound: there is none. Removes what an earlier run of the
/// kernel left.
Status Inspect(const char* path, uint32_t timeout_ms, MappedFile* out, SlotGeometry* geometry,
               uint32_t* type) noexcept {
  MappedFile map;
  Status status = MapFile(path, true, &map);
  if (!status.ok()) return status;
  if (map.owner_uid != OwnUser()) status = Status(Code::kForeign, "it is another user's");
  if (status.ok()) status = Check(map, geometry, type);
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

/// Maps what is there, if it is what Create() was asked for. kNotFound: make one.
Status Meet(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, MappedFile* out) noexcept {
  MappedFile map;
  SlotGeometry geometry;
  uint32_t type = 0;
  const Status status = Inspect(path, timeout_ms, &map, &geometry, &type);
  if (!status.ok()) return status;
  if (geometry != SlotGeometry{options.slot_count, options.slot_bytes} || type != options.type) {
    Unmap(map.base, map.bytes);
    return Status(Code::kMismatch, "it is there with other slots");
  }
  *out = map;
  return {};
}

/// Stores what is there, if that is to be restored, and takes its path away. kNotFound: the path is free. A kill
/// between the two leaves both, and the next one stores again. `*in_the_way` as by Sync().
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

}  // namespace

Status SlotTable::Create(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, SlotTable* out,
                         Status* restored) noexcept {
  const SlotGeometry geometry = {options.slot_count, options.slot_bytes};
  if (!geometry.valid()) return Status(Code::kInvalid, "a table has no such number or size of slots");
  if ((options.type & ~uint32_t{kSlotsAllTypes}) != 0) return Status(Code::kInvalid, "there is no such type");
  *restored = Status(Code::kNotFound);

  NewFile file;
  Status status;
  Status in_the_way;
  if (path == nullptr) {
    status = MapAnonymous(geometry.total_bytes(), &file.map);
    if (!status.ok()) return status;
    const SlotTableView view(static_cast<uint8_t*>(file.map.base), geometry);
    RebuildTableLocked(view);
    Initialise(view, options.type);
  }
  for (int tries = 0; path != nullptr; ++tries) {
    if (tries == kTries) return Status(Code::kChanged, "it is removed all the time");
    status =
        options.renew ? Retire(path, options, timeout_ms, &in_the_way) : Meet(path, options, timeout_ms, &file.map);
    if (status.ok()) break;
    if (status.code() != Code::kNotFound) return status;
    status = MakeNewFile(path, geometry.total_bytes(), options.permissions, options.group, &file);
    if (!status.ok()) return status;
    const SlotTableView view(static_cast<uint8_t*>(file.map.base), geometry);
    RebuildTableLocked(view);
    if ((options.type & kSlotsPersist) != 0) {
      *restored = RestoreSlots(view, path);
      if (restored->code() == Code::kSystem) status = *restored;
    }
    Initialise(view, options.type);
    if (status.ok()) status = LinkNewFile(&file, path);
    CloseNewFile(&file);
    if (status.ok()) break;
    Unmap(file.map.base, file.map.bytes);
    if (status.code() != Code::kChanged) return status;
  }
  if (restored->ok() && !in_the_way.ok()) *restored = Status(Code::kChanged, in_the_way.text());
  out->Adopt(file.map, geometry, options.type);
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
