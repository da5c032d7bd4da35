// SPDX-License-Identifier: BSD-3-Clause
//
// The module: ini settings, information page, and which names we register.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <msgpack/version.hpp>
#include <string_view>

#include "ext/standard/info.h"
#include "php/region/sysv_shared_memory.h"
#include "php/semaphore/sysv_semaphore.h"
#include "php/slots/slot_table_object.h"
#include "php/stand_in.h"
#include "php/values/value_decoder.h"
#include "php_ini.h"
#include "port/users.h"
#include "shmpack/region_layout.h"
#include "shmpack/slot_table_layout.h"
#include "zend_interfaces.h"

extern "C" {
#include "php/shmpack_arginfo.h"
}

#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
ZEND_TSRMLS_CACHE_DEFINE()
#endif

ZEND_DECLARE_MODULE_GLOBALS(shmpack)

namespace {

using shmpack::php::StandIn;

// The generated table holds every function of the stub. PHP wants one table per module, so it is split by name, once,
// while the library is loaded.
class FunctionTable {
 public:
  explicit FunctionTable(std::initializer_list<std::string_view> prefixes) noexcept {
    size_t used = 0;
    for (const zend_function_entry& function : ext_functions) {
      for (const std::string_view prefix : prefixes) {
        if (function.fname != nullptr && std::string_view(function.fname).substr(0, prefix.size()) == prefix) {
          entries_[used++] = function;
        }
      }
    }
  }
  const zend_function_entry* data() const noexcept { return entries_.data(); }

 private:
  std::array<zend_function_entry, std::size(ext_functions)> entries_{};  // Empty entries close the table.
};

const FunctionTable sem_names({"sem_"});
const FunctionTable shm_names({"shm_"});
/// What no other extension has: the twins, and slotmem_*.
const FunctionTable own_names({"Shmpack\\", "slotmem_"});

zend_module_entry sem_module;
zend_module_entry shm_module;

zend_class_entry* StartSemaphores() {
  zend_class_entry* const class_entry = register_class_SysvSemaphore();
  shmpack::php::RegisterSemClasses(class_entry);
  return class_entry;
}

zend_class_entry* StartVariables() {
  zend_class_entry* const class_entry = register_class_SysvSharedMemory();
  shmpack::php::RegisterShmClasses(class_entry);
  return class_entry;
}

ZEND_MODULE_STARTUP_D(stand_in_sem) { return zend_register_class_alias("Shmpack\\SysvSemaphore", StartSemaphores()); }

ZEND_MODULE_STARTUP_D(stand_in_shm) { return zend_register_class_alias("Shmpack\\SysvSharedMemory", StartVariables()); }

const StandIn sem_stand_in{"sysvsem", "sysvsemaphore", sem_names.data(), ZEND_MODULE_STARTUP_N(stand_in_sem),
                           &sem_module};
const StandIn shm_stand_in{"sysvshm", "sysvsharedmemory", shm_names.data(), ZEND_MODULE_STARTUP_N(stand_in_shm),
                           &shm_module};

bool Taken(const StandIn& stand_in) {
  const auto* module = static_cast<const zend_module_entry*>(
      zend_hash_str_find_ptr(&module_registry, stand_in.name, std::strlen(stand_in.name)));
  // PHP 8.1 keeps a copy of the entry, so the entry's own address tells nothing.
  return module != nullptr && module->functions == stand_in.functions;
}

/// Says whose the names are, and what to do when they are not ours.
void InfoRow(const StandIn& stand_in, const char* names, const char* function) {
  char words[160] = "shmpack";
  if (!Taken(stand_in)) {
    snprintf(words, sizeof words,
             "ext/%s has them; call Shmpack\\%s() and so on, or disable ext/%s (Debian: phpdismod %s)", stand_in.name,
             function, stand_in.name, stand_in.name);
  }
  php_info_print_table_row(2, names, words);
}

// Only a number of seconds that can end a wait is taken: above 0 and finite.
ZEND_INI_MH(OnUpdateLockTimeout) {
  const char* end = nullptr;
  const double seconds = zend_strtod(ZSTR_VAL(new_value), &end);
  if (end == ZSTR_VAL(new_value) || *end != '\0' || !std::isfinite(seconds) || seconds <= 0) return FAILURE;
  SHMPACK_G(lock_timeout) = seconds;
  SHMPACK_G(lock_timeout_ms) = static_cast<uint32_t>(std::clamp(seconds * 1000, 1.0, static_cast<double>(INT32_MAX)));
  return SUCCESS;
}

ZEND_INI_MH(OnUpdateCacheSize) {
  const int result = OnUpdateLongGEZero(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
  if (SHMPACK_G(cache_size) == 0) SHMPACK_G(decoded_cache).Clear();
  return result;
}

// A relative path would mean another folder wherever a process happens to be.
ZEND_INI_MH(OnUpdateRuntimeDir) {
  if (new_value != nullptr && ZSTR_LEN(new_value) != 0 && ZSTR_VAL(new_value)[0] != '/') {
    php_error_docref(nullptr, E_WARNING, "shmpack.runtime_dir must be an absolute path, the default is taken");
    return FAILURE;
  }
  return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

/// Adds whom `name` means. False: there is no such user, or there are too many.
bool AddTrusted(std::string_view name, shmpack::TrustedOwners* owners) {
  if (name == "self") return owners->self = true;
  char text[shmpack::kUserTextBytes];
  if (name.size() >= sizeof text || owners->user_count == shmpack::TrustedOwners::kMostUsers) return false;
  text[name.copy(text, sizeof text - 1)] = '\0';
  uint32_t uid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), uid);
  const bool is_number = error == std::errc() && end == name.data() + name.size();
  if (!is_number && name != "root" && !shmpack::FindUser(text, &uid)) return false;
  owners->users[owners->user_count++] = uid;
  return true;
}

// Names are looked up once, here. One that means nobody is trusted by nobody, so a mistake never opens anything.
ZEND_INI_MH(OnUpdateTrustedOwners) {
  shmpack::TrustedOwners owners;
  owners.anybody = false;
  std::string_view list = new_value != nullptr ? std::string_view(ZSTR_VAL(new_value), ZSTR_LEN(new_value)) : "";
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name == "*") {
      owners.anybody = true;
    } else if (!name.empty() && !AddTrusted(name, &owners)) {
      php_error_docref(
          nullptr, E_WARNING,
          "shmpack.trusted_owners: \"%.*s\" is no user of this system, or one of more than %u; it counts as "
          "nobody",
          static_cast<int>(name.size()), name.data(), shmpack::TrustedOwners::kMostUsers);
    }
  }
  SHMPACK_G(trusted_owners) = owners;
  return SUCCESS;
}

}  // namespace

