# run all tests, or [folder or file...]; --quick: no sanitizers, no fuzzing; the last line is `N passed, N failed`
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Order:
#   1. checks of the sources, and of the extension's library
#   2. the core tests, the project's phpt, php-src's own phpt for the two extensions, the models
#   3. without --quick: `./dev sanitize`, and `./dev fuzz` with 30 seconds for each target; their tests and targets count, too
# A failing step does not keep the next one from running. Logs are in out/. SHMPACK_STRESS_SECONDS=N: tests/stress kills processes
# for N seconds.

source "$root/scripts/lib/run_tests.sh"
source "$root/scripts/lib/checks.sh"
source "$root/scripts/lib/stock_tests.sh"
own_ipc_namespace test "$@"
tests_logs=$out

test_quick=
if [[ ${1:-} == --quick ]]; then
  test_quick=yes
  shift
fi
[[ ${1:-} != -* ]] || fail "test: unknown option $1; usage: ./dev test [--quick | <folder or file>...]"
test_selection=("$@")

test_all() { [[ ${#test_selection[@]} -eq 0 ]]; }

# test_wanted <folder>: whether its tests are to run: all folders are wanted when none is named.
test_wanted() {
  local named
  test_all && return 0
  for named in "${test_selection[@]}"; do
    [[ ${named%/} == "$1"* ]] && return 0
  done
  return 1
}

# IPC objects of this user, one per line. With `unused`, not the segments that a process is attached to: another program's.
test_ipc_objects() {
  {
    ipcs -m | awk -v me="$(id -un)" -v which="${1:-}" '$3 == me && !(which == "unused" && $6 > 0) { print "shm", $2, $1 }'
    ipcs -s | awk -v me="$(id -un)" '$3 == me { print "sem", $2, $1 }'
  } | sort
}

test_install() {
  local packages=(g++ make libmsgpack-cxx-dev cmake libgtest-dev util-linux)
  if [[ $(command -v "$php") == /usr/bin/php* ]]; then
    # The stock extensions to run beside, Apache to start twice in, and a user of the semaphores.
    packages+=("php$php_version-common" "php$php_version-opcache" apache2-bin php-symfony-lock libdata-messagepack-perl)
    # PHP-FPM, which is only unpacked, needs this besides what the command line's PHP needs.
    packages+=(libapparmor1)
  fi
  need_packages "${packages[@]}"
}

# What tests start besides PHP for the command line: Apache with PHP, PHP-FPM, Apache with the module of slots, C programs.
test_build_hosts() {
  if [[ $(command -v "$php") == /usr/bin/php* ]]; then
    SHMPACK_APACHE_PHP=$(unpacked_file "libapache2-mod-php$php_version" "/usr/lib/apache2/modules/libphp$php_version.so")
    SHMPACK_FPM=$(unpacked_file "php$php_version-fpm" "/usr/sbin/php-fpm$php_version")
    export SHMPACK_APACHE_PHP SHMPACK_FPM
  fi
  if test_wanted tests/httpd && [[ -n ${SHMPACK_APACHE_PHP:-} ]]; then
    build_httpd
    export SHMPACK_SLOTMEM_MODULE=$httpd_module
    check_needs_no_cxx "$httpd_module" || tests_fault "the httpd module's symbols"
    build_httpd_module "$root/tests/httpd/mod_slotmem_probe.c" mod_slotmem_probe
    export SHMPACK_PROBE_MODULE=$httpd_module
  fi
  if test_wanted tests/library; then
    build_library
    export SHMPACK_LIBRARY=$library
  fi
}

check_sources() {
  check_layers || tests_fault "the sources' layers"
  check_names || tests_fault "the sources' names"
  check_thread_locals || tests_fault "the sources' thread-local variables"
  check_kill_points_cost "$out/kill_points" || tests_fault "the cost of kill points"
  check_order_on_arm "$out/arm" || tests_fault "the memory order on ARM64"
}

run_core_tests() {
  local names name
  say "core tests"
  tests_build_core "$out/core" || true
  names=$(core_tests)
  for name in $names; do
    if [[ -x $out/core/$name ]]; then
      start_gtest "core: $name" "$out/core/$name" env
    else
      tests_fault "core: $name was not built"
    fi
  done
  await_gtests
}

# test_run_phpt <name> <folder or file>...
test_run_phpt() {
  local name=$1
  shift
  run_phpt "$name" "$out/phpize/run-tests.php" "$(command -v "$php")" "$out/extensions" "$@"
}

# The project's phpt that are wanted, but tests/stock.
run_own_phpt() {
  local folders named wanted=()
  if test_all; then
    folders=$(phpt_folders stock)
    mapfile -t wanted <<<"$folders"
  fi
  for named in "${test_selection[@]}"; do
    [[ $named == tests/core* || $named == tests/stock* ]] || wanted+=("$(realpath "$named")")
  done
  [[ ${#wanted[@]} -gt 0 ]] || return 0
  say "phpt"
  test_run_phpt phpt "${wanted[@]}"
}

run_stock_phpt() {
  say "php-src's own tests"
  stock_tests
  # tests/stock shows that the others run with shmpack's sysvsem and sysvshm.
  test_run_phpt stock "$root/tests/stock" "$out/stock/sysvsem" "$out/stock/sysvshm"
  # gh16591.phpt makes a region at key 1 and leaves it.
  grep -q ' 0x00000001$' <<<"$test_before" || ipcrm -M 1 2>/dev/null || true
}

run_models() {
  local log=$out/model.log held
  say "models"
  if "$root/dev" model >"$log" 2>&1 && held=$(grep -c ' errors 0' "$log"); then
    tests_count models "$held" 0
  else
    tail -20 "$log"
    tests_fault "the models of locks and protocols: $log"
  fi
}

# Counts what ./dev sanitize counted.
run_sanitizers() {
  local log=$out/sanitize.log passed failed
  "$root/dev" sanitize | tee "$log" | sed -u '$d' || true
  read -r passed failed < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log") || true
  tests_count sanitize "${passed:-0}" "${failed:-1}"
}

# A target without a finding counts as passed.
run_fuzz_targets() {
  local log=$out/fuzz.log status=0 clean found
  say "fuzz targets"
  "$root/dev" fuzz --seconds 30 | tee "$log" || status=$?
  clean=$(grep -c '^fuzz: .*: clean$' "$log" || true)
  found=$(grep -c '^fuzz: .*: FINDING$' "$log" || true)
  [[ $found -gt 0 || ($status -eq 0 && $clean -gt 0) ]] || tests_fault "fuzz ended with $status, $clean targets ran: $log"
  tests_count fuzz "$clean" "$found"
}

check_nothing_left() {
  local left
  left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
  if [[ -n $left ]]; then
    sleep 2 # Another program's may be on their way out.
    left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
  fi
  [[ -z $left ]] || tests_fault "IPC objects left behind (kind, id, key; ipcrm removes them):" "$left"
}

# ----------------------------------------------------------------------------------------------------------------------

need_php
test_install
test_build_hosts
test_before=$(test_ipc_objects)

if test_all; then check_sources; fi
if test_wanted tests/core; then run_core_tests; fi
build_extension
make_extension_dir "$out/extensions" "$extension"
check_symbols "$extension" || tests_fault "the library's symbols"
check_thread_local_size "$extension" || tests_fault "the library's thread-local variables"
run_own_phpt
if test_wanted tests/stock; then run_stock_phpt; fi
if test_all; then run_models; fi
if test_all && [[ -z $test_quick ]]; then
  run_sanitizers
  run_fuzz_targets
fi
check_nothing_left
