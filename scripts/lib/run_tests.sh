# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Running and counting tests. Counts are in tests_passed and tests_failed; the last line printed is `N passed, N failed`, however
# the run ends. Logs go to $tests_logs, which the subcommand sets.

tests_passed=0
tests_failed=0

# own_ipc_namespace <subcommand> <argument>...: starts the subcommand again in an IPC namespace of its own, if root runs it:
# then no object of another program is taken for one of the tests.
own_ipc_namespace() {
  if [[ -z ${SHMPACK_IPC_NAMESPACE:-} && $(id -u) -eq 0 ]] && unshare --ipc true 2>/dev/null; then
    exec env SHMPACK_IPC_NAMESPACE=1 unshare --ipc "$root/dev" "$@"
  fi
}

# tests_count <name> <passed> <failed>
tests_count() {
  echo "$1: $2 passed, $3 failed"
  tests_passed=$((tests_passed + $2))
  tests_failed=$((tests_failed + $3))
}

# tests_fault <what>...: counts one failure that belongs to no single test.
tests_fault() {
  echo "FAIL $*"
  tests_failed=$((tests_failed + 1))
}

trap tests_summary EXIT
tests_summary() {
  local status=$?
  if [[ $status -ne 0 && $tests_failed -eq 0 ]]; then
    tests_fault "the run ended early"
  elif [[ $((tests_passed + tests_failed)) -eq 0 ]]; then
    echo "no test ran"
    status=1
  fi
  [[ $tests_failed -eq 0 ]] || status=1
  echo "$tests_passed passed, $tests_failed failed"
  exit "$status"
}

# core_tests: prints the names of the programs of tests/core.
core_tests() { files_of '_test\.cc$' "$root/tests/core" | sed 's|.*/||; s|\.cc$||'; }

# phpt_folders <name>...: prints each folder with phpt, but not those named.
phpt_folders() {
  local IFS='|'
  files_of '\.phpt$' "$root/tests" | sed 's|/[^/]*$||' | sort -u | grep -v -E "/tests/($*)$" || fail "no phpt besides $*"
}

# tests_build_core <folder> <option of cmake>...: builds the programs of tests/core. Fails if one could not be built; the
# others are there.
tests_build_core() {
  local build=$1
  shift
  mkdir -p "$build"
  if ! { cmake -S "$root/tests/core" -B "$build" "$@" && cmake --build "$build" -j "$(nproc)" -- -k; } \
    >"$build/make.log" 2>&1; then
    grep -E -A3 'rror' "$build/make.log" | head -60 || true
    tests_fault "the core tests did not build: $build/make.log"
    return 1
  fi
}

# run_gtest <name> <program> <command in front>...
run_gtest() {
  local name=$1 program=$2 log=$2.log status=0 passed failed=0
  shift 2
  timeout 900 "$@" "$program" --gtest_color=no >"$log" 2>&1 || status=$?
  passed=$(grep -c '^\[       OK \]' "$log" || true)
  if [[ $status -ne 0 ]]; then
    echo "FAIL $name ended with $status: $log"
    grep -v -E '^\[ +(OK|RUN) |^\[-----' "$log" | tail -60 || true
    # A crash, or a report at the end, leaves no summary of failures: one.
    failed=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) tests?, listed below:$/\1/p' "$log")
    [[ ${failed:-0} -gt 0 ]] || failed=1
  elif [[ $passed -eq 0 ]] && ! grep -q -E '^Note: Google Test filter|^\[  SKIPPED \]' "$log"; then
    echo "FAIL $name has no test: $log"
    failed=1
  fi
  tests_count "$name" "$passed" "$failed"
  sed -nE 's/^figure: /  /p' "$log"
}

# start_gtest <as for run_gtest>...: run_gtest in the background, once fewer run than there are processors.
tests_started=()
start_gtest() {
  while [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; do wait -n || true; done
  tests_started+=("$2")
  rm -f "$2.counts"
  note_gtest "$@" &
}

# note_gtest <as for run_gtest>...: leaves its output and its counts in files.
note_gtest() {
  local tests_passed=0 tests_failed=0
  run_gtest "$@" >"$2.said" 2>&1
  echo "$tests_passed $tests_failed" >"$2.counts"
}

# await_gtests: waits for all that start_gtest started; prints their output and counts their tests, in the order of their start.
await_gtests() {
  local program passed failed
  wait
  for program in "${tests_started[@]}"; do
    cat "$program.said"
    passed=0 failed=1
    read -r passed failed <"$program.counts" || true
    tests_passed=$((tests_passed + passed))
    tests_failed=$((tests_failed + failed))
  done
  tests_started=()
}

# make_extension_dir <folder> <shmpack.so>: makes a folder for PHP to load extensions from: shmpack and the system's, but not
# sysvsem and sysvshm. A test that asks for these gets shmpack.
make_extension_dir() {
  local folder=$1 library=$2 stock file
  stock=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
  rm -rf "$folder"
  mkdir -p "$folder"
  for file in "$stock"/*.so; do
    case ${file##*/} in
      sysvsem.so | sysvshm.so | shmpack.so | '*.so') ;;
      *) ln -s "$file" "$folder/" ;;
    esac
  done
  ln -s "$library" "$folder/shmpack.so"
}

# run_phpt <name> <run-tests.php> <PHP to run them with> <extension folder> <folder or file>...: a failing test shows its
# difference; a folder or file without a result fails.
run_phpt() {
  local name=$1 runner=$2 command=$3 folder=$4 results=$tests_logs/$1.results log=$tests_logs/$1.log asked
  shift 4
  rm -f "$results"
  # run-tests fails when a test does; what counts is in its results. A test has three minutes, and the time of the longest.
  TEST_PHP_EXECUTABLE=$command NO_INTERACTION=1 SHMPACK_ROOT=$root "$php" -n "$runner" -n -q \
    -d "extension_dir=$folder" -d extension=shmpack.so -j"$(nproc)" --set-timeout $((180 + ${SHMPACK_STRESS_SECONDS:-20})) \
    --show-diff --no-color -g FAIL,BORK,WARN,LEAK,SKIP -W "$results" "$@" >"$log" 2>&1 || true
  sed -n '/^=* *$/d; /^Running selected tests/,/^Number of tests/p' "$log" |
    grep -v -E '^(Running selected|Number of tests|=+|PASS|TEST [0-9]|Spawning)' || true
  if [[ ! -s $results ]]; then
    tail -20 "$log"
    tests_fault "$name: run-tests gave no results: $log"
    return
  fi
  for asked in "$@"; do
    grep -q -F $'\t'"$(realpath "$asked")" "$results" || tests_fault "$name: no test ran in $asked: $log"
  done
  sed -n "s|^SKIPPED\t$root/|  skipped: |p" "$results"
  tests_count "$name" "$(grep -c '^PASSED' "$results" || true)" \
    "$(grep -c -E '^(FAILED|BORKED|WARNED|LEAKED|XLEAKED)' "$results" || true)"
}
