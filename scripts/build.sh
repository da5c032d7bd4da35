# build the extension, `httpd` (Apache's module) or `library` (for C and C++); the last line is its path
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause

case "$*" in
  '')
    build_extension
    echo "$extension"
    ;;
  httpd)
    build_httpd
    echo "$httpd_module"
    ;;
  library)
    build_library
    echo "$library"
    ;;
  *) fail "build: there is no '$*'; usage: ./dev build [httpd | library]" ;;
esac
