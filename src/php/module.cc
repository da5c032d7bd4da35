// SPDX-License-Identifier: BSD-3-Clause
//
// The module: the table of families, and what PHP calls at its start and end and at those of requests.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include <algorithm>
#include <array>
#include <iterator>
#include <msgpack/version.hpp>
#include <string_view>

#include "ext/standard/info.h"
#include "php/arginfo.h"
#include "php/family.h"
#include "php/region/sysv_shared_memory.h"
#include "php/semaphore/sysv_semaphore.h"
#include "php/settings.h"
#include "php/slots/slot_table_object.h"
#include "php/stand_in.h"
#include "php/values/value_decoder.h"
#include "php_ini.h"

#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
ZEND_TSRMLS_CACHE_DEFINE()
#endif

ZEND_DECLARE_MODULE_GLOBALS(shmpack)

namespace {

using shmpack::php::Family;
using shmpack::php::StandIn;

struct InstalledFamily {
  const Family& family;
  StandIn stand_in{family.stock, ext_functions};
};

/// Every family, one line each.
InstalledFamily families[] = {
    {shmpack::php::semaphore_family},
    {shmpack::php::region_family},
    {shmpack::php::slot_family},
};

/// The functions of the generated table that no stand-in has: the twins in Shmpack\, and what no other extension has.
/// PHP wants one table per module, so the generated one is split, once, while the library is loaded.
class OwnFunctions {
 public:
  OwnFunctions() noexcept {
    size_t used = 0;
    for (const zend_function_entry& function : ext_functions) {
      if (function.fname != nullptr && !IsStock(function.fname)) entries_[used++] = function;
    }
  }
  const zend_function_entry* data() const noexcept { return entries_.data(); }

 private:
  static bool IsStock(std::string_view name) noexcept {
    return std::any_of(std::begin(families), std::end(families), [name](const InstalledFamily& installed) {
      return installed.family.stock != nullptr && name.starts_with(installed.family.stock->function_prefix);
    });
  }

  std::array<zend_function_entry, std::size(ext_functions)> entries_{};  // Empty entries close the table.
};

const OwnFunctions own_functions;

}  // namespace

static PHP_GINIT_FUNCTION(shmpack) {
#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
  ZEND_TSRMLS_CACHE_UPDATE();
#endif
  shmpack_globals->init_mem = 10000;
  shmpack_globals->lock_timeout = 5;
  shmpack_globals->cache_size = 0;
  shmpack_globals->decoded_cache = {};
  shmpack_globals->map_shapes = {};
  shmpack_globals->allowed_classes = nullptr;
  shmpack_globals->runtime_dir = nullptr;
  shmpack_globals->trusted_owners = {};
}

static PHP_GSHUTDOWN_FUNCTION(shmpack) { shmpack_globals->decoded_cache.Free(); }

static PHP_MINIT_FUNCTION(shmpack) {
  shmpack::php::RegisterSettings(INIT_FUNC_ARGS_PASSTHRU);
  register_shmpack_symbols(module_number);
  for (auto& [family, stand_in] : families) {
    if (!stand_in.NamesAreFree()) {
      family.register_classes();
    } else if (stand_in.TakeNames(type) == FAILURE) {
      return FAILURE;
    }
  }
  return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(shmpack) {
  UNREGISTER_INI_ENTRIES();
  return SUCCESS;
}

static PHP_RINIT_FUNCTION(shmpack) {
#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
  ZEND_TSRMLS_CACHE_UPDATE();  // GINIT ran in another thread if this one is older than dl().
#endif
  SHMPACK_G(decoded_cache).BeginRequest();
  shmpack::php::BeginDecoding();
  return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(shmpack) {
  SHMPACK_G(decoded_cache).EndRequest();
  shmpack::php::EndDecoding();
  return SUCCESS;
}

static PHP_MINFO_FUNCTION(shmpack) {
  php_info_print_table_start();
  php_info_print_table_row(2, "shmpack support", "enabled");
  php_info_print_table_row(2, "Version", PHP_SHMPACK_VERSION);
  php_info_print_table_row(2, "Codec library", "msgpack-c " MSGPACK_VERSION);
  for (const auto& [family, stand_in] : families) {
    if (family.show_information != nullptr) family.show_information();
  }
  for (const auto& [family, stand_in] : families) stand_in.ShowInformation();
  php_info_print_table_end();
  DISPLAY_INI_ENTRIES();
}

// Stock extensions that are loaded start first, whatever the order of the ini files.
static const zend_module_dep shmpack_dependencies[] = {ZEND_MOD_OPTIONAL("sysvsem") ZEND_MOD_OPTIONAL("sysvshm")
                                                           ZEND_MOD_END};

zend_module_entry shmpack_module_entry = {STANDARD_MODULE_HEADER_EX,
                                          nullptr,
                                          shmpack_dependencies,
                                          "shmpack",
                                          own_functions.data(),
                                          PHP_MINIT(shmpack),
                                          PHP_MSHUTDOWN(shmpack),
                                          PHP_RINIT(shmpack),
                                          PHP_RSHUTDOWN(shmpack),
                                          PHP_MINFO(shmpack),
                                          PHP_SHMPACK_VERSION,
                                          PHP_MODULE_GLOBALS(shmpack),
                                          PHP_GINIT(shmpack),
                                          PHP_GSHUTDOWN(shmpack),
                                          nullptr,
                                          STANDARD_MODULE_PROPERTIES_EX};

#ifdef COMPILE_DL_SHMPACK
extern "C" {
ZEND_GET_MODULE(shmpack)
}
#endif
