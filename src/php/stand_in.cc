// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/stand_in.h"

#include <cstdio>
#include <cstring>
#include <string_view>

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

/// The version of the running PHP, which may be newer than the one this was compiled for.
const char* PhpVersion() {
  const zval* const version = zend_get_constant_str("PHP_VERSION", sizeof "PHP_VERSION" - 1);
  return version != nullptr && Z_TYPE_P(version) == IS_STRING ? Z_STRVAL_P(version) : PHP_VERSION;
}

}  // namespace

StandIn::StandIn(const StockExtension* stock, const zend_function_entry* all) noexcept : stock_(stock) {
  if (stock == nullptr) return;
  size_t used = 0;
  for (; all->fname != nullptr && used < kMostFunctions; ++all) {
    if (std::string_view(all->fname).starts_with(stock->function_prefix)) functions_[used++] = *all;
  }
}

bool StandIn::NamesAreFree() const {
  if (stock_ == nullptr) return false;
  if (zend_hash_str_exists(&module_registry, stock_->name, std::strlen(stock_->name))) return false;
  if (zend_hash_str_exists(CG(class_table), stock_->class_key, std::strlen(stock_->class_key))) return false;
  for (const zend_function_entry* function = functions_.data(); function->fname != nullptr; ++function) {
    if (zend_hash_str_exists(CG(function_table), function->fname, std::strlen(function->fname))) return false;
  }
  return true;
}

zend_result StandIn::TakeNames(int type) {
  const zend_module_entry fresh = {
      STANDARD_MODULE_HEADER,
      stock_->name,
      functions_.data(),
      stock_->startup,
      nullptr,
      nullptr,
      nullptr,
      ZEND_MODULE_INFO_N(stand_in),
      PhpVersion(),  // As the stock extension's: packages ask for ext-sysvshm in terms of PHP's versions.
      STANDARD_MODULE_PROPERTIES};
  module_ = fresh;
  module_.type = static_cast<unsigned char>(type);
  module_.module_number = zend_next_free_module();

  // This starts a module inside the start of another one. PHP keeps only one "current module", which names the owner
  // of whatever is registered, so ours is put back.
  zend_module_entry* const current = EG(current_module);
  zend_module_entry* const module = Register(&module_, type);
  const zend_result result = module != nullptr ? static_cast<zend_result>(zend_startup_module_ex(module)) : FAILURE;
  EG(current_module) = current;
  return result;
}

bool StandIn::HasNames() const {
  const auto* module = static_cast<const zend_module_entry*>(
      zend_hash_str_find_ptr(&module_registry, stock_->name, std::strlen(stock_->name)));
  // PHP 8.1 keeps a copy of the entry, so compare not its address, but the functions'.
  return module != nullptr && module->functions == functions_.data();
}

void StandIn::ShowInformation() const {
  if (stock_ == nullptr) return;
  char words[160] = "shmpack";
  if (!HasNames()) {
    snprintf(words, sizeof words,
             "ext/%s has them; call Shmpack\\%s() and so on, or disable ext/%s (Debian: phpdismod %s)", stock_->name,
             stock_->a_function, stock_->name, stock_->name);
  }
  php_info_print_table_row(2, stock_->names, words);
}

}  // namespace shmpack::php
