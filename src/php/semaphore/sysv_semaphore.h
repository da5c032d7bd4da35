// SPDX-License-Identifier: BSD-3-Clause
//
// The semaphore family: sem_get(), sem_acquire(), sem_release(), sem_remove() and the class SysvSemaphore.
//
// Messages and return values are those of PHP's ext/sysvsem; what differs is written in docs/migrating.md. The work is
// done by shmpack::Semaphore. An object belongs to one request, and what it still holds is released when it is freed.

#pragma once

#include "php/family.h"

namespace shmpack::php {

extern const Family semaphore_family;

}  // namespace shmpack::php
