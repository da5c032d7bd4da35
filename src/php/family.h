// SPDX-License-Identifier: BSD-3-Clause
//
// Family: what the folder of a family of functions brings to the module. module.cc has the table of them.
//
// The functions and classes of all families are declared in shmpack.stub.php, their settings in settings.cc.

#pragma once

#include "php.h"

namespace shmpack::php {

/// The stock extension that has the same global names as a family. The family takes them where they are free.
struct StockExtension {
  const char* name;                        // Of its module: "sysvshm".
  const char* class_key;                   // Its class in lower case, as the class table has it.
  const char* function_prefix;             // What its functions, and no others, begin with: "shm_".
  const char* names;                       // The names as the information page has them: "shm_* and SysvSharedMemory".
  const char* a_function;                  // One of them, for an example.
  zend_result (*startup)(INIT_FUNC_ARGS);  // Registers the class, and its alias in Shmpack\.
};

/// Read while the library is loaded, so it must be a constant.
struct Family {
  const StockExtension* stock;  // Null: no other extension has the names.
  /// Registers the classes in Shmpack\ alone. Called once per module start, unless the stock names are taken.
  void (*register_classes)();
  /// Prints the family's rows of the information page. Null: it has none.
  void (*show_information)();
};

}  // namespace shmpack::php
