// SPDX-License-Identifier: BSD-3-Clause
//
// StandIn: takes the module name, the global functions and the class of a stock extension, where they are free.
//
// A stand-in is a module of its own in PHP's registry, so extension_loaded() and reflection show it, and PHP removes
// what it registered. Names are taken at module start. By then every extension named in the ini files has registered
// its functions, so their order does not matter.
//
// Module start can happen twice in one process (Apache does so while it reads its configuration), with or without this
// library being unloaded in between: nothing is remembered from the first time.

#pragma once

#include <array>

#include "php.h"
#include "php/family.h"

namespace shmpack::php {

class StandIn {
 public:
  /// For the functions of `all`, closed by an empty entry, that are the stock extension's. Null: for nothing.
  StandIn(const StockExtension* stock, const zend_function_entry* all) noexcept;

  /// Whether there are names to take, and neither the stock extension nor any other has one of them.
  bool NamesAreFree() const;

  /// Registers and starts the stand-in as a module of the same type (persistent, or of one request after dl()) as ours.
  /// REQUIRES: NamesAreFree(), and to be called from module start.
  zend_result TakeNames(int type);

  /// Says on the information page which extension has the names, and what to do if it is another one.
  void ShowInformation() const;

 private:
  bool HasNames() const;

  static constexpr size_t kMostFunctions = 15;

  const StockExtension* stock_;
  std::array<zend_function_entry, kMostFunctions + 1> functions_{};  // Empty entries close it.
  zend_module_entry module_{};                                       // PHP's registry refers to it.
};

}  // namespace shmpack::php
