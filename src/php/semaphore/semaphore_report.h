// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where a Status of a semaphore becomes a PHP warning: what happened, to which key, and what to do.
//
// Raising a warning may run user code (error handlers): hold nothing that has to be given back.

#pragma once

#include "php.h"
#include "shmpack/status.h"

namespace shmpack::php {

/// Semaphore::Open() for `key` with that mode failed; or it is open, but its limit could not be set.
void WarnGet(zend_long key, uint32_t permissions, const Status& status);

/// Semaphore::Acquire() failed, and not by its timeout. The text is stock's, as are those that follow.
void WarnAcquire(int32_t key, const Status& status);

/// Semaphore::Release() failed.
void WarnRelease(int32_t key, const Status& status);

/// Semaphore::Remove() failed.
void WarnRemoveSet(int32_t key, const Status& status);

}  // namespace shmpack::php
