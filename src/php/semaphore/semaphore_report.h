// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where a Status of sem_get() becomes a PHP warning: what happened, to which key, and what to do.
//
// Raising a warning may run user code (error handlers): hold nothing that has to be given back.

#pragma once

#include "php.h"
#include "shmpack/status.h"

namespace shmpack::php {

/// Semaphore::Open() for `key` with that mode came to `status`; or it is open, and that is its limit's.
void WarnSemaphore(zend_long key, uint32_t permissions, const Status& status);

}  // namespace shmpack::php
