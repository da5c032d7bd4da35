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
  uint32_t permissions = 0;  // Mode bits, without the mark.
  bool read_only = false;
  bool half_made = false;  // Carries the mark of CreateSegment(): nobody called FinishSegment() yet.
};

/// The id of the segment under `key`, which is not 0. kNotFound, kSystem.
Status FindSegment(int32_t key, int32_t* id) noexcept;

/// Makes a zero-filled segment, not mapped. Until FinishSegment() it carries a mark in its mode (the execute bits of
/// group and others, which mean nothing for segments), so that one whose maker was killed is told from a stranger's.
/// Key 0 makes a private one. kChanged: somebody else made one under that key meanwhile. kSystem.
Status CreateSegment(int32_t key, uint64_t bytes, uint32_t permissions, int32_t* id) noexcept;

/// Gives it the mode it is meant to have, if the caller may: a mark that stays does no harm once the magic is there.
void FinishSegment(int32_t id, uint32_t permissions) noexcept;

/// Maps it, for reading only if writing is not allowed. kChanged: it was removed meanwhile. kSystem: errno says why.
Status MapSegment(int32_t id, SegmentHandle* out) noexcept;

void UnmapSegment(void* base) noexcept;

/// Takes its key away; it is gone once nobody maps it. kSystem.
Status RemoveSegmentId(int32_t id) noexcept;

}  // namespace shmpack
