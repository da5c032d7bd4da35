// SPDX-License-Identifier: BSD-3-Clause
//
// What the reports of more than one family say.

#pragma once

#include <cstddef>
#include <cstdint>

#include "php.h"
#include "shmpack/lock_holder.h"

namespace shmpack::php {

/// How a warning names the holder of a lock. It never names a process that does not exist, or that may be another one:
/// ids mean something in one pid namespace only.
struct HolderText {
  char by[48];         // Behind "its lock is held".
  const char* advice;  // Behind "nothing was changed".
};

/// `damaged`: the advice if the lock names a thread that does not exist.
HolderText TextOf(const LockHolder& holder, const char* damaged);

/// Says what to do if `ulimit -v` is why `bytes` more could not be mapped. False: it is not.
bool WriteAddressSpace(uint64_t bytes, char* out, size_t capacity);

/// The users of a System V object, and its mode.
struct Ownership {
  uint32_t owner_uid;
  uint32_t creator_uid;
  uint32_t mode;

  /// Whether the mode of the owner counts for this user.
  bool is_own() const;
};

/// Says why this user may not do `what` ("read it") to the `object` ("segment").
void WriteDenial(const Ownership& ownership, const char* object, const char* what, char* out, size_t capacity);

/// The `object` of that key was not used, since shmpack.trusted_owners does not name its creator. Null: the system does
/// not say which user that is.
void WarnUntrusted(zend_long key, const char* object, const uint32_t* creator_uid);

}  // namespace shmpack::php
