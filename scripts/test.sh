# run every test; the last line is `N passed, N failed` (or only those under the folders or files named)
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Order: sources' checks, core tests, our phpt, php-src's own suites for the two extensions. A failing step does not keep
# the next from running. Logs are in out/.

# In an IPC namespace of its own, where that can be had: no other program's objects are there to be taken for ours.
if [[ -z ${SHMPACK_IPC_NAMESPACE:-} && $(id -u) -eq 0 ]] && unshare --ipc true 2>/dev/null; then
  exec env SHMPACK_IPC_NAMESPACE=1 unshare --ipc "$root/dev" test "$@"
fi

source "$root/scripts/lib/checks.sh"
source "$root/scripts/lib/stock_tests.sh"

test_passed=0
test_failed=0
test_selection=("$@")

# However this ends, the last line is the count.
trap test_summary EXIT
test_summary() {
  local status=$?
  if [[ $status -ne 0 && $test_failed -eq 0 ]]; then
    test_fault "the run ended early"
  elif [[ $((test_passed + test_failed)) -eq 0 ]]; then
    echo "no test ran"
    status=1
  fi
  [[ $test_failed -eq 0 ]] || status=1
  echo "$test_passed passed, $test_failed failed"
  exit "$status"
}

# Counts one failure that belongs to no single test.
test_fault() {
  echo "FAIL $*"
  test_failed=$((test_failed + 1))
}

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
  local build=$out/core log program name ran lost
  mkdir -p "$build"
  if ! cmake -S "$root/tests/core" -B "$build" >"$build/configure.log" 2>&1; then
    tail -20 "$build/configure.log"
    test_fault "the core tests could not be configured: $build/configure.log"
    return
  fi
  if ! cmake --build "$build" -j "$(nproc)" -- -k >"$build/make.log" 2>&1; then
    grep -E -A3 'error' "$build/make.log" | head -60
    test_fault "the core tests did not build: $build/make.log"
  fi
  for program in "$root"/tests/core/*_test.cc; do
    name=$(basename "$program" .cc)
    log=$build/$name.log
    [[ -x $build/$name ]] || continue
    timeout 300 "$build/$name" --gtest_color=no >"$log" 2>&1 || {
      # A crash leaves no summary: it is one failure, whatever had passed before.
      if ! grep -q '^\[==========\] .* ran\.' "$log"; then
        tail -40 "$log"
        test_fault "core: $name ended early: $log"
        continue
      fi
      grep -v -E '^\[ +(OK|RUN) ' "$log" || true
    }
    ran=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) tests?\.$/\1/p' "$log")
    lost=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) tests?, listed below:$/\1/p' "$log")
    test_passed=$((test_passed + ${ran:-0}))
    test_failed=$((test_failed + ${lost:-0}))
    echo "core: $name: ${ran:-0} passed, ${lost:-0} failed"
  done
}

# A folder for PHP to load extensions from: ours, and the stock ones except those that we stand in for, so that a test
# that asks for sysvsem or sysvshm cannot get the stock one.
make_extension_dir() {
  local stock file
  stock=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
  extension_dir=$out/extensions
  rm -rf "$extension_dir"
  mkdir -p "$extension_dir"
  for file in "$stock"/*.so; do
    case ${file##*/} in
      sysvsem.so | sysvshm.so | shmpack.so | '*.so') ;;
      *) ln -s "$file" "$extension_dir/" ;;
    esac
  done
  ln -s "$extension" "$extension_dir/shmpack.so"
}

