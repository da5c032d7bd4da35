// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/semaphore/semaphore_report.h"

#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "port/semaphore_set.h"
#include "port/system_limits.h"
#include "port/users.h"

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
  char owner[kUserTextBytes];
  if (!FindSet(key, &info)) {
    snprintf(advice, sizeof advice,
             ": the mode %04o lets not even the set's owner use it, so it was removed again; ask for one such as 0600",
             permissions & 0777);
  } else if (info.owner_uid == OwnUser()) {
    snprintf(advice, sizeof advice,
             ": the set is this user's, but its mode %04o does not allow what was asked for (%04o); when nobody needs "
             "it, remove it with: ipcrm -S 0x%x",
             info.mode, permissions & 0777, static_cast<uint32_t>(key));
  } else {
    snprintf(advice, sizeof advice,
             ": the set is of user %s, whose mode for it, %04o, does not allow what was asked for (%04o)",
             WriteUser(info.owner_uid, owner, sizeof owner), info.mode, permissions & 0777);
  }
}

void AdviseOnShape(zend_long key, char (&advice)[kAdviceBytes]) {
  SemaphoreSetInfo info;
  if (FindSet(key, &info) && info.semaphores < kSetSize) {
    snprintf(
        advice, sizeof advice,
        ": the set under this key has fewer semaphores (%u) than sem_get() uses (%u), it is another program's; use "
        "another key",
        info.semaphores, kSetSize);
  } else {
    snprintf(advice, sizeof advice,
             ": raise kernel.sem's first number, the semaphores of one set, now %" PRIu64 "; sem_get() needs %u",
             ReadSemaphoreLimits().max_in_set, kSetSize);
  }
}

void AdviseOnRoom(char (&advice)[kAdviceBytes]) {
  const SemaphoreLimits limits = ReadSemaphoreLimits();
  const bool sets = limits.sets >= limits.max_sets;
  snprintf(advice, sizeof advice,
           ": raise kernel.sem's %s number, the %s, now %" PRIu64
           ", or remove some that nobody needs (ipcs -s lists "
           "them, ipcrm -s <id> removes one); %" PRIu64 " exist",
           sets ? "fourth" : "second", sets ? "sets of the system" : "semaphores of all sets",
           sets ? limits.max_sets : limits.max_semaphores, sets ? limits.sets : limits.semaphores);
}

/// Stays empty where the system's text says it all.
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
               ": raise kernel.sem's third number, the operations of one call, now %" PRIu64 "; sem_get() needs 3",
               ReadSemaphoreLimits().max_steps);
      return;
    default:
      return;
  }
}

}  // namespace

void WarnSemaphore(zend_long key, uint32_t permissions, const Status& status) {
  const char* const step = status.text();
  const char* const space = *step != '\0' ? " " : "";
  switch (status.code()) {
    case Code::kTimeout:
      php_error_docref(nullptr, E_WARNING,
                       "Failed%s%s for key 0x" ZEND_XLONG_FMT
                       ": another process held it for %g seconds (shmpack.lock_timeout)",
                       space, step, key, SHMPACK_G(lock_timeout));
      return;
    case Code::kStillHeld:
      php_error_docref(
          nullptr, E_WARNING,
          "Failed%s%s for key 0x" ZEND_XLONG_FMT
          ": another process still holds it; a call before waited for that in vain and nothing has changed "
          "since, so this one did not wait. When no process is inside of sem_get() for it, remove the set "
          "with: ipcrm -S 0x%x",
          space, step, key, static_cast<uint32_t>(key));
      return;
    case Code::kUntrusted: {
      SemaphoreSetInfo info;
      char creator[kUserTextBytes] = "another user";
      if (FindSet(key, &info)) WriteUser(info.creator_uid, creator, sizeof creator);
      php_error_docref(nullptr, E_WARNING,
                       "Failed for key 0x" ZEND_XLONG_FMT
                       ": the set was made by user %s, whom shmpack.trusted_owners (\"%s\") does not name; it was not "
                       "touched. Use another key, or name that user there",
                       key, creator, INI_STR("shmpack.trusted_owners"));
      return;
    }
    default: {
      char advice[kAdviceBytes] = "";
      Advise(key, permissions, status.os_errno(), advice);
      php_error_docref(nullptr, E_WARNING, "Failed%s%s for key 0x" ZEND_XLONG_FMT ": %s%s", space, step, key,
                       std::strerror(status.os_errno()), advice);
    }
  }
}

}  // namespace shmpack::php
