# run tests under sanitizers and valgrind: [core | threads | phpt | valgrind]...
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# All four when none is named: about eight minutes on two cores, less with the builds of an earlier run. The last line is
# `N passed, N failed`.
#
#   core      every core test with AddressSanitizer and UndefinedBehaviorSanitizer
#   threads   the core tests with ThreadSanitizer, but region_kill_test, which forks for each step
#   phpt      the phpt with the extension built with ASan and UBSan, in the system's PHP
#   valgrind  some of both, for what compiled-in checks do not see: uninitialised memory, and other libraries
#
# Nothing is suppressed. A report fails its test, even in a process whose output the test does not read: reports go to files,
# in out/sanitize/reports. Everything else is in out/sanitize, too.

source "$root/scripts/lib/run_tests.sh"
own_ipc_namespace sanitize "$@"

sanitize_out=$out/sanitize
sanitize_reports=$sanitize_out/reports
tests_logs=$sanitize_out

# sanitize_new_reports <name>: an empty folder for the reports of a part; its path goes to sanitize_report.
sanitize_new_reports() {
  rm -rf "${sanitize_reports:?}/$1"
  mkdir -p "$sanitize_reports/$1"
  sanitize_report=$sanitize_reports/$1/report
}

# sanitize_show_reports <name> <failures before this part>: prints the top of each report. Counts one failure if there are reports
# and no test of this part failed: they come from a process whose output no test reads.
sanitize_show_reports() {
  local report found=0
  while IFS= read -r report; do
    found=1
    echo "$1: a report: $report"
    grep -v '^=*$' "$report" | head -25 || true
  done < <(find "$sanitize_reports/$1" -type f -size +0 | sort | head -5)
  [[ $found -eq 0 || $tests_failed -gt $2 ]] || tests_fault "$1: the reports above"
}

# sanitize_build_core <folder> <sanitizers>: always with g++. It warns of an uninitialised variable in its own <regex>
# when it instruments that; the warning is off.
sanitize_build_core() {
  say "building the core tests ${2:+with $2}"
  CXX=g++ tests_build_core "$1" -DSHMPACK_SANITIZE="$2" -DCMAKE_BUILD_TYPE=None \
    '-DCMAKE_CXX_FLAGS=-O1 -g -Wno-maybe-uninitialized'
}

# sanitize_core_tests <name> <folder> <gtest filter> <command in front>...: each program of the folder.
sanitize_core_tests() {
  local name=$1 build=$2 filter=$3 before=$tests_failed passed=$tests_passed programs program
  shift 3
  sanitize_new_reports "$name"
  programs=$(core_tests)
  for program in $programs; do
    # It kills a process with one thread at each store of each operation. That is slow, and only `core` can see something there.
    [[ $name == core || $program != region_kill_test ]] || continue
    start_gtest "$name: $program" "$build/$program" env GTEST_FILTER="$filter" ASAN_OPTIONS=log_path="$sanitize_report" \
      UBSAN_OPTIONS=log_path="$sanitize_report:print_stacktrace=1" \
      TSAN_OPTIONS=log_path="$sanitize_report:halt_on_error=0" "$@"
  done
  await_gtests
  [[ $tests_passed -gt $passed ]] || tests_fault "$name: no core test passed"
  sanitize_show_reports "$name" "$before"
}

sanitize_core() {
  sanitize_build_core "$sanitize_out/core" address,undefined || return 0
  sanitize_core_tests core "$sanitize_out/core" '*'
}

# Copies to and from a region are atomic bytes here (SHMPACK_TSAN in shared_access.h). The sanitizer knows memory by its
# address: it compares accesses of threads through one mapping, not through two.
sanitize_threads() {
  sanitize_build_core "$sanitize_out/threads" thread || return 0
  sanitize_core_tests threads "$sanitize_out/threads" '*'
}

# sanitize_make_shim <folder>: builds no_deepbind.so there. PHP opens libraries with RTLD_DEEPBIND, which ASan's runtime refuses,
# because such a library would call another malloc(). The shim's dlopen() drops that flag. It also takes LD_PRELOAD out of the
# environment: what a test starts, be it Perl or a shell, runs without ASan; PHP starts by its own command again.
sanitize_make_shim() {
  cat >"$1/no_deepbind.c" <<'SHIM'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
__attribute__((constructor)) static void leave_no_trace(void) { unsetenv("LD_PRELOAD"); }
void *dlopen(const char *file, int flags) {
  static void *(*next)(const char *, int);
  if (!next) next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  return next(file, flags & ~RTLD_DEEPBIND);
}
SHIM
  gcc -shared -fPIC -O1 -o "$1/no_deepbind.so" "$1/no_deepbind.c" ||
    fail "the library that drops RTLD_DEEPBIND did not build: $1/no_deepbind.c"
}

