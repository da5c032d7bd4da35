// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "php_ini.h"
#include "port/users.h"

namespace {

using shmpack::TrustedOwners;

// Takes only a number of seconds that can end a wait: above 0 and finite.
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

// A relative path would mean another folder in each working directory.
ZEND_INI_MH(OnUpdateRuntimeDir) {
  if (new_value != nullptr && ZSTR_LEN(new_value) != 0 && ZSTR_VAL(new_value)[0] != '/') {
    php_error_docref(nullptr, E_WARNING, "shmpack.runtime_dir must be an absolute path; the default is used instead");
    return FAILURE;
  }
  return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

/// Takes the part before the first comma, without the spaces around it, out of `list`.
std::string_view TakeName(std::string_view* list) {
  const size_t comma = std::min(list->find(','), list->size());
  std::string_view name = list->substr(0, comma);
  list->remove_prefix(std::min(comma + 1, list->size()));
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  return name;
}

/// Adds the user that `name` means. False: there is no such user, or there are too many.
bool AddTrusted(std::string_view name, TrustedOwners* owners) {
  if (name == "self") return owners->self = true;
  char text[shmpack::kUserTextBytes];
  if (name.size() >= sizeof text || owners->user_count == TrustedOwners::kMostUsers) return false;
  text[name.copy(text, sizeof text - 1)] = '\0';
  uint32_t uid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), uid);
  const bool is_number = error == std::errc() && end == name.data() + name.size();
  if (!is_number && name != "root" && !shmpack::FindUser(text, &uid)) return false;
  owners->users[owners->user_count++] = uid;
  return true;
}

// Names are looked up once, here. A name without a user trusts nobody, so a mistake never opens anything.
ZEND_INI_MH(OnUpdateTrustedOwners) {
  TrustedOwners owners;
  owners.anybody = false;
  std::string_view list = new_value != nullptr ? std::string_view(ZSTR_VAL(new_value), ZSTR_LEN(new_value)) : "";
  while (!list.empty()) {
    const std::string_view name = TakeName(&list);
    if (name == "*") {
      owners.anybody = true;
    } else if (!name.empty() && !AddTrusted(name, &owners)) {
      php_error_docref(
          nullptr, E_WARNING,
          "shmpack.trusted_owners: \"%.*s\" is not a user of this system, or is one of more than %u; it trusts nobody",
          static_cast<int>(name.size()), name.data(), TrustedOwners::kMostUsers);
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

namespace shmpack::php {

void RegisterSettings(INIT_FUNC_ARGS) { REGISTER_INI_ENTRIES(); }

}  // namespace shmpack::php
