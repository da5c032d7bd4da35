// SPDX-License-Identifier: BSD-3-Clause
//
// The header of a slot table: what a new table's says, and which mapped files are refused because of theirs.

#pragma once

#include <cstdint>

#include "core/slots/slot_table_view.h"
#include "port/mapped_file.h"
#include "shmpack/status.h"

namespace shmpack {

/// Fills the header of a new table, the magic number last.
void InitialiseHeader(const SlotTableView& view, uint32_t type) noexcept;

/// Whether the bytes are a table that this program can use; then writes its shape. kForeign, kByteOrder, kVersion,
/// kCorrupt.
Status CheckTable(const MappedFile& map, SlotGeometry* geometry, uint32_t* type) noexcept;

/// Whether a disk kept the table over a restart of the machine. It is no live table then, and some of its stores may
/// never have reached the disk. REQUIRES: CheckTable() said ok.
bool IsOfEarlierBoot(const MappedFile& map) noexcept;

}  // namespace shmpack
