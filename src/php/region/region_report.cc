// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/region/region_report.h"

#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "php/holder_text.h"
#include "php/limit_text.h"
#include "port/segment.h"
#include "port/system_limits.h"
#include "port/users.h"

namespace shmpack::php {

namespace {

constexpr size_t kAdviceBytes = 400;

/// What lies under the key, or what Attach() made there. False: nothing, or the system does not say.
bool FindRegion(zend_long key, SegmentInfo* info) {
  int32_t id = -1;
  return static_cast<int32_t>(key) != 0 && FindSegment(static_cast<int32_t>(key), &id).ok() &&
         DescribeSegment(id, info).ok();
}

/// Why this user may not do `what` to a region, beginning with a comma.
void WriteDenial(const SegmentInfo& info, const char* what, char (&advice)[kAdviceBytes]) {
  char owner[kUserTextBytes];
  if (info.owner_uid == OwnUser() || info.creator_uid == OwnUser()) {
    snprintf(advice, sizeof advice, ", it is this user's own, but its mode %04o does not let its owner %s it",
             info.mode, what);
  } else {
    snprintf(advice, sizeof advice, ", its owner, user %s, does not let this user %s it (mode %04o)",
             WriteUser(info.owner_uid, owner, sizeof owner), what, info.mode);
  }
}

void WarnDenied(zend_long key) {
  SegmentInfo info;
  char advice[kAdviceBytes] = "";
  char remedy[160] = "";
  if (FindRegion(key, &info)) {
    WriteDenial(info, "read", advice);
    if (info.owner_uid == OwnUser() || info.creator_uid == OwnUser()) {
      snprintf(remedy, sizeof remedy,
               "; when nobody needs its variables, remove it with: ipcrm -M 0x%x, and ask for a mode such as 0600",
               static_cast<uint32_t>(key));
    }
  }
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s%s%s", key, std::strerror(EACCES),
                   advice, remedy);
}

/// What to do when the system does not give or map a segment of the size needed.
void WarnRefusedSize(zend_long key, zend_long size_bytes, int error) {
  const SegmentLimits limits = ReadSegmentLimits();
  SegmentInfo info;
  const bool exists = FindRegion(key, &info);
  const uint64_t bytes = exists ? info.bytes : Region::BytesFor(static_cast<uint64_t>(size_bytes));
  char what[120];
  char advice[kAdviceBytes] = "";
  if (exists) {
    snprintf(what, sizeof what, "the region that is there is a segment of %" PRIu64 " bytes", bytes);
  } else {
    snprintf(what, sizeof what, ZEND_LONG_FMT " bytes of data need a segment of %" PRIu64 " bytes", size_bytes, bytes);
  }
  if (error == ENOMEM && WriteAddressSpace(bytes, advice, sizeof advice)) {
    const size_t used = std::strlen(advice);
    if (exists) {
      snprintf(advice + used, sizeof advice - used,
               ", or, when nobody needs its variables, remove it with: ipcrm -M 0x%x", static_cast<uint32_t>(key));
    } else {
      snprintf(advice + used, sizeof advice - used, ", or ask for less");
    }
  } else if (error == EINVAL) {
    snprintf(advice, sizeof advice, "raise kernel.shmmax, the largest segment, now %" PRIu64 " bytes",
             limits.max_bytes);
  } else if (error == ENOSPC && limits.segments >= limits.max_segments) {
    snprintf(advice, sizeof advice, "raise kernel.shmmni, the number of segments, now %" PRIu64, limits.max_segments);
  } else if (error == ENOSPC) {
    snprintf(advice, sizeof advice, "raise kernel.shmall, the pages of all segments, now %" PRIu64, limits.max_pages);
  } else {
    snprintf(advice, sizeof advice,
             "%s, or give the machine more memory (shmmax %" PRIu64 " bytes, shmall %" PRIu64 " pages)",
             exists ? "let other processes end" : "ask for less", limits.max_bytes, limits.max_pages);
  }
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s; %s: %s", key, std::strerror(error),
                   what, advice);
}

