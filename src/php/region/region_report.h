// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where a Status of a region becomes a PHP warning: what happened, to which key, and what to do.
//
// Raising a warning may run user code (error handlers): hold nothing that has to be given back.

#pragma once

#include "php.h"
#include "shmpack/region.h"

namespace shmpack::php {

/// Region::Attach() failed for `key` with `size_bytes` asked for.
void WarnAttach(zend_long key, zend_long size_bytes, const Status& status);

/// An operation on a variable failed in a way that has no function of its own. `lock_holder` is Region::lock_holder()
/// as it was then.
void WarnOperation(int32_t key, const Status& status, const LockHolder& lock_holder);

/// A write ended in kReadOnly.
void WarnReadOnly(int32_t key, int32_t segment_id);

/// Region::Put() ended in kNoRoom. `room` is Region::Room() as it was then.
void WarnNoRoom(int32_t key, zend_long variable, const RegionRoom& room);

/// There is no such variable. The text is stock's, as are those that follow.
void WarnMissing(zend_long variable);

/// The bytes of a variable are no value.
void WarnCorruptValue();

/// Region::RemoveSegment() failed.
void WarnRemoveSegment(int32_t key, int32_t segment_id, const Status& status);

}  // namespace shmpack::php
