// SPDX-License-Identifier: BSD-3-Clause
//
// The variables family: shm_attach(), shm_detach(), shm_remove(), shm_put_var(), shm_get_var(), shm_has_var(),
// shm_remove_var() and the class SysvSharedMemory.
//
// Messages and return values are those of PHP's ext/sysvshm; what differs is written in docs/migrating.md. The work is
// done by shmpack::Region. An object belongs to one request; freeing it detaches. No function holds the region's lock
// across a call into PHP: values are encoded before and decoded after.

#pragma once

#include "php/family.h"

namespace shmpack::php {

extern const Family region_family;

}  // namespace shmpack::php