void WarnUntrusted(zend_long key) {
  SegmentInfo info;
  char creator[kUserTextBytes] = "another user";
  if (FindRegion(key, &info)) WriteUser(info.creator_uid, creator, sizeof creator);
  php_error_docref(nullptr, E_WARNING,
                   "Failed for key 0x" ZEND_XLONG_FMT
                   ": the segment was made by user %s, whom shmpack.trusted_owners (\"%s\") does not name; it was not "
                   "touched. Use another key, or name that user there",
                   key, creator, INI_STR("shmpack.trusted_owners"));
}

}  // namespace

void WarnAttach(zend_long key, zend_long size_bytes, const Status& status) {
  switch (status.code()) {
    case Code::kStockSegment:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the segment is one of ext/sysvshm, whose format is another; use another key, or, when nobody "
                       "needs its variables any more, remove it with: ipcrm -M 0x%x",
                       key, static_cast<uint32_t>(key));
      return;
    case Code::kForeign:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the segment belongs to another program, it is no shmpack region; use another key",
                       key);
      return;
    case Code::kVersion:
    case Code::kByteOrder:
    case Code::kCorrupt:
    case Code::kOverwritten:
      php_error_docref(
          nullptr, E_WARNING,
          "Failed for key 0x" ZEND_XLONG_FMT
          ": the region cannot be used, %s (this is format version %u); use another key, or remove it with: "
          "ipcrm -M 0x%x",
          key, status.text(), kFormatVersion, static_cast<uint32_t>(key));
      return;
    case Code::kTimeout:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT ": %s within %g seconds (shmpack.lock_timeout)", key,
                       status.text(), SHMPACK_G(lock_timeout));
      return;
    case Code::kTooLarge:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s: %s", key, std::strerror(EINVAL),
                       status.text());
      return;
    case Code::kSystem:
      if (status.os_errno() == EINVAL || status.os_errno() == ENOSPC || status.os_errno() == ENOMEM) {
        WarnRefusedSize(key, size_bytes, status.os_errno());
        return;
      }
      if (status.os_errno() == EACCES) {
        WarnDenied(key);
        return;
      }
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s", key,
                       std::strerror(status.os_errno()));
      return;
    case Code::kUntrusted:
      WarnUntrusted(key);
      return;
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
      const HolderText held =
          TextOf(lock_holder,
                 ". If no other container uses the region, its lock was overwritten: remove it with "
                 "shm_remove()");
      php_error_docref(
          nullptr, E_WARNING,
          "Failed for key 0x%x: %s%s for more than %g seconds (shmpack.lock_timeout); nothing was changed%s", key,
          status.text(), held.by, SHMPACK_G(lock_timeout), held.advice);
      return;
    }
    case Code::kOverwritten:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x%x: %s, so its variables cannot be relied on; nothing was changed. Remove it "
                       "with shm_remove(), attach again, and give each program a key of its own",
                       key, status.text());
      return;
    default:
      php_error_docref(
          nullptr, E_WARNING,
          "Failed for key 0x%x: the region is damaged, %s; nothing was changed. Remove it with shm_remove()", key,
          status.text());
  }
}

void WarnReadOnly(int32_t key, int32_t segment_id) {
  SegmentInfo info;
  char why[kAdviceBytes] = "";
  if (DescribeSegment(segment_id, &info).ok()) WriteDenial(info, "write to", why);
  php_error_docref(nullptr, E_WARNING, "Failed for key 0x%x: the region is attached for reading only%s", key, why);
}

void WarnNoRoom(int32_t key, zend_long variable, const RegionRoom& room) {
  const bool quota = room.charge > room.free_quota;
  php_error_docref(nullptr, E_WARNING,
                   "Not enough shared memory left in the region of key 0x%x: variable " ZEND_LONG_FMT " takes %" PRIu64
                   " bytes%s, of which %" PRIu64 " of %" PRIu64
                   " are free; nothing was changed. Remove variables, or make a larger region in its place",
                   key, variable, quota ? room.charge : room.bytes,
                   quota           ? " of the room for values"
                   : room.replaces ? " of the region beside its old value"
                                   : " of the region",
                   quota ? room.free_quota : room.free_bytes, quota ? room.quota_bytes : room.total_bytes);
}

}  // namespace shmpack::php
