# run every test; the last line is `N passed, N failed` (--quick: no sanitizers or fuzzing; or only the folders or files named)
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Order: sources' checks, core tests, our phpt, php-src's own suites for the two extensions, models, then `./dev sanitize` and
# 30 seconds of each target of `./dev fuzz`, whose tests and targets are counted, too. A failing step does not keep the next
# from running. Logs are in out/. SHMPACK_STRESS_SECONDS=N: the processes of tests/stress that are killed go on for so long.

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

# Whether a folder of tests was asked for: all are, when none is named.
test_wanted() {
  local named
  [[ ${#test_selection[@]} -gt 0 ]] || return 0
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

run_core_tests() {
  local names name
  tests_build_core "$out/core" || true
  names=$(core_tests)
  for name in $names; do
    if [[ -x $out/core/$name ]]; then
      run_gtest "core: $name" "$out/core/$name" env
    else
      tests_fault "core: $name was not built"
    fi
  done
}

# What ./dev sanitize counted.
run_sanitizers() {
  local log=$out/sanitize.log passed failed
  "$root/dev" sanitize | tee "$log" | sed -u '$d' || true
  read -r passed failed < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log") || true
  tests_count sanitize "${passed:-0}" "${failed:-1}"
}

# Each target that found nothing has passed.
run_fuzz_targets() {
  local log=$out/fuzz.log status=0 clean found
  "$root/dev" fuzz --seconds 30 | tee "$log" || status=$?
  clean=$(grep -c '^fuzz: .*: clean$' "$log" || true)
  found=$(grep -c '^fuzz: .*: FINDING$' "$log" || true)
  [[ $found -gt 0 || ($status -eq 0 && $clean -gt 0) ]] || tests_fault "fuzz ended with $status, $clean targets ran: $log"
  tests_count fuzz "$clean" "$found"
}

need_php
test_packages=(g++ make libmsgpack-cxx-dev cmake libgtest-dev util-linux)
if [[ $(command -v "$php") == /usr/bin/php* ]]; then
  # The stock extensions to run beside, Apache to start twice in, and a user of the semaphores.
  test_packages+=("php$php_version-common" "php$php_version-opcache" apache2-bin php-symfony-lock libdata-messagepack-perl)
  # What PHP-FPM, which is unpacked only, needs beyond what the command line's PHP does.
  test_packages+=(libapparmor1)
fi
need_packages "${test_packages[@]}"
if [[ $(command -v "$php") == /usr/bin/php* ]]; then
  SHMPACK_APACHE_PHP=$(unpacked_file "libapache2-mod-php$php_version" "/usr/lib/apache2/modules/libphp$php_version.so")
  export SHMPACK_APACHE_PHP
  SHMPACK_FPM=$(unpacked_file "php$php_version-fpm" "/usr/sbin/php-fpm$php_version")
  export SHMPACK_FPM
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
test_before=$(test_ipc_objects)

if [[ ${#test_selection[@]} -eq 0 ]]; then
  check_layers || tests_fault "the sources' layers"
  check_names || tests_fault "the sources' names"
  check_thread_locals || tests_fault "the sources' thread-local variables"
  check_kill_points_cost "$out/kill_points" || tests_fault "the cost of kill points"
  check_order_on_arm "$out/arm" || tests_fault "what is ordered on ARM64"
fi

if test_wanted tests/core; then
  say "core tests"
  run_core_tests
fi

test_phpt=()
if [[ ${#test_selection[@]} -eq 0 ]]; then
  test_folders=$(phpt_folders stock)
  mapfile -t test_phpt <<<"$test_folders"
fi
for test_named in "${test_selection[@]}"; do
  [[ $test_named == tests/core* || $test_named == tests/stock* ]] || test_phpt+=("$(realpath "$test_named")")
done

build_extension
make_extension_dir "$out/extensions" "$extension"
check_symbols "$extension" || tests_fault "the library's symbols"
check_thread_local_size "$extension" || tests_fault "the library's thread-local variables"
if [[ ${#test_phpt[@]} -gt 0 ]]; then
  say "phpt"
  run_phpt phpt "$out/phpize/run-tests.php" "$(command -v "$php")" "$out/extensions" "${test_phpt[@]}"
fi
if test_wanted tests/stock; then
  say "php-src's own tests"
  stock_tests
  # Ours says whose sysvsem and sysvshm the others ran with.
  run_phpt stock "$out/phpize/run-tests.php" "$(command -v "$php")" "$out/extensions" \
    "$root/tests/stock" "$out/stock/sysvsem" "$out/stock/sysvshm"
  # gh16591.phpt makes a region at key 1 and leaves it.
  grep -q ' 0x00000001$' <<<"$test_before" || ipcrm -M 1 2>/dev/null || true
fi

if [[ ${#test_selection[@]} -eq 0 ]]; then
  say "models"
  if "$root/dev" model >"$out/model.log" 2>&1 && test_models=$(grep -c ' errors 0' "$out/model.log"); then
    tests_count models "$test_models" 0
  else
    tail -20 "$out/model.log"
    tests_fault "the models of lock and protocols: $out/model.log"
  fi
fi

if [[ ${#test_selection[@]} -eq 0 && -z $test_quick ]]; then
  run_sanitizers
  say "fuzz targets"
  run_fuzz_targets
fi

test_left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
if [[ -n $test_left ]]; then
  sleep 2 # Another program's may be on their way out.
  test_left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
fi
[[ -z $test_left ]] || tests_fault "IPC objects left behind (kind, id, key; ipcrm removes them):" "$test_left"
