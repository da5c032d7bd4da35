// SPDX-License-Identifier: BSD-3-Clause
//
// The region family: shm_attach(), shm_detach(), shm_remove(), shm_put_var(), shm_get_var(), shm_has_var(),
// shm_remove_var() and the class SysvSharedMemory.
//
// Messages and return values are those of PHP's ext/sysvshm; docs/migrating.md says what differs. shmpack::Region does
// the work. An object belongs to one request; freeing it detaches. No function holds a lock across a call into PHP:
// values are encoded before and decoded after.

#pragma once

#include "php/family.h"

namespace shmpack::php {

extern const Family region_family;

}  // namespace shmpack::php
