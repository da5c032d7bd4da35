// SPDX-License-Identifier: BSD-3-Clause
//
// Which classes a value that is read may be of: shmpack.allowed_classes, as allowed_classes of unserialize().
//
// Whoever may write to a region decides which classes its reader builds, and building runs methods of theirs. The
// setting bounds that for a reader who knows what to expect. It is a list of names between commas, without regard to
// case; `*`, the default, allows all, nothing at all allows none.

#pragma once

#include "php.h"

namespace shmpack::php {

/// Whether objects and enum cases of the class called `name` may be built. Does not look the class up.
bool IsClassAllowed(const zend_string* name);

}  // namespace shmpack::php
