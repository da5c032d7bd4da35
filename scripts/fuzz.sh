# feed hostile input to fuzz targets: [--seconds N] [target...], all of them for 30 s each; fails on a finding
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# fuzz/<target>_fuzz.cc is a libFuzzer target, built with AddressSanitizer and UndefinedBehaviorSanitizer. It starts from
# fuzz/corpus/<target>. A run keeps the inputs that reach new code in out/fuzz/<target>, and the next run starts from them,
# too. The input of a finding is kept in out/fuzz. The target `values` contains PHP, from Debian's libphp*-embed.

# In an IPC namespace of its own, if root runs it: a crash leaves no segment behind.
if [[ -z ${SHMPACK_IPC_NAMESPACE:-} && $(id -u) -eq 0 ]] && unshare --ipc true 2>/dev/null; then
  exec env SHMPACK_IPC_NAMESPACE=1 unshare --ipc "$root/dev" fuzz "$@"
fi

fuzz_seconds=30
fuzz_all=$(files_of '_fuzz\.cc$' "$root/fuzz" | sed 's|.*/||; s|_fuzz\.cc$||')
fuzz_targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "--seconds needs a whole number above 0"
      fuzz_seconds=$2
      shift 2
      ;;
    *)
      grep -q -x -F "$1" <<<"$fuzz_all" || fail "there is no fuzz target '$1': ${fuzz_all//$'\n'/, }"
      fuzz_targets+=("$1")
      shift
      ;;
  esac
done
[[ ${#fuzz_targets[@]} -gt 0 ]] || mapfile -t fuzz_targets <<<"$fuzz_all"

fuzz_out=$out/fuzz
fuzz_found=0
mkdir -p "$fuzz_out"

# fuzz_parts_of <target>: leaves in fuzz_parts what it is made of besides its own source, and the options that it needs.
fuzz_parts_of() {
  local folders options list
  case $1 in
    region | slots) folders=(core port) options='-DSHMPACK_FAULTS -DSHMPACK_FUZZ_LOADS -Wl,--wrap=syscall' ;;
    reader) folders=(core/values) options= ;;
    semaphore) folders=(core/semaphore port) options='-DSHMPACK_FAULTS -DSHMPACK_FUZZ_LOADS' ;;
    values)
      need_php
      need_packages "libphp$php_version-embed"
      options=$("$php_config" --includes)
      # PHP's macros declare parameters that not every function uses.
      options="${options//-I/-isystem} -Wno-unused-parameter -l:libphp$php_version.so"
      folders=(php core port)
      ;;
    *) fail "scripts/fuzz.sh does not say what the fuzz target $1 is made of" ;;
  esac
  list=$(sources_of "${folders[@]/#/$root/src/}")
  mapfile -t fuzz_parts <<<"$list"
  read -ra options <<<"$options"
  fuzz_parts+=("${options[@]}")
}

# fuzz_build <target>: leaves the program in out/fuzz, unless the one there is newer than every source.
fuzz_build() {
  local program=$fuzz_out/$1_fuzz
  fuzz_parts_of "$1"
  if [[ -x $program && -z $(find "$root/src" "$root/include" "$root/fuzz" "$root/scripts/fuzz.sh" \
    -type f -not -path '*/corpus/*' -newer "$program" -print -quit) ]]; then
    return
  fi
  say "building $1_fuzz"
  clang++ -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -Wall -Wextra -Werror -DMSGPACK_NO_BOOST -I"$root/include" -I"$root/src" "$root/fuzz/$1_fuzz.cc" "${fuzz_parts[@]}" \
    -o "$program.new" >"$program.log" 2>&1 || {
    grep -m 20 -E 'error' "$program.log" >&2 || true
    fail "$1_fuzz did not build: see $program.log"
  }
  mv "$program.new" "$program"
}

# fuzz_wait <pid>: returns its exit code, and removes the segments, semaphores and folder that the targets use.
fuzz_wait() {
  local status=0 key
  wait "$1" || status=$?
  for key in $((0x5f000000 + ($1 & 0xffff))) $((0x5f010000 + ($1 & 0xffff))); do
    ipcrm -M "$key" >/dev/null 2>&1 || true
    ipcrm -S "$key" >/dev/null 2>&1 || true
  done
  rm -rf "/dev/shm/shmpack-fuzz-$1"
  return "$status"
}

# fuzz_report <target> <runs> <seconds> <exit code> <log> <input> <how to replay>
fuzz_report() {
  local result=clean
  [[ $4 -eq 0 ]] || result=FINDING
  printf 'fuzz: %-9s %9s runs in %s s: %s\n' "$1" "${2:-?}" "$3" "$result"
  [[ $4 -ne 0 ]] || return 0
  fuzz_found=1
  grep -m 3 -E 'FINDING:|ERROR: |runtime error:' "$5" | sed 's/^/  /' || echo "  it ended with exit code $4"
  echo "  log: $5"
  echo "  input: ${6:-none was kept}"
  echo "  again: $7"
}

# fuzz_run <target>: builds it, runs it, and reports.
fuzz_run() {
  local target=$1 log=$fuzz_out/$1.log learnt=$fuzz_out/$1 program=$fuzz_out/$1_fuzz status=0 input runs began options
  fuzz_build "$target"
  files_of . "$root/fuzz/corpus/$target" >/dev/null
  began=$SECONDS
  mkdir -p "$learnt"
  options=(-max_total_time="$fuzz_seconds" -timeout=10 -print_final_stats=1 -artifact_prefix="$fuzz_out/$target-")
  case $target in
    semaphore) options+=(-max_len=256) ;;
    values) options+=(-max_len=8192 -detect_leaks=0) ;; # It finds leaks by itself.
    *) options+=(-max_len=1024) ;;
  esac
  "$program" "${options[@]}" "$learnt" "$root/fuzz/corpus/$target" >"$log" 2>&1 &
  fuzz_wait $! || status=$?
  runs=$(sed -nE 's/^stat::number_of_executed_units: +//p' "$log")
  input=$(sed -nE 's/.*Test unit written to (.*)$/\1/p' "$log" | head -1)
  fuzz_report "$target" "$runs" "$((SECONDS - began))" "$status" "$log" "$input" "$program $input"
}

need_packages clang libmsgpack-cxx-dev util-linux
need_packages "libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev"
for fuzz_target in "${fuzz_targets[@]}"; do
  fuzz_run "$fuzz_target"
done
[[ $fuzz_found -eq 0 ]] || exit 1
