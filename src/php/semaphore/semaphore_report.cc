// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/semaphore/semaphore_report.h"

#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "php/report_text.h"
#include "port/semaphore_set.h"
#include "port/system_limits.h"

namespace shmpack::php {

namespace {

constexpr uint32_t kSetSize = 3;
constexpr size_t kAdviceBytes = 400;

/// What lies under the key. False: nothing, or the system does not say.
bool FindSet(zend_long key, SemaphoreSetInfo* info) {
  int id = -1;
  return static_cast<int32_t>(key) != 0 && FindSemaphoreSet(static_cast<int32_t>(key), &id).ok() &&
         DescribeSemaphoreSet(id, info).ok();
}

void AdviseOnAccess(zend_long key, uint32_t permissions, char (&advice)[kAdviceBytes]) {
  SemaphoreSetInfo info;
  if (!FindSet(key, &info)) {
    snprintf(advice, sizeof advice,
             ": with mode %04o even its owner cannot use the set, so it was removed again; ask for a mode such as 0600",
             permissions & 0777);
    return;
  }
  const Ownership ownership = {info.owner_uid, info.creator_uid, info.mode};
  char what[48];
  snprintf(what, sizeof what, "use it with the permissions asked for (%04o)", permissions & 0777);
  char why[kAdviceBytes / 2];
  WriteDenial(ownership, "set", what, why, sizeof why);
  char remedy[96] = "";
  if (ownership.is_own()) {
    snprintf(remedy, sizeof remedy, "; if it is no longer needed, remove it with: ipcrm -S 0x%x",
             static_cast<uint32_t>(key));
  }
  snprintf(advice, sizeof advice, ": %s%s", why, remedy);
}

void AdviseOnShape(zend_long key, char (&advice)[kAdviceBytes]) {
  SemaphoreSetInfo info;
  if (FindSet(key, &info) && info.semaphores < kSetSize) {
    snprintf(
        advice, sizeof advice,
        ": the set of this key is another program's, since it has %u semaphores and sem_get() uses %u; use another "
        "key",
        info.semaphores, kSetSize);
  } else {
    snprintf(advice, sizeof advice,
             ": raise kernel.sem's first number, the limit on the semaphores of one set, now %" PRIu64
             "; sem_get() needs %u",
             ReadSemaphoreLimits().max_in_set, kSetSize);
  }
}

void AdviseOnRoom(char (&advice)[kAdviceBytes]) {
  const SemaphoreLimits limits = ReadSemaphoreLimits();
  const bool sets = limits.sets >= limits.max_sets;
  snprintf(advice, sizeof advice,
           ": raise kernel.sem's %s number, the limit on %s, now %" PRIu64 " with %" PRIu64
           " in use, or remove sets that are no longer needed (ipcs -s lists them, ipcrm -s <id> removes one)",
           sets ? "fourth" : "second", sets ? "the number of sets" : "the semaphores of all sets",
           sets ? limits.max_sets : limits.max_semaphores, sets ? limits.sets : limits.semaphores);
}

/// Leaves the advice empty where the system's text says it all.
void Advise(zend_long key, uint32_t permissions, int error, char (&advice)[kAdviceBytes]) {
  switch (error) {
    case EACCES:
      return AdviseOnAccess(key, permissions, advice);
    case EINVAL:
      return AdviseOnShape(key, advice);
    case ENOSPC:
      return AdviseOnRoom(advice);
    case E2BIG:
      snprintf(advice, sizeof advice,
               ": raise kernel.sem's third number, the limit on the operations of one call, now %" PRIu64
               "; sem_get() needs 3",
               ReadSemaphoreLimits().max_steps);
      return;
    default:
      return;
  }
}

}  // namespace

void WarnGet(zend_long key, uint32_t permissions, const Status& status) {
  const char* const step = status.text();
  const char* const space = *step != '\0' ? " " : "";
  switch (status.code()) {
    case Code::kTimeout:
      php_error_docref(nullptr, E_WARNING,
                       "Failed%s%s for key 0x" ZEND_XLONG_FMT
                       ": another process holds it; timed out after %g seconds (shmpack.lock_timeout)",
                       space, step, key, SHMPACK_G(lock_timeout));
      return;
    case Code::kStillHeld:
      php_error_docref(nullptr, E_WARNING,
                       "Failed%s%s for key 0x" ZEND_XLONG_FMT
                       ": another process still holds it; an earlier call timed out and nothing has changed since, so "
                       "this one did not wait. If no process is inside sem_get() for this key, remove the set with: "
                       "ipcrm -S 0x%x",
                       space, step, key, static_cast<uint32_t>(key));
      return;
    case Code::kUntrusted: {
      SemaphoreSetInfo info;
      return WarnUntrusted(key, "set", FindSet(key, &info) ? &info.creator_uid : nullptr);
    }
    default: {
      char advice[kAdviceBytes] = "";
      Advise(key, permissions, status.os_errno(), advice);
      php_error_docref(nullptr, E_WARNING, "Failed%s%s for key 0x" ZEND_XLONG_FMT ": %s%s", space, step, key,
                       std::strerror(status.os_errno()), advice);
    }
  }
}

void WarnAcquire(int32_t key, const Status& status) {
  php_error_docref(nullptr, E_WARNING, "Failed to acquire key 0x%x: %s", key, std::strerror(status.os_errno()));
}

void WarnRelease(int32_t key, const Status& status) {
  if (status.code() == Code::kNotFound) {
    php_error_docref(nullptr, E_WARNING, "SysV semaphore for key 0x%x is not currently acquired", key);
  } else {
    php_error_docref(nullptr, E_WARNING, "Failed to release key 0x%x: %s", key, std::strerror(status.os_errno()));
  }
}

void WarnRemoveSet(int32_t key, const Status& status) {
  if (status.code() == Code::kNotFound) {
    php_error_docref(nullptr, E_WARNING, "SysV semaphore for key 0x%x does not (any longer) exist", key);
  } else {
    php_error_docref(nullptr, E_WARNING, "Failed for SysV semaphore for key 0x%x: %s", key,
                     std::strerror(status.os_errno()));
  }
}

}  // namespace shmpack::php
