// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/report_text.h"

#include <cinttypes>
#include <cstdio>

#include "port/system_limits.h"
#include "port/users.h"

namespace shmpack::php {

HolderText TextOf(const LockHolder& holder, const char* damaged) {
  HolderText text = {"", ""};
  switch (holder.kind) {
    case LockHolder::Kind::kNobody:
      break;
    case LockHolder::Kind::kProcess:
      snprintf(text.by, sizeof text.by, " by process %u", holder.pid);
      text.advice = ". Is that process stopped?";
      break;
    case LockHolder::Kind::kElsewhere:
      snprintf(text.by, sizeof text.by, " by a process of another pid namespace");
      text.advice = ". Is a process in another container stopped?";
      break;
    case LockHolder::Kind::kNoThread:
      snprintf(text.by, sizeof text.by, " by a process that does not exist here");
      text.advice = damaged;
      break;
  }
  return text;
}

bool WriteAddressSpace(uint64_t bytes, char* out, size_t capacity) {
  const AddressSpace space = ReadAddressSpace();
  if (!space.has_no_room_for(bytes)) return false;
  snprintf(out, capacity,
           "raise this process's limit on address space, `ulimit -v` (RLIMIT_AS), now %" PRIu64 " KiB with %" PRIu64
           " in use",
           space.max_bytes / 1024, space.bytes / 1024);
  return true;
}

bool Ownership::is_own() const { return owner_uid == OwnUser() || creator_uid == OwnUser(); }

void WriteDenial(const Ownership& ownership, const char* object, const char* what, char* out, size_t capacity) {
  if (ownership.is_own()) {
    snprintf(out, capacity, "the %s belongs to this user, but its mode %04o does not let the owner %s", object,
             ownership.mode, what);
    return;
  }
  char owner[kUserTextBytes];
  snprintf(out, capacity, "the %s belongs to user %s, and its mode %04o does not let this user %s", object,
           WriteUser(ownership.owner_uid, owner, sizeof owner), ownership.mode, what);
}

void WarnUntrusted(zend_long key, const char* object, const uint32_t* creator_uid) {
  char user[kUserTextBytes] = "";
  if (creator_uid != nullptr) WriteUser(*creator_uid, user, sizeof user);
  php_error_docref(
      nullptr, E_WARNING,
      "Failed for key 0x" ZEND_XLONG_FMT
      ": the %s was made by %s%s, who is not named in shmpack.trusted_owners (\"%s\"); it was not touched. "
      "Use another key, or name that user there",
      key, object, creator_uid != nullptr ? "user " : "another user", user, INI_STR("shmpack.trusted_owners"));
}

}  // namespace shmpack::php
