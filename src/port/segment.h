// SPDX-License-Identifier: BSD-3-Clause
//
// Shared memory segments under integer keys, as the operating system has them.
//
// A SegmentHandle is a process's mapping: plain data, ended by UnmapSegment(). Thread-safe; nothing here blocks. On
// failure outputs stay as they were, and errno is in the Status.

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
  uint32_t mode = 0;  // As asked for, without the mark.
  uint32_t owner_uid = 0;
  uint32_t creator_uid = 0;  // No process can change it.
  bool half_made = false;
  bool was_mapped = false;  // By any process, at any time.
};

/// Finds the segment under `key`, which is not 0. kNotFound, kSystem.
Status FindSegment(int32_t key, int32_t* id) noexcept;

/// Describes a segment; where the kernel allows it, also one that this user may not read. kChanged: it was removed.
/// kSystem.
Status DescribeSegment(int32_t id, SegmentInfo* out) noexcept;

/// Whether this process could map that many more bytes now. kSystem: errno says why not.
Status TryMapping(uint64_t bytes) noexcept;

/// Makes a zero-filled segment under `key`, which is not 0, and does not map it. Until FinishSegment() its mode carries
/// a mark (docs/format/region.md, "How a segment becomes a region"). The mark tells a segment whose maker was killed
/// from a stranger's. kChanged: another process made one under that key meanwhile. kSystem.
Status CreateSegment(int32_t key, uint64_t bytes, uint32_t permissions, int32_t* id) noexcept;

/// Replaces the mark by the mode that was asked for, if there is a mark and the caller may. kChanged: the segment was
/// removed.
Status FinishSegment(int32_t id) noexcept;

/// Makes and maps memory that only this process and its later forks share. It goes with the last of them. Its id is -1.
/// kSystem.
Status MapPrivateSegment(uint64_t bytes, SegmentHandle* out) noexcept;

/// Maps a segment, for reading only if this user may not write. kChanged: it was removed meanwhile. kSystem.
Status MapSegment(int32_t id, SegmentHandle* out) noexcept;

/// REQUIRES: `base`, `bytes` and `id` are a mapped handle's.
void UnmapSegment(void* base, uint64_t bytes, int32_t id) noexcept;

/// Removes a segment that this process made and cannot map, unless another process has mapped it. If one maps it
/// between the look and the removal, its FinishSegment() says that the segment is gone, when it comes after that.
void RemoveUnmappedSegment(int32_t id) noexcept;

/// Takes the key away; the segment goes with its last mapping. Does nothing for a private one. kSystem.
Status RemoveSegmentId(int32_t id) noexcept;

}  // namespace shmpack
