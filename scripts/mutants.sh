# plant the mistakes of tests/mutants one by one; fails if its test misses one; [--list] [name or pattern...]
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# A mutant fails in three cases: its test does not find it; its text is not exactly once in its file, because the source has
# changed; it does not build. tests/mutants/README.md says how to write one. About ten minutes; the last line is
# `N passed, N failed`.
#
# The mutants go into a copy of the sources in out/mutants. The copy is built without a mutant first, and each test must pass
# there. Then, for each mutant, the changed parts are built and its test runs. A test that hangs is ended, and has found it.

mutants_folder=$root/tests/mutants
mutants_out=$out/mutants
mutants_root=$mutants_out/src
mutants_build=$mutants_out/build
mutants_kept=$mutants_out/kept # The build without a mutant.
mutants_seconds=30

# mutants_select <name or pattern>...: fills mutants_selected; all when none is given.
mutants_select() {
  local files file name pattern found
  mutants_selected=()
  files=$(files_of '\.mutant$' "$mutants_folder")
  [[ $# -gt 0 ]] || set -- '*'
  for pattern in "$@"; do
    found=
    for file in $files; do
      name=$(basename "$file" .mutant)
      # shellcheck disable=SC2053 # a pattern
      [[ $name == $pattern ]] || continue
      mutants_selected+=("$name")
      found=yes
    done
    [[ -n $found ]] || fail "mutants: there is no '$pattern'; ./dev mutants --list names them"
  done
}

# mutants_read <name>: fills mutant_file, mutant_test, mutant_why, mutant_before, mutant_after.
mutants_read() {
  local line part=head
  mutant_file='' mutant_test='' mutant_why='' mutant_before='' mutant_after=''
  while IFS= read -r line; do
    case $part:$line in
      *:'--- before') part=before ;;
      *:'--- after') part=after ;;
      before:*) mutant_before+=$line$'\n' ;;
      after:*) mutant_after+=$line$'\n' ;;
      head:'file: '*) mutant_file=${line#file: } ;;
      head:'test: '*) mutant_test=${line#test: } ;;
      head:'why: '*) mutant_why=${line#why: } ;;
      *) fail "$mutants_folder/$1.mutant: what is '$line'?" ;;
    esac
  done <"$mutants_folder/$1.mutant"
  [[ -n $mutant_file && -n $mutant_test && -n $mutant_why && -n $mutant_before && $part == after ]] ||
    fail "$mutants_folder/$1.mutant: it needs file, test, why, '--- before' with text, '--- after'"
}

# mutants_apply: puts the mistake into the copy. Fails if the text is not there exactly once.
mutants_apply() {
  local text head rest
  [[ -f $mutants_root/$mutant_file ]] || return 1
  text=$(
    cat "$mutants_root/$mutant_file"
    echo .
  )
  text=${text%.}
  head=${text%%"$mutant_before"*}
  rest=${text#*"$mutant_before"}
  [[ $head != "$text" && $rest != *"$mutant_before"* ]] || return 1
  mv "$mutants_root/$mutant_file" "$mutants_out/original" # Keeps its time, for make.
  printf '%s' "$head$mutant_after$rest" >"$mutants_root/$mutant_file"
}

# mutants_restore: brings back the source and the build without the mutant, with their times.
mutants_restore() {
  mv "$mutants_out/original" "$mutants_root/$mutant_file"
  rm -rf "$mutants_build"
  cp -a "$mutants_kept" "$mutants_build"
}

# mutants_make <log> <test>...: builds their programs.
mutants_make() {
  local log=$1 test targets=()
  shift
  for test in "$@"; do
    [[ $test == check_* ]] || targets+=("${test%% *}")
  done
  [[ ${#targets[@]} -eq 0 ]] || cmake --build "$mutants_build" -j "$(nproc)" --target "${targets[@]}" >"$log" 2>&1
}

# mutants_run <log> <test>: runs a program of tests/core with its arguments, or a function of scripts/lib/checks.sh.
mutants_run() {
  local log=$1 words
  read -ra words <<<"$2"
  if [[ $2 == check_* ]]; then
    root=$mutants_root "${words[@]}" "$mutants_out/${words[0]}" >"$log" 2>&1
  else
    (ulimit -c 0 && exec timeout -k 1 "$mutants_seconds" "$mutants_build/${words[0]}" "${words[@]:1}" --gtest_fail_fast) >"$log" 2>&1
  fi
}

# mutants_prepare: makes the copy, builds it without a mutant, and runs there each test that the mutants name.
mutants_prepare() {
  local name folder log=$mutants_out/make.log
  local -A tests=()
  for name in "${mutants_selected[@]}"; do
    mutants_read "$name"
    tests[$mutant_test]=1
  done
  say "building without mutants"
  rm -rf "$mutants_root" "$mutants_build"
  mkdir -p "$mutants_root/tests" "$mutants_out/logs"
  for folder in docs include src tests/core; do
    cp -a "$root/$folder" "$mutants_root/$folder"
  done
  [[ ! -d $mutants_kept ]] || cp -a "$mutants_kept" "$mutants_build"
  # Warnings are off: a mistake may leave something unused.
  if ! cmake -S "$mutants_root/tests/core" -B "$mutants_build" -DCMAKE_BUILD_TYPE=None '-DCMAKE_CXX_FLAGS=-O1 -w' >"$log" 2>&1 ||
    ! mutants_make "$log" "${!tests[@]}"; then
    fail "the core tests do not build: $log"
  fi
  rm -rf "$mutants_kept"
  cp -a "$mutants_build" "$mutants_kept"
  for name in "${!tests[@]}"; do
    mutants_run "$log" "$name" || fail "fails without a mutant: $name, see $log"
    [[ $name == check_* ]] || grep -q -E '^\[  PASSED  \] [1-9]' "$log" || fail "no test ran: $name"
  done
}

# mutants_try <name>
mutants_try() {
  local log=$mutants_out/logs/$1.log status=0
  mutants_read "$1"
  if ! mutants_apply; then
    tests_fault "$1: its text is not exactly once in $mutant_file"
    return
  fi
  if ! mutants_make "$log" "$mutant_test"; then
    tests_fault "$1: does not build: $log"
  else
    mutants_run "$log" "$mutant_test" 2>/dev/null || status=$? # When it crashes, the shell itself prints that.
    if [[ $status -eq 0 ]]; then
      tests_fault "$1 SURVIVED $mutant_test: $mutant_why"
    else
      echo "$1: found"
      tests_passed=$((tests_passed + 1))
    fi
  fi
  mutants_restore
}

if [[ ${1:-} == --list ]]; then
  shift
  mutants_select "$@"
  for mutants_name in "${mutants_selected[@]}"; do
    mutants_read "$mutants_name"
    echo "$mutants_name: $mutant_why"
  done
  exit 0
fi
[[ ${1:-} != -* ]] || fail "mutants: unknown option $1; usage: ./dev mutants [--list] [<name or pattern>...]"
mutants_select "$@"

source "$root/scripts/lib/run_tests.sh"
source "$root/scripts/lib/checks.sh"
own_ipc_namespace mutants "$@"
need_packages g++ make cmake libgtest-dev util-linux
mutants_prepare
for mutants_name in "${mutants_selected[@]}"; do
  mutants_try "$mutants_name"
done
