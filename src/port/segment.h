// SPDX-License-Identifier: BSD-3-Clause
//
// Shared memory segments under integer keys, as the operating system has them. One implementation per system
// (segment_sysv.cc); the core knows no other way to get at shared memory.
//
// A SegmentHandle is a process's mapping: plain data, unmapped by UnmapSegment(). errno becomes a Status here and
// nowhere else.

#pragma once

#include <cstdint>

#include "shmpack/status.h"

namespace shmpack {

struct SegmentHandle {
  void* base = nullptr;
  uint64_t bytes = 0;  // As the kernel says.
  int32_t id = -1;
  bool read_only = false;
  bool half_made = false;  // Carries the mark of CreateSegment().
};

/// What the kernel knows of a segment.
struct SegmentInfo {
  uint64_t bytes = 0;
  uint32_t mode = 0;  // As it was asked for, without a mark.
  uint32_t owner_uid = 0;
  uint32_t creator_uid = 0;  // Nobody can change it.
  bool half_made = false;
  bool was_mapped = false;  // By anybody, ever.
};

/// The id of the segment under `key`, which is not 0. kNotFound, kSystem.
Status FindSegment(int32_t key, int32_t* id) noexcept;

/// Describes a segment, where the kernel allows it even one that this user may not read. kChanged: it was removed.
/// kSystem.
Status DescribeSegment(int32_t id, SegmentInfo* out) noexcept;

/// Whether this process could map so much more now. kSystem: errno says why not.
Status TryMapping(uint64_t bytes) noexcept;

/// Makes a zero-filled segment under `key`, which is not 0; not mapped. Until FinishSegment() it carries a mark in its
/// mode (docs/format/region.md, "How a segment becomes a region"), so that one whose maker was killed is told from a
/// stranger's. kChanged: somebody else made one under that key meanwhile. kSystem.
Status CreateSegment(int32_t key, uint64_t bytes, uint32_t permissions, int32_t* id) noexcept;

/// Replaces the mark, if there is one and the caller may, by the mode that was asked for. kChanged: it was removed.
Status FinishSegment(int32_t id) noexcept;

/// Makes and maps memory that only this process and its later forks share and that is gone with the last of them. Its
/// id is -1. kSystem.
Status MapPrivateSegment(uint64_t bytes, SegmentHandle* out) noexcept;

/// Maps it, for reading only if writing is not allowed. kChanged: it was removed meanwhile. kSystem: errno says why.
Status MapSegment(int32_t id, SegmentHandle* out) noexcept;

/// REQUIRES: `base`, `bytes` and `id` are a mapped handle's.
void UnmapSegment(void* base, uint64_t bytes, int32_t id) noexcept;

/// Removes a segment of this process's making that it cannot map, unless somebody mapped it meanwhile. Of another
/// process that maps it between the look and the removal, FinishSegment() says that it is gone, if it comes after it.
void RemoveUnmappedSegment(int32_t id) noexcept;

/// Takes its key away; it is gone once nobody maps it. Nothing to do for a private one. kSystem.
Status RemoveSegmentId(int32_t id) noexcept;

}  // namespace shmpack
