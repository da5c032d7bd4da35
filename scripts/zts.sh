# run phpt with a thread-safe debug PHP, which the first run builds in 5 minutes; [folder or file...]
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# All phpt when none is named, php-src's own for the two extensions included. This PHP reports memory that is not freed, and
# stops at a broken assertion; either fails the test whose output it gets into. The last line is `N passed, N failed`.
#
# The PHP stays in out/zts/php-<version>, with the version of the system's PHP. Its source, from Debian, may be a little older,
# because Debian does not serve all versions. PHP_SOURCE=<php-src with a configure> builds that instead.

source "$root/scripts/lib/run_tests.sh"
source "$root/scripts/lib/checks.sh"
source "$root/scripts/lib/stock_tests.sh"
own_ipc_namespace zts "$@"
zts_out=$out/zts
tests_logs=$zts_out

# zts_build_php: leaves the PHP in $zts_php, and the folder of its source in $zts_source.
zts_build_php() {
  local version folder built
  local options=(--disable-all --disable-cgi --disable-phpdbg --enable-zts --enable-debug --enable-ctype --enable-opcache
    --enable-pcntl --enable-posix --enable-session --enable-tokenizer --enable-sysvsem=shared --enable-sysvshm=shared)
  if [[ -n ${PHP_SOURCE:-} ]]; then
    [[ -x $PHP_SOURCE/configure ]] || fail "there is no $PHP_SOURCE/configure: run ./buildconf there first"
    version=$(sed -nE 's/^#define PHP_VERSION "(.*)"$/\1/p' "$PHP_SOURCE/main/php_version.h")
  else
    version=$("$php" -n -r 'echo PHP_VERSION;')
  fi
  folder=$zts_out/php-$version
  zts_source=${PHP_SOURCE:-$folder/source}
  zts_php=$folder/bin/php
  built="$folder $zts_source ${options[*]}"
  [[ $(cat "$folder/built" 2>/dev/null || true) != "$built" ]] || return 0

  need_packages gcc make autoconf
  rm -f "$folder/built"
  if [[ ! -x $zts_source/configure ]]; then
    rm -rf "$zts_source"
    mkdir -p "$zts_source"
    download_php_source "$zts_source"
  fi
  zts_install "$folder" "${options[@]}"
  echo "$built" >"$folder/built"
}

# zts_install <folder> <option of configure>...: builds the source in $zts_source and installs it there.
zts_install() {
  local folder=$1 log=$1/build.log
  shift
  rm -rf "$folder/build"
  mkdir -p "$folder/build"
  say "building a thread-safe PHP with debug checks (some minutes, once)"
  (cd "$folder/build" && nice "$zts_source/configure" "--prefix=$folder" "$@") >"$log" 2>&1 ||
    fail "PHP's configure failed: $(grep -m 1 'error:' "$log" || true) (all of it: $log)"
  (nice make -C "$folder/build" -j "$(nproc)" && make -C "$folder/build" install) >>"$log" 2>&1 ||
    fail "PHP could not be built: see $log"
  rm -rf "$folder/build"
}

zts_run() {
  local stock=$out/stock out=$zts_out tests=() folders
  build_extension
  make_extension_dir "$out/extensions" "$extension"
  check_symbols "$extension" || tests_fault "the library's symbols"
  check_thread_local_size "$extension" || tests_fault "the library's thread-local variables"
  if [[ $# -gt 0 ]]; then
    mapfile -t tests < <(realpath "$@")
  else
    # Not those of another PHP (Apache's), of programs in C, of the sources, and of other extensions.
    folders=$(phpt_folders bench demo httpd library packaging stock)
    mapfile -t tests <<<"$folders"
    tests+=("$root/tests/stock" "$stock/sysvsem" "$stock/sysvshm")
  fi
  say "phpt with $("$php" -n -r 'echo PHP_VERSION, PHP_ZTS ? ", thread-safe" : "", PHP_DEBUG ? ", debug" : "";')"
  run_phpt phpt "$out/phpize/run-tests.php" "$php" "$out/extensions" "${tests[@]}"
}

need_php
zts_build_php
PHP_SOURCE=$zts_source stock_tests
php=$zts_php
need_php
zts_run "$@"
