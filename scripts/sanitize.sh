# run the tests under sanitizers and valgrind: core, threads, phpt, valgrind; the last line is `N passed, N failed`
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# `./dev sanitize [core|threads|phpt|valgrind]...`: all four when none is named. About six minutes on two cores, less
# when the builds are there from before.
#
#   core      every core test with AddressSanitizer and UndefinedBehaviorSanitizer
#   threads   the core tests with ThreadSanitizer, but region_kill_test, which forks for each step
#   phpt      the phpt with the extension built with ASan and UBSan, in the system's PHP
#   valgrind  a few of both, for what compiled-in checks do not see: uninitialised memory, and libraries of others
#
# Nothing is suppressed. What a sanitizer reports fails its test, also in a process whose output the test does not read:
# reports go to files. Everything made is in out/sanitize, the reports in out/sanitize/reports.

# In an IPC namespace of its own, where that can be had: no other program's objects are there to be taken for ours.
if [[ -z ${SHMPACK_IPC_NAMESPACE:-} && $(id -u) -eq 0 ]] && unshare --ipc true 2>/dev/null; then
  exec env SHMPACK_IPC_NAMESPACE=1 unshare --ipc "$root/dev" sanitize "$@"
fi

sanitize_out=$out/sanitize
sanitize_reports=$sanitize_out/reports
sanitize_passed=0
sanitize_failed=0

# However this ends, the last line is the count.
trap sanitize_summary EXIT
sanitize_summary() {
  local status=$?
  if [[ $status -ne 0 && $sanitize_failed -eq 0 ]]; then
    echo "FAIL the run ended early"
    sanitize_failed=1
  elif [[ $((sanitize_passed + sanitize_failed)) -eq 0 ]]; then
    echo "no test ran"
    status=1
  fi
  [[ $sanitize_failed -eq 0 ]] || status=1
  echo "$sanitize_passed passed, $sanitize_failed failed"
  exit "$status"
}

# sanitize_count <name> <passed> <failed>
sanitize_count() {
  echo "$1: $2 passed, $3 failed"
  sanitize_passed=$((sanitize_passed + $2))
  sanitize_failed=$((sanitize_failed + $3))
}

# sanitize_new_reports <name>: an empty folder for the reports of a part; its path goes to sanitize_report.
sanitize_new_reports() {
  rm -rf "${sanitize_reports:?}/$1"
  mkdir -p "$sanitize_reports/$1"
  sanitize_report=$sanitize_reports/$1/report
}

# sanitize_show_reports <name>: prints the top of each report; fails if there was one.
sanitize_show_reports() {
  local report found=0
  while IFS= read -r report; do
    found=1
    echo "FAIL $1: a report: $report"
    grep -v '^=*$' "$report" | head -25 || true
  done < <(find "$sanitize_reports/$1" -type f -size +0 | sort | head -5)
  [[ $found -eq 0 ]]
}

# sanitize_build_core <folder> <what to give to -fsanitize=>: by g++, which sees an uninitialised variable in its own
# <regex> once it instruments it.
sanitize_build_core() {
  local build=$1
  mkdir -p "$build"
  say "building the core tests ${2:+with $2}"
  if ! { CXX=g++ cmake -S "$root/tests/core" -B "$build" -DSHMPACK_SANITIZE="$2" -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_CXX_FLAGS='-O1 -g -Wno-maybe-uninitialized' &&
    cmake --build "$build" -j "$(nproc)"; } >"$build/make.log" 2>&1; then
    grep -E -A3 'error' "$build/make.log" | head -40 || true
    fail "the core tests did not build: $build/make.log"
  fi
}

