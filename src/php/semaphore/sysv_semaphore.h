// SPDX-License-Identifier: BSD-3-Clause
//
// The semaphore family: sem_get(), sem_acquire(), sem_release(), sem_remove() and the class SysvSemaphore.
//
// Messages and return values are those of PHP's ext/sysvsem; what differs is written in docs/migrating.md. The work is
// done by shmpack::Semaphore. An object belongs to one request, and what it still holds is released when it is freed.

#pragma once

#include "php.h"

extern "C" {
ZEND_FUNCTION(sem_get);
ZEND_FUNCTION(sem_acquire);
ZEND_FUNCTION(sem_release);
ZEND_FUNCTION(sem_remove);
}

namespace shmpack::php {

/// Gives the class its object handlers. Called once per module start, with the class under whichever name it got.
void RegisterSemClasses(zend_class_entry* class_entry);

}  // namespace shmpack::php
