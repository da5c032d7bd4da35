// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/region/region_report.h"

#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "php/report_text.h"
#include "port/segment.h"
#include "port/system_limits.h"
#include "shmpack/region_layout.h"

namespace shmpack::php {

namespace {

constexpr size_t kAdviceBytes = 400;

/// What lies under the key, or what Attach() made there. False: nothing, or the system does not say.
bool FindRegion(zend_long key, SegmentInfo* info) {
  int32_t id = -1;
  return static_cast<int32_t>(key) != 0 && FindSegment(static_cast<int32_t>(key), &id).ok() &&
         DescribeSegment(id, info).ok();
}

Ownership OwnershipOf(const SegmentInfo& info) { return {info.owner_uid, info.creator_uid, info.mode}; }

void WarnDenied(zend_long key) {
  SegmentInfo info;
  char why[kAdviceBytes] = "";
  char remedy[160] = "";
  if (FindRegion(key, &info)) {
    const Ownership ownership = OwnershipOf(info);
    WriteDenial(ownership, "segment", "read it", why, sizeof why);
    if (ownership.is_own()) {
      snprintf(
          remedy, sizeof remedy,
          "; if its variables are no longer needed, remove it with: ipcrm -M 0x%x, and ask for a mode such as 0600",
          static_cast<uint32_t>(key));
    }
  }
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s%s%s%s", key, std::strerror(EACCES),
                   *why != '\0' ? ": " : "", why, remedy);
}

/// Says which limit refused a segment of so many bytes, and what to do.
void AdviseOnSize(zend_long key, uint64_t bytes, bool exists, int error, char (&advice)[kAdviceBytes]) {
  const SegmentLimits limits = ReadSegmentLimits();
  if (error == ENOMEM && WriteAddressSpace(bytes, advice, sizeof advice)) {
    const size_t used = std::strlen(advice);
    if (exists) {
      snprintf(advice + used, sizeof advice - used,
               ", or, if its variables are no longer needed, remove it with: ipcrm -M 0x%x",
               static_cast<uint32_t>(key));
    } else {
      snprintf(advice + used, sizeof advice - used, ", or ask for less");
    }
  } else if (error == EINVAL) {
    snprintf(advice, sizeof advice, "raise kernel.shmmax, the limit on the bytes of one segment, now %" PRIu64,
             limits.max_bytes);
  } else if (error == ENOSPC && limits.segments >= limits.max_segments) {
    snprintf(advice, sizeof advice, "raise kernel.shmmni, the limit on the number of segments, now %" PRIu64,
             limits.max_segments);
  } else if (error == ENOSPC) {
    snprintf(advice, sizeof advice, "raise kernel.shmall, the limit on the pages of all segments, now %" PRIu64,
             limits.max_pages);
  } else {
    snprintf(advice, sizeof advice,
             "%s, or give the machine more memory (shmmax %" PRIu64 " bytes, shmall %" PRIu64 " pages)",
             exists ? "let other processes end" : "ask for less", limits.max_bytes, limits.max_pages);
  }
}

/// The system refused to make or map a segment of the size needed.
void WarnRefusedSize(zend_long key, zend_long size_bytes, int error) {
  SegmentInfo info;
  const bool exists = FindRegion(key, &info);
  const uint64_t bytes = exists ? info.bytes : Region::BytesFor(static_cast<uint64_t>(size_bytes));
  char what[120];
  if (exists) {
    snprintf(what, sizeof what, "the existing region is a segment of %" PRIu64 " bytes", bytes);
  } else {
    snprintf(what, sizeof what, ZEND_LONG_FMT " bytes of data need a segment of %" PRIu64 " bytes", size_bytes, bytes);
  }
  char advice[kAdviceBytes];
  AdviseOnSize(key, bytes, exists, error, advice);
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s; %s: %s", key, std::strerror(error),
                   what, advice);
}

void WarnSystem(zend_long key, zend_long size_bytes, int error) {
  switch (error) {
    case EINVAL:
    case ENOSPC:
    case ENOMEM:
      return WarnRefusedSize(key, size_bytes, error);
    case EACCES:
      return WarnDenied(key);
    default:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s", key, std::strerror(error));
  }
}

}  // namespace

