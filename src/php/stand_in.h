// SPDX-License-Identifier: BSD-3-Clause
//
// Standing in for a stock extension: taking its module name, its global functions and its class.
//
// A stand-in is a module of its own in PHP's registry, so extension_loaded() and reflection show it, and PHP removes
// what it registered. Called once per family from module start; by then every extension named in the ini files has
// registered its functions, so the answer does not depend on their order.
//
// Module start can happen twice in one process (Apache does so while it reads its configuration), with or without this
// library being unloaded in between: nothing is remembered from the first time.

#pragma once

#include "php.h"

namespace shmpack::php {

/// What one stand-in consists of. Lives as long as the library is loaded.
struct StandIn {
  const char* name;                        // The stock extension's module name.
  const char* class_key;                   // Its class in lower case, as the class table has it.
  const zend_function_entry* functions;    // The global functions, closed by an empty entry.
  zend_result (*startup)(INIT_FUNC_ARGS);  // Registers the class.
  zend_module_entry* module;               // Where the module entry is built; must outlive the module.
};

/// Whether the stock extension, or anything else, has any of the names.
bool NamesTaken(const StandIn& stand_in);

/// Registers and starts the stand-in as a module of the same type (persistent, or of one request after dl()) as ours.
/// REQUIRES: !NamesTaken(stand_in), and to be called from module start.
zend_result TakeNames(const StandIn& stand_in, int type);

}  // namespace shmpack::php
