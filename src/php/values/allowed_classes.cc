// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/values/allowed_classes.h"

#include <string_view>

namespace shmpack::php {

namespace {

std::string_view WithoutSpace(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\\");  // A name may begin with the global namespace's backslash.
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

bool IsClassAllowed(const zend_string* name) {
  std::string_view list = SHMPACK_G(allowed_classes) != nullptr ? SHMPACK_G(allowed_classes) : "";
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view one = WithoutSpace(list.substr(0, comma));
    if (one == "*") return true;
    if (!one.empty() && zend_binary_strcasecmp(one.data(), one.size(), ZSTR_VAL(name), ZSTR_LEN(name)) == 0) {
      return true;
    }
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

}  // namespace shmpack::php
