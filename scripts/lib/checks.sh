# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Checks of the sources themselves, for `./dev lint` and `./dev test`. Each prints what is wrong and then fails.

# check_layers: php -> core -> port, never up; and no Zend name below src/php.
check_layers() {
  local bad=0 folder forbidden found
  while IFS='|' read -r folder forbidden; do
    if found=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($forbidden)" "$root/$folder"); then
      echo "$folder includes something of a layer above it:"
      echo "$found"
      bad=1
    fi
  done <<'RULES'
include|php|zend|Zend|ext/|main/|TSRM|SAPI|core/|port/|httpd
src/core|php|zend|Zend|ext/|main/|TSRM|SAPI|httpd
src/port|php|zend|Zend|ext/|main/|TSRM|SAPI|httpd|core/
RULES
  local names='zend_[a-z_]+|ZEND_[A-Z_]+|zval|HashTable|php_[a-z_]+|PHP_[A-Z]+_FUNCTION|PHP_FUNCTION|[es]?malloc_persistent|emalloc|efree|estrdup|Z_[A-Z]+(_P|_PP)?|RETURN_[A-Z]+|TSRMLS_[A-Z]+'
  # What is written in a comment or between quotes is not a name.
  if found=$(find "$root/include" "$root/src/core" "$root/src/port" -name '*.cc' -o -name '*.h' | while IFS= read -r file; do
    sed -E -e 's|//.*||' -e 's|"[^"]*"|""|g' "$file" | grep -nwE "$names" | sed "s|^|${file#"$root"/}:|"
  done) && [[ -n $found ]]; then
    echo "a PHP name below src/php:"
    echo "$found"
    bad=1
  fi
  return "$bad"
}

# check_names: a source's name is unique in the tree and has one dot, because builds put all objects into one folder and
# name them by the text before the first dot.
check_names() {
  local bad=0 found
  found=$(find "$root/src" "$root/include" "$root/tests/core" \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) -printf '%f\n')
  if grep '\..*\.' <<<"$found"; then
    echo "the names above have more than one dot"
    bad=1
  fi
  if sort <<<"$found" | uniq -d | grep .; then
    echo "the names above are there more than once"
    bad=1
  fi
  if sed -nE 's|\.cc?$||p' <<<"$found" | sort | uniq -d | grep .; then
    echo "more than one source would make the object of the names above"
    bad=1
  fi
  return "$bad"
}

# check_symbols <library>: PHP's functions have C linkage. A C++ name among those that PHP is to provide is one that a
# header declares without it, and is missed only when it is first called.
check_symbols() {
  local found
  if found=$(nm -D --undefined-only "$1" | grep -E ' _Z[A-Za-z0-9_]*(zend|php)'); then
    echo "the library expects C++ names of PHP:"
    echo "$found"
    return 1
  fi
}
