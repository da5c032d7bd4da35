// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/stand_in.h"

#include <cstring>

#include "ext/standard/info.h"

namespace shmpack::php {
namespace {

ZEND_MODULE_INFO_D(stand_in) {
  php_info_print_table_start();
  php_info_print_table_row(2, zend_module->name, "provided by shmpack " PHP_SHMPACK_VERSION);
  php_info_print_table_row(2, "Version", zend_module->version);
  php_info_print_table_end();
}

// Newer PHP takes the module's type as a second argument; a template lets the compiler see which one this is.
template <typename Module>
zend_module_entry* Register(Module* module, int type) {
  if constexpr (requires { zend_register_module_ex(module, type); }) {
    return zend_register_module_ex(module, type);
  } else {
    return zend_register_module_ex(module);
  }
}

/// That of the PHP that runs, which may be newer than the one that this was compiled for.
const char* PhpVersion() {
  const zval* const version = zend_get_constant_str("PHP_VERSION", sizeof "PHP_VERSION" - 1);
  return version != nullptr && Z_TYPE_P(version) == IS_STRING ? Z_STRVAL_P(version) : PHP_VERSION;
}

}  // namespace

bool NamesTaken(const StandIn& stand_in) {
  if (zend_hash_str_exists(&module_registry, stand_in.name, std::strlen(stand_in.name))) return true;
  if (zend_hash_str_exists(CG(class_table), stand_in.class_key, std::strlen(stand_in.class_key))) return true;
  for (const zend_function_entry* function = stand_in.functions; function->fname != nullptr; ++function) {
    if (zend_hash_str_exists(CG(function_table), function->fname, std::strlen(function->fname))) return true;
  }
  return false;
}

zend_result TakeNames(const StandIn& stand_in, int type) {
  const zend_module_entry fresh = {
      STANDARD_MODULE_HEADER,
      stand_in.name,
      stand_in.functions,
      stand_in.startup,
      nullptr,
      nullptr,
      nullptr,
      ZEND_MODULE_INFO_N(stand_in),
      PhpVersion(),  // As stock's: packages ask for ext-sysvshm in terms of PHP's versions.
      STANDARD_MODULE_PROPERTIES};
  *stand_in.module = fresh;
  stand_in.module->type = static_cast<unsigned char>(type);
  stand_in.module->module_number = zend_next_free_module();

  // Starting a module inside the start of another one: PHP keeps only one "current module", which names the owner of
  // whatever is registered, so ours is put back.
  zend_module_entry* const current = EG(current_module);
  zend_module_entry* const module = Register(stand_in.module, type);
  const zend_result result = module != nullptr ? static_cast<zend_result>(zend_startup_module_ex(module)) : FAILURE;
  EG(current_module) = current;
  return result;
}

}  // namespace shmpack::php