PHP_INI_BEGIN()
STD_PHP_INI_ENTRY("sysvshm.init_mem", "10000", PHP_INI_ALL, OnUpdateLong, init_mem, zend_shmpack_globals,
                  shmpack_globals)
PHP_INI_ENTRY("shmpack.lock_timeout", "5", PHP_INI_ALL, OnUpdateLockTimeout)
STD_PHP_INI_ENTRY("shmpack.cache_size", "16M", PHP_INI_ALL, OnUpdateCacheSize, cache_size, zend_shmpack_globals,
                  shmpack_globals)
STD_PHP_INI_ENTRY("shmpack.allowed_classes", "*", PHP_INI_ALL, OnUpdateString, allowed_classes, zend_shmpack_globals,
                  shmpack_globals)
PHP_INI_ENTRY("shmpack.trusted_owners", "*", PHP_INI_SYSTEM, OnUpdateTrustedOwners)
STD_PHP_INI_ENTRY("shmpack.runtime_dir", "", PHP_INI_SYSTEM, OnUpdateRuntimeDir, runtime_dir, zend_shmpack_globals,
                  shmpack_globals)
PHP_INI_END()

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
  REGISTER_INI_ENTRIES();

  if (!shmpack::php::NamesTaken(sem_stand_in)) {
    if (shmpack::php::TakeNames(sem_stand_in, type) == FAILURE) return FAILURE;
  } else {
    shmpack::php::RegisterSemClasses(register_class_Shmpack_SysvSemaphore());
  }
  if (!shmpack::php::NamesTaken(shm_stand_in)) {
    if (shmpack::php::TakeNames(shm_stand_in, type) == FAILURE) return FAILURE;
  } else {
    shmpack::php::RegisterShmClasses(register_class_Shmpack_SysvSharedMemory());
  }
  register_shmpack_symbols(module_number);
  shmpack::php::RegisterSlotClasses(register_class_Shmpack_SlotTable(),
                                    register_class_Shmpack_SlotView(zend_ce_arrayaccess, zend_ce_countable));
  return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(shmpack) {
  UNREGISTER_INI_ENTRIES();
  return SUCCESS;
}

static PHP_RINIT_FUNCTION(shmpack) {
#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
  ZEND_TSRMLS_CACHE_UPDATE();  // GINIT ran in another thread if this one was there before dl().
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
  char region_format[16];
  char slot_format[16];
  char folder[64];
  snprintf(region_format, sizeof region_format, "%u", static_cast<unsigned>(shmpack::kFormatVersion));
  snprintf(slot_format, sizeof slot_format, "%u", static_cast<unsigned>(shmpack::kSlotTableVersion));
  php_info_print_table_start();
  php_info_print_table_row(2, "shmpack support", "enabled");
  php_info_print_table_row(2, "Version", PHP_SHMPACK_VERSION);
  php_info_print_table_row(2, "Codec library", "msgpack-c " MSGPACK_VERSION);
  php_info_print_table_row(2, "Region format", region_format);
  php_info_print_table_row(2, "Slot table format", slot_format);
  php_info_print_table_row(2, "Slot tables of relative names", shmpack::php::SlotFolder(folder, sizeof folder));
  InfoRow(sem_stand_in, "sem_* and SysvSemaphore", "sem_get");
  InfoRow(shm_stand_in, "shm_* and SysvSharedMemory", "shm_attach");
  php_info_print_table_end();
  DISPLAY_INI_ENTRIES();
}

// Where the stock extensions are loaded they start first, whatever the ini files' order.
static const zend_module_dep shmpack_dependencies[] = {ZEND_MOD_OPTIONAL("sysvsem") ZEND_MOD_OPTIONAL("sysvshm")
                                                           ZEND_MOD_END};

zend_module_entry shmpack_module_entry = {STANDARD_MODULE_HEADER_EX,
                                          nullptr,
                                          shmpack_dependencies,
                                          "shmpack",
                                          own_names.data(),
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
