// SPDX-License-Identifier: BSD-3-Clause
//
// The semaphore family: sem_get(), sem_acquire(), sem_release(), sem_remove() and the class SysvSemaphore.
//
// Messages and return values are those of PHP's ext/sysvsem; docs/migrating.md says what differs. shmpack::Semaphore
// does the work. An object belongs to one request; freeing it releases what it still holds.

#pragma once

#include "php/family.h"

namespace shmpack::php {

extern const Family semaphore_family;

}  // namespace shmpack::php