# sanitize_core_tests <name> <folder> <gtest filter> <command in front>...: each program of the folder.
sanitize_core_tests() {
  local name=$1 build=$2 filter=$3 passed=0 failed=0 source program log status ran
  shift 3
  sanitize_new_reports "$name"
  for source in "$root"/tests/core/*_test.cc; do
    program=$(basename "$source" .cc)
    # It ends a process with one thread by SIGKILL at each store of each operation: slow, and nothing but core's to see.
    [[ $name == core || $program != region_kill_test ]] || continue
    log=$build/$program.log
    status=0
    ASAN_OPTIONS=log_path=$sanitize_report UBSAN_OPTIONS=log_path=$sanitize_report:print_stacktrace=1 \
      TSAN_OPTIONS=log_path=$sanitize_report:halt_on_error=0 \
      timeout 300 "$@" "$build/$program" --gtest_color=no --gtest_filter="$filter" >"$log" 2>&1 || status=$?
    ran=$(grep -c '^\[       OK \]' "$log" || true)
    passed=$((passed + ran))
    if [[ $status -ne 0 ]]; then
      # A crash leaves no summary: it is one failure, whatever had passed before.
      echo "FAIL $name: $program ended with $status: $log"
      grep -v -E '^\[ +(OK|RUN) |^\[-----' "$log" | tail -20 || true
      failed=$((failed + 1))
    fi
  done
  sanitize_show_reports "$name" || failed=$((failed > 0 ? failed : 1))
  sanitize_count "$name" "$passed" "$failed"
}

sanitize_core() {
  sanitize_build_core "$sanitize_out/core" address,undefined
  sanitize_core_tests core "$sanitize_out/core" '*'
}

# Copies to and from a region are atomic bytes here (SHMPACK_TSAN in shared_access.h). The sanitizer knows memory by its
# address: it compares what threads do through one mapping, not through two.
sanitize_threads() {
  sanitize_build_core "$sanitize_out/threads" thread
  sanitize_core_tests threads "$sanitize_out/threads" '*'
}

# The command line of a PHP for what has ASan in it, in $sanitize_php. The runtime must be there before PHP, and PHP asks
# for libraries with RTLD_DEEPBIND, which the runtime refuses because its malloc() would then not be everybody's. So two
# libraries are loaded first: one whose dlopen() drops that flag, and the runtime. The first one also takes both out of
# the environment again: what a test starts, be it Perl or a shell, goes without, and PHP starts by this command again.
sanitize_make_php() {
  local folder=$sanitize_out/php binary runtime undefined
  mkdir -p "$folder"
  binary=$("$php" -n -r 'echo PHP_BINARY;')
  runtime=$(g++ -print-file-name=libasan.so)
  undefined=$(g++ -print-file-name=libubsan.so)
  cat >"$folder/no_deepbind.c" <<'SHIM'
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
  gcc -shared -fPIC -O1 -o "$folder/no_deepbind.so" "$folder/no_deepbind.c" ||
    fail "the library that drops RTLD_DEEPBIND did not build: $folder/no_deepbind.c"
  sanitize_php=$folder/php
  # USE_ZEND_ALLOC=0: PHP's own allocator takes large pieces and hides from ASan what lies between two values.
  # ZEND_DONT_UNLOAD_MODULES: reports have names only while the library is loaded. detect_leaks=0: PHP without its
  # allocator frees nothing at a request's end by force, so everything of a request that ended early counts as a leak.
  cat >"$sanitize_php" <<SCRIPT
#!/bin/bash
export LD_PRELOAD=$folder/no_deepbind.so:$(realpath "$runtime"):$(realpath "$undefined")
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0:log_path=$sanitize_reports/phpt/report
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$sanitize_reports/phpt/report
exec -a "\$0" $binary "\$@"
SCRIPT
  chmod +x "$sanitize_php"
}

# sanitize_run_phpt <name> <PHP to run them with> <extension> <most seconds for one> <folder or file>...
sanitize_run_phpt() {
  local name=$1 command=$2 library=$3 seconds=$4 folder=$sanitize_out/$1.extensions stock file passed failed
  local results=$sanitize_out/$1.results log=$sanitize_out/$1.log
  shift 4
  # As in `./dev test`: the stock extensions except those that we stand in for, and ours.
  stock=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
  rm -rf "$folder" "$results"
  mkdir -p "$folder"
  for file in "$stock"/*.so; do
    case ${file##*/} in
      sysvsem.so | sysvshm.so | shmpack.so | '*.so') ;;
      *) ln -s "$file" "$folder/" ;;
    esac
  done
  ln -s "$library" "$folder/shmpack.so"
  TEST_PHP_EXECUTABLE=$command NO_INTERACTION=1 SHMPACK_ROOT=$root "$php" -n "$sanitize_run_tests" -n -q \
    -d "extension_dir=$folder" -d extension=shmpack.so -d pcre.jit=0 -j"$(nproc)" --set-timeout "$seconds" --show-diff --no-color \
    -g FAIL,BORK,WARN,LEAK,SKIP -W "$results" "$@" >"$log" 2>&1 || true
  if [[ ! -s $results ]]; then
    tail -20 "$log"
    fail "$name: run-tests gave no results: $log"
  fi
  passed=$(grep -c '^PASSED' "$results" || true)
  failed=$(grep -c -E '^(FAILED|BORKED|WARNED|LEAKED|XLEAKED)' "$results" || true)
  if [[ $failed -gt 0 ]]; then
    sed -n '/^Running selected tests/,/^Number of tests/p' "$log" | grep -v -E '^(Running selected|Number of tests|=+|PASS|TEST [0-9]|Spawning)' |
      head -100 || true
  fi
  sed -n "s|^SKIPPED\t$root/|  skipped: |p" "$results"
  sanitize_show_reports "$name" || failed=$((failed > 0 ? failed : 1))
  sanitize_count "$name" "$passed" "$failed"
}

