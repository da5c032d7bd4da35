// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/slots/slot_report.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "php/report_text.h"

namespace shmpack::php {

namespace {

constexpr size_t kAdviceBytes = 160;

/// Says what to do if a limit of this process caused the error; else nothing.
void WriteAdvice(int error, char (&advice)[kAdviceBytes]) {
  advice[0] = '\0';
  char limit[kAdviceBytes - 2];
  if (error == EMFILE) {
    snprintf(advice, sizeof advice, "; raise this process's limit on open files, `ulimit -n` (RLIMIT_NOFILE)");
  } else if (error == EFBIG) {
    snprintf(advice, sizeof advice, "; raise this process's limit on the size of a file, `ulimit -f` (RLIMIT_FSIZE)");
  } else if (error == ENOMEM && WriteAddressSpace(UINT64_MAX, limit, sizeof limit)) {
    // The size does not matter: some mapping was refused.
    snprintf(advice, sizeof advice, "; %s", limit);
  }
}

/// How a warning names a table and slot `id`; the table alone, if `id` is below 0.
struct Place {
  Place(const OpenSlotTable& open, zend_long id) : path(open.path != nullptr ? ZSTR_VAL(open.path) : "none") {
    if (id >= 0) snprintf(slot, sizeof slot, ", slot " ZEND_LONG_FMT, id);
  }
  const char* path;
  char slot[48] = "";  // Behind the path.
};

}  // namespace

void WarnFolder(const char* name, const Status& status) {
  php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\": %s%s%s (shmpack.runtime_dir)", name,
                   status.text(), status.os_errno() != 0 ? ": " : "",
                   status.os_errno() != 0 ? std::strerror(status.os_errno()) : "");
}

void WarnOpening(const char* path, const Status& status) {
  switch (status.code()) {
    case Code::kNotFound:
      php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\": it does not exist", path);
      return;
    case Code::kMismatch:
      php_error_docref(nullptr, E_WARNING,
                       "Failed for slot table \"%s\": it exists with another number, size or type of slots; ask for "
                       "those, or call slotmem_remove() first",
                       path);
      return;
    case Code::kSystem: {
      char advice[kAdviceBytes];
      WriteAdvice(status.os_errno(), advice);
      php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\": %s: %s%s", path, status.text(),
                       std::strerror(status.os_errno()), advice);
      return;
    }
    default:
      php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\": %s; nothing was changed", path,
                       status.text());
  }
}

void WarnAnonymous(const char* name) {
  php_error_docref(nullptr, E_WARNING,
                   "Failed for slot table \"%s\": it is anonymous, so no process can attach to it; use another name",
                   name);
}

void WarnSetAside(const char* path, const Status& why, const char* result) {
  php_error_docref(nullptr, E_WARNING,
                   "The stored file \"%s%s\" was refused: %s; it was renamed to \"%s%s.refused-...\", and %s", path,
                   kStoredEnd, why.text(), path, kStoredEnd, result);
}

void WarnSlot(const OpenSlotTable& open, zend_long id, const Status& status) {
  const Place place(open, id);
  switch (status.code()) {
    case Code::kSystem: {
      char advice[kAdviceBytes];
      WriteAdvice(status.os_errno(), advice);
      php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\"%s: %s: %s%s", place.path, place.slot,
                       status.text(), std::strerror(status.os_errno()), advice);
      return;
    }
    case Code::kTimeout: {
      // A process that stores or removes a table holds another lock, which does not name it.
      const HolderText held = TextOf(
          open.table.lock_holder(id >= 0 ? static_cast<uint32_t>(id) : UINT32_MAX),
          ". If no other container uses the table, its lock was overwritten: remove the table with slotmem_remove()");
      php_error_docref(nullptr, E_WARNING,
                       "Failed for slot table \"%s\"%s: %s%s; timed out after %g seconds (shmpack.lock_timeout), and "
                       "nothing was changed%s",
                       place.path, place.slot, status.text(), held.by, SHMPACK_G(lock_timeout), held.advice);
      return;
    }
    default:
      php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\"%s: %s", place.path, place.slot, status.text());
  }
}

void WarnTooLong(const OpenSlotTable& open, zend_long id, uint64_t bytes) {
  const Place place(open, id);
  php_error_docref(nullptr, E_WARNING,
                   "Failed for slot table \"%s\"%s: the value needs " ZEND_ULONG_FMT " bytes, and a slot has %u",
                   place.path, place.slot, static_cast<zend_ulong>(bytes), open.table.slot_bytes());
}

void WarnNoValue(const OpenSlotTable& open, zend_long id) {
  const Place place(open, id);
  php_error_docref(nullptr, E_WARNING, "Failed for slot table \"%s\"%s: it holds no value of slotmem_put_var()",
                   place.path, place.slot);
}

}  // namespace shmpack::php