void WarnAttach(zend_long key, zend_long size_bytes, const Status& status) {
  switch (status.code()) {
    case Code::kStockSegment:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the segment is ext/sysvshm's, which has another format; use another key, or, if its "
                       "variables are no longer needed, remove it with: ipcrm -M 0x%x",
                       key, static_cast<uint32_t>(key));
      return;
    case Code::kForeign:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the segment belongs to another program, not to shmpack; use another key",
                       key);
      return;
    case Code::kVersion:
    case Code::kByteOrder:
    case Code::kCorrupt:
    case Code::kOverwritten:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the region cannot be used, because %s (this is format version %u); use another key, or "
                       "remove the region with: ipcrm -M 0x%x",
                       key, status.text(), kFormatVersion, static_cast<uint32_t>(key));
      return;
    case Code::kTimeout:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT ": %s; timed out after %g seconds (shmpack.lock_timeout)",
                       key, status.text(), SHMPACK_G(lock_timeout));
      return;
    case Code::kTooLarge:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s: %s", key, std::strerror(EINVAL),
                       status.text());
      return;
    case Code::kSystem:
      return WarnSystem(key, size_bytes, status.os_errno());
    case Code::kUntrusted: {
      SegmentInfo info;
      return WarnUntrusted(key, "segment", FindRegion(key, &info) ? &info.creator_uid : nullptr);
    }
    default:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s", key, status.text());
  }
}

void WarnOperation(int32_t key, const Status& status, const LockHolder& lock_holder) {
  switch (status.code()) {
    case Code::kTooLarge:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x%x: %s; nothing was changed", key, status.text());
      return;
    case Code::kTimeout: {
      const HolderText held = TextOf(
          lock_holder,
          ". If no other container uses the region, its lock was overwritten: remove the region with shm_remove()");
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x%x: %s%s; timed out after %g seconds (shmpack.lock_timeout), and nothing was "
                       "changed%s",
                       key, status.text(), held.by, SHMPACK_G(lock_timeout), held.advice);
      return;
    }
    case Code::kOverwritten:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x%x: %s, so its variables cannot be relied on; nothing was changed. Remove the "
                       "region with shm_remove(), attach again, and give each program a key of its own",
                       key, status.text());
      return;
    default:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x%x: the region is damaged (%s); nothing was changed. Remove it with "
                       "shm_remove()",
                       key, status.text());
  }
}

void WarnReadOnly(int32_t key, int32_t segment_id) {
  SegmentInfo info;
  char why[kAdviceBytes] = "";
  if (DescribeSegment(segment_id, &info).ok()) {
    WriteDenial(OwnershipOf(info), "segment", "write to it", why, sizeof why);
  }
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x%x: the region is attached for reading only%s%s", key,
                   *why != '\0' ? ": " : "", why);
}

void WarnNoRoom(int32_t key, zend_long variable, const RegionRoom& room) {
  const bool quota = room.charge > room.free_quota;
  php_error_docref(nullptr, E_WARNING,
                   "Not enough shared memory left in the region of key 0x%x: variable " ZEND_LONG_FMT " needs %" PRIu64
                   " bytes%s, and the %s has %" PRIu64 " of %" PRIu64
                   " bytes free; nothing was changed. Remove variables, or replace the region by a larger one",
                   key, variable, quota ? room.charge : room.bytes,
                   !quota && room.replaces ? " beside its old value" : "", quota ? "room for values" : "region",
                   quota ? room.free_quota : room.free_bytes, quota ? room.quota_bytes : room.total_bytes);
}

void WarnMissing(zend_long variable) {
  php_error_docref(nullptr, E_WARNING, "Variable key " ZEND_LONG_FMT " doesn't exist", variable);
}

void WarnCorruptValue() { php_error_docref(nullptr, E_WARNING, "Variable data in shared memory is corrupted"); }

void WarnRemoveSegment(int32_t key, int32_t segment_id, const Status& status) {
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x%x, id %d: %s", key, segment_id,
                   std::strerror(status.os_errno()));
}

}  // namespace shmpack::php
