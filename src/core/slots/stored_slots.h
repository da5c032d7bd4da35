// SPDX-License-Identifier: BSD-3-Clause
//
// The file of a table's stored slots: where it lies, and whether it is one.
//
// The file is written without a name, brought to the disk, and renamed, so the file under the name is always whole. It
// is checked to the last byte before a byte of it is used. A refused file is renamed, never removed and never
// overwritten: it may be all that is left of something.

#pragma once

#include <cstdint>

#include "core/slots/slot_table_view.h"
#include "port/mapped_file.h"
#include "shmpack/status.h"

namespace shmpack {

/// Writes `<path>.persist` to `out`. False: that is too long.
bool StoredPath(const char* path, char* out, uint64_t capacity) noexcept;

/// Fills a table that no other process knows yet with the slots stored under `<path>.persist`. As `*restored` of
/// SlotTable::Create(). And kSystem, if the file could not be read or renamed: then no table may be made, or its next
/// Sync() would replace the file.
Status RestoreSlots(const SlotTableView& view, const char* path) noexcept;

/// Whether the file under that path holds slots, in this format or an older one. kNotFound: it does not exist.
/// kForeign, kByteOrder, kVersion, kSystem.
Status CheckKindOf(const char* stored_path) noexcept;

/// Whether the bytes are stored slots for a table of the shape `wanted`; then copies their header. kForeign,
/// kByteOrder, kVersion, kCorrupt, kMismatch.
Status CheckStoredSlots(const MappedFile& map, const SlotGeometry& wanted, StoredSlotsHeader* header) noexcept;

/// The checksum of a file of `bytes` bytes: of all but the header from its checksum on.
uint32_t ChecksumOf(const uint8_t* file, uint64_t bytes) noexcept;

}  // namespace shmpack