# run_phpt <name> <folder or file>...: counts into test_passed and test_failed; a failing test shows its difference.
run_phpt() {
  local name=$1 results=$out/$1.results log=$out/$1.log status
  shift
  rm -f "$results"
  # run-tests fails when a test does; what counts is in its results.
  TEST_PHP_EXECUTABLE=$(command -v "$php") NO_INTERACTION=1 SHMPACK_ROOT=$root "$php" -n "$out/phpize/run-tests.php" -n -q \
    -d "extension_dir=$extension_dir" -d extension=shmpack.so -j"$(nproc)" --set-timeout 120 --show-diff --no-color \
    -g FAIL,BORK,WARN,LEAK,SKIP -W "$results" "$@" >"$log" 2>&1 || true
  sed -n '/^=* *$/d; /^Running selected tests/,/^Number of tests/p' "$log" | grep -v -E '^(Running selected|Number of tests|=+|PASS|TEST [0-9]|Spawning)' || true
  if [[ ! -s $results ]]; then
    tail -20 "$log"
    test_fault "$name: run-tests gave no results: $log"
    return
  fi
  status=$(cut -f1 "$results" | sort | uniq -c | awk '{ printf "%s%d %s", sep, $1, tolower($2); sep = ", " }')
  sed -n "s|^SKIPPED\t$root/|  skipped: |p" "$results"
  echo "$name: $status"
  test_passed=$((test_passed + $(grep -c '^PASSED' "$results" || true)))
  test_failed=$((test_failed + $(grep -c -E '^(FAILED|BORKED|WARNED|LEAKED|XLEAKED)' "$results" || true)))
}

need_php
test_packages=(g++ make libmsgpack-cxx-dev cmake libgtest-dev util-linux)
if [[ $(command -v "$php") == /usr/bin/php* ]]; then
  # The stock extensions to run beside, Apache to start twice in, and a user of the semaphores.
  test_packages+=("php$php_version-common" "php$php_version-opcache" apache2-bin php-symfony-lock libdata-messagepack-perl)
fi
need_packages "${test_packages[@]}"
if [[ $(command -v "$php") == /usr/bin/php* ]]; then
  SHMPACK_APACHE_PHP=$(unpacked_file "libapache2-mod-php$php_version" "/usr/lib/apache2/modules/libphp$php_version.so")
  export SHMPACK_APACHE_PHP
fi
test_before=$(test_ipc_objects)

if [[ ${#test_selection[@]} -eq 0 ]]; then
  check_layers || test_fault "the sources' layers"
  check_names || test_fault "the sources' names"
fi

if test_wanted tests/core; then
  say "core tests"
  run_core_tests
fi

test_phpt=()
while IFS= read -r test_folder; do
  test_phpt+=("$test_folder")
done < <(
  if [[ ${#test_selection[@]} -eq 0 ]]; then
    find "$root/tests" -name '*.phpt' -printf '%h\n' | sort -u | grep -v '/tests/stock$'
  else
    for test_named in "${test_selection[@]}"; do
      [[ $test_named == tests/core* || $test_named == tests/stock* ]] || realpath "$test_named"
    done
  fi
)

build_extension
make_extension_dir
check_symbols "$extension" || test_fault "the library's symbols"
if [[ ${#test_phpt[@]} -gt 0 ]]; then
  say "phpt"
  run_phpt phpt "${test_phpt[@]}"
fi
if test_wanted tests/stock; then
  say "php-src's own tests"
  stock_tests
  # Ours says whose sysvsem and sysvshm the others ran with.
  run_phpt stock "$root/tests/stock" "$out/stock/sysvsem" "$out/stock/sysvshm"
  # gh16591.phpt makes a region at key 1 and leaves it.
  grep -q ' 0x00000001$' <<<"$test_before" || ipcrm -M 1 2>/dev/null || true
fi

if [[ ${#test_selection[@]} -eq 0 ]]; then
  say "models"
  if "$root/dev" model >"$out/model.log" 2>&1; then
    test_passed=$((test_passed + $(grep -c ' errors 0' "$out/model.log" || true)))
  else
    tail -20 "$out/model.log"
    test_fault "the models of lock and protocols: $out/model.log"
  fi
fi

test_left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
if [[ -n $test_left ]]; then
  sleep 2 # Another program's may be on their way out.
  test_left=$(comm -13 <(echo "$test_before") <(test_ipc_objects unused))
fi
[[ -z $test_left ]] || test_fault "IPC objects left behind (kind, id, key; ipcrm removes them):" "$test_left"