# sanitize_make_php: leaves the command of a PHP that can load libraries with ASan in $sanitize_php: the shim and the runtime are
# loaded before PHP.
#   USE_ZEND_ALLOC=0          PHP's allocator takes large pieces, so ASan would not see what lies between two values
#   ZEND_DONT_UNLOAD_MODULES  reports have names only while the library is loaded
#   detect_leaks=0            without its allocator, PHP does not free the memory of a request that ended early
sanitize_make_php() {
  local folder=$sanitize_out/php binary runtime undefined
  mkdir -p "$folder"
  sanitize_make_shim "$folder"
  binary=$("$php" -n -r 'echo PHP_BINARY;')
  runtime=$(g++ -print-file-name=libasan.so)
  undefined=$(g++ -print-file-name=libubsan.so)
  sanitize_php=$folder/php
  cat >"$sanitize_php" <<SCRIPT
#!/bin/bash
export LD_PRELOAD=$folder/no_deepbind.so:$(realpath "$runtime"):$(realpath "$undefined")
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0:log_path=$sanitize_reports/phpt/report
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$sanitize_reports/phpt/report
exec -a "\$0" $binary -d pcre.jit=0 "\$@"
SCRIPT
  chmod +x "$sanitize_php"
}

sanitize_phpt() {
  local extension tests=() files file before=$tests_failed
  files=$(files_of '\.phpt$' "$root/tests")
  # Left out: Apache and FPM load the extension without ASan before it (the demo is Apache), the bench builds programs of its
  # own, packaging and stock run little of the extension. Two leave a process less address space than ASan reserves.
  while IFS= read -r file; do
    case ${file#"$root"/tests/} in
      demo/* | packaging/* | stock/* | loading/apache_* | cache/a_worker_of_* | bench/*) ;;
      shm/attach_that_cannot_map_* | slots/limits_of_the_process_*) ;;
      *) tests+=("$file") ;;
    esac
  done <<<"$files"
  sanitize_build_extension
  sanitize_make_php
  sanitize_new_reports phpt
  say "phpt with ASan and UBSan"
  make_extension_dir "$sanitize_out/extensions" "$extension"
  run_phpt phpt "$sanitize_out/extension/phpize/run-tests.php" "$sanitize_php" "$sanitize_out/extensions" "${tests[@]}"
  sanitize_show_reports phpt "$before"
}

# sanitize_build_extension: leaves the extension with ASan and UBSan in $extension, apart from the one for use.
sanitize_build_extension() {
  local out=$sanitize_out/extension
  local CXXFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined'
  local LDFLAGS='-fsanitize=address,undefined'
  export CXXFLAGS LDFLAGS
  mkdir -p "$out"
  build_extension
}

# The phpt are chosen for what they reach: every operation on a region or slot, hostile bytes, the codec both ways, hooks, loading
# at run time. None of them measures time or kills: everything takes twenty times as long here.
sanitize_valgrind() {
  local extension command=$sanitize_out/valgrind.php folder=$sanitize_out/valgrind.extensions before
  local options=(-q --error-exitcode=99)
  local tests=(
    "$root/tests/values/scalars_keep_type_and_value.phpt"
    "$root/tests/values/objects_keep_properties.phpt"
    "$root/tests/values/serialization_hooks_run_as_for_serialize.phpt"
    "$root/tests/shm/detached_by_a_hook_throws.phpt"
    "$root/tests/shm/put_var_full_keeps_old_value.phpt"
    "$root/tests/slots/slot_functions_and_methods_do_the_same.phpt"
    "$root/tests/slots/view_reads_and_writes_a_slot_in_place.phpt"
    "$root/tests/loading/dl_lasts_one_request.phpt"
  )
  need_packages valgrind
  sanitize_build_core "$sanitize_out/plain" "" || return 0
  say "valgrind"
  # Each process leaves a report, empty if valgrind found nothing. (NothingIsRead: valgrind itself reads files at times.)
  sanitize_core_tests valgrind-core "$sanitize_out/plain" '-*RobustLock*:RegionThreads*:*GetsTheMode*:*NothingIsRead*' \
    valgrind "${options[@]}" "--log-file=$sanitize_reports/valgrind-core/report.%p"

  build_extension
  # With nothing but shmpack: run-tests loads by dl() all that lies there, and after that PHP frees dom's classes twice.
  rm -rf "$folder"
  mkdir -p "$folder"
  ln -s "$extension" "$folder/shmpack.so"
  cat >"$command" <<SCRIPT
#!/bin/sh
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
exec valgrind ${options[*]} --log-file=$sanitize_reports/valgrind-phpt/report.%p \\
  --trace-children=yes '--trace-children-skip=*/perl,*/sh,*/bash' $("$php" -n -r 'echo PHP_BINARY;') -d pcre.jit=0 "\$@"
SCRIPT
  chmod +x "$command"
  sanitize_new_reports valgrind-phpt
  before=$tests_failed
  run_phpt valgrind-phpt "$out/phpize/run-tests.php" "$command" "$folder" "${tests[@]}"
  sanitize_show_reports valgrind-phpt "$before"
}

need_php
need_packages g++ make cmake libgtest-dev libmsgpack-cxx-dev util-linux
if [[ $(command -v "$php") == /usr/bin/php* ]]; then
  need_packages "php$php_version-common" "php$php_version-opcache" php-symfony-lock libdata-messagepack-perl
fi
mkdir -p "$sanitize_out"
[[ $# -gt 0 ]] || set -- core threads phpt valgrind
for sanitize_part in "$@"; do
  case $sanitize_part in
    core | threads | phpt | valgrind) "sanitize_$sanitize_part" ;;
    *) fail "sanitize knows no '$sanitize_part': core, threads, phpt, valgrind" ;;
  esac
done
