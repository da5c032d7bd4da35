// SPDX-License-Identifier: BSD-3-Clause
//
// Which classes a value that is read may have: the setting shmpack.allowed_classes, like unserialize()'s option of that
// name.
//
// A writer decides which classes the readers of its values build, and building an object runs methods of its class. The
// setting bounds that. It is a list of class names between commas, without regard to case. `*`, the default, allows all
// classes; an empty list allows none.

#pragma once

#include "php.h"

namespace shmpack::php {

/// Whether objects and enum cases of the class called `name` may be built. Does not look the class up.
bool IsClassAllowed(const zend_string* name);

}  // namespace shmpack::php