sanitize_phpt() {
  local extension tests=() file
  # These start what is not PHP and loads the extension, or build a second one, or are about files: Apache has no ASan
  # before it, the demo is Apache, packaging and stock have nothing of ours running.
  while IFS= read -r file; do
    case ${file#"$root"/tests/} in
      demo/* | packaging/* | stock/* | loading/apache_*) ;;
      *) tests+=("$file") ;;
    esac
  done < <(find "$root/tests" -name '*.phpt' | sort)
  sanitize_build_extension
  sanitize_make_php
  sanitize_new_reports phpt
  say "phpt with ASan and UBSan"
  sanitize_run_phpt phpt "$sanitize_php" "$extension" 200 "${tests[@]}"
}

# The extension with ASan and UBSan, away from the one that is for use. Leaves it in $extension.
sanitize_build_extension() {
  local out=$sanitize_out/extension
  local CXXFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined'
  local LDFLAGS='-fsanitize=address,undefined'
  export CXXFLAGS LDFLAGS
  mkdir -p "$out"
  build_extension
  sanitize_run_tests=$out/phpize/run-tests.php
}

# Chosen for what they reach: every operation on a region, hostile bytes, the codec both ways, hooks, loading at run time.
# Not what measures time or kills, where everything takes twenty times as long.
sanitize_valgrind() {
  local extension command=$sanitize_out/valgrind.php
  local options=(-q --error-exitcode=99)
  local tests=(
    "$root/tests/values/scalars_keep_type_and_value.phpt"
    "$root/tests/values/objects_keep_properties.phpt"
    "$root/tests/values/serialization_hooks_run_as_for_serialize.phpt"
    "$root/tests/shm/detached_by_a_hook_throws.phpt"
    "$root/tests/shm/put_var_full_keeps_old_value.phpt"
    "$root/tests/loading/dl_lasts_one_request.phpt"
  )
  need_packages valgrind
  sanitize_build_core "$sanitize_out/plain" ""
  say "valgrind"
  # A report is a file, an empty one when there is nothing to say.
  sanitize_core_tests valgrind-core "$sanitize_out/plain" '-RobustLockTest*:RegionThreads*:*GetsTheMode*' \
    valgrind "${options[@]}" "--log-file=$sanitize_reports/valgrind-core/report.%p"

  build_extension
  sanitize_run_tests=$out/phpize/run-tests.php
  cat >"$command" <<SCRIPT
#!/bin/sh
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
exec valgrind ${options[*]} --log-file=$sanitize_reports/valgrind-phpt/report.%p \\
  --trace-children=yes '--trace-children-skip=*/perl,*/sh,*/bash' $("$php" -n -r 'echo PHP_BINARY;') "\$@"
SCRIPT
  chmod +x "$command"
  sanitize_new_reports valgrind-phpt
  sanitize_run_phpt valgrind-phpt "$command" "$extension" 200 "${tests[@]}"
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
