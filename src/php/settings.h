// SPDX-License-Identifier: BSD-3-Clause
//
// The ini settings of the module, of all families: their names, their defaults, and how each is checked.

#pragma once

#include "php.h"

namespace shmpack::php {

/// Registers them for this module, and gives each its value. Called from module start, with its arguments.
void RegisterSettings(INIT_FUNC_ARGS);

}  // namespace shmpack::php
