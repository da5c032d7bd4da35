// SPDX-License-Identifier: BSD-3-Clause
//
// What PHP's generator made of shmpack.stub.php: the declaration of every function and method, and what registers the
// classes. A family includes it where it defines the former and calls the latter.
//
// The generator makes all but the declarations static, so a source gets a copy of what it uses and of nothing else.

#pragma once

#include "php.h"
#include "shmpack/slot_table_layout.h"  // Its constants are named in the stub.

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
extern "C" {
#include "php/shmpack_arginfo.h"
}
#pragma GCC diagnostic pop
