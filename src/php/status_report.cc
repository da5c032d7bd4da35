// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/status_report.h"

#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "php/holder_text.h"
#include "port/segment_limits.h"

namespace shmpack::php {

namespace {

/// What to do when the kernel does not give a segment of the size needed.
void WarnRefusedSize(zend_long key, zend_long size_bytes, int error) {
  const SegmentLimits limits = ReadSegmentLimits();
  const uint64_t bytes = Region::BytesFor(static_cast<uint64_t>(size_bytes));
  char advice[200];
  switch (error) {
    case EINVAL:
      snprintf(advice, sizeof advice, "raise kernel.shmmax, the largest segment, now %" PRIu64 " bytes",
               limits.max_bytes);
      break;
    case ENOSPC:
      if (limits.segments >= limits.max_segments) {
        snprintf(advice, sizeof advice, "raise kernel.shmmni, the number of segments, now %" PRIu64,
                 limits.max_segments);
      } else {
        snprintf(advice, sizeof advice, "raise kernel.shmall, the pages of all segments, now %" PRIu64,
                 limits.max_pages);
      }
      break;
    default:
      snprintf(advice, sizeof advice,
               "ask for less, or give the machine more memory (shmmax %" PRIu64 " bytes, shmall %" PRIu64 " pages)",
               limits.max_bytes, limits.max_pages);
  }
  php_error_docref(nullptr, E_WARNING,
                   "Failed for key 0x" ZEND_XLONG_FMT ": %s; " ZEND_LONG_FMT " bytes of data need a segment of %" PRIu64
                   " bytes: %s",
                   key, std::strerror(error), size_bytes, bytes, advice);
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
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s%s", key,
                       std::strerror(status.os_errno()),
                       status.os_errno() == EACCES ? ", its owner does not let this user read it" : "");
      return;
    default:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x" ZEND_XLONG_FMT ": %s", key, status.text());
  }
}

void WarnOperation(int32_t key, const Status& status, const LockHolder& lock_holder) {
  switch (status.code()) {
    case Code::kNoRoom:
      php_error_docref(nullptr, E_WARNING, "Not enough shared memory left");
      return;
    case Code::kTooLarge:
      php_error_docref(nullptr, E_WARNING, "Failed for key 0x%x: %s; nothing was changed", key, status.text());
      return;
    case Code::kReadOnly:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x%x: the region is attached for reading only, its owner does not let this user "
                       "write to it",
                       key);
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

}  // namespace shmpack::php
