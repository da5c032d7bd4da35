# feed hostile input to region, reader, semaphore and values; `[--seconds N] [target...]`, 30 s each; fails on a finding
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# fuzz/<target>_fuzz.cc is a libFuzzer target, built with AddressSanitizer and UndefinedBehaviorSanitizer and started from
# fuzz/corpus/<target>; `values` is fuzz/values.php. What a run learns stays in out/fuzz/<target>, and the next one goes on
# from there. A finding's input is kept in out/fuzz too.

# In an IPC namespace of its own, where that can be had: a crash leaves no segment behind.
if [[ -z ${SHMPACK_IPC_NAMESPACE:-} && $(id -u) -eq 0 ]] && unshare --ipc true 2>/dev/null; then
  exec env SHMPACK_IPC_NAMESPACE=1 unshare --ipc "$root/dev" fuzz "$@"
fi

fuzz_seconds=30
fuzz_targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "--seconds needs a whole number above 0"
      fuzz_seconds=$2
      shift 2
      ;;
    region | reader | semaphore | values)
      fuzz_targets+=("$1")
      shift
      ;;
    *) fail "there is no fuzz target '$1': region, reader, semaphore, values" ;;
  esac
done
[[ ${#fuzz_targets[@]} -gt 0 ]] || fuzz_targets=(region reader semaphore values)

fuzz_out=$out/fuzz
fuzz_found=0
mkdir -p "$fuzz_out"

# The sources a target is made of, besides its own.
fuzz_sources() {
  case $1 in
    region) echo "$root"/src/core/*.cc "$root"/src/port/*.cc ;;
    reader) echo "$root/src/core/msgpack_reader.cc" ;;
    semaphore) echo "$root/src/core/semaphore.cc" "$root"/src/port/*.cc ;;
  esac
}

# fuzz_build <target>: leaves the program in out/fuzz, unless the one there is newer than every source.
fuzz_build() {
  local program=$fuzz_out/$1_fuzz sources
  if [[ -x $program && -z $(find "$root/src/core" "$root/src/port" "$root/include" "$root/fuzz" "$root/scripts/fuzz.sh" \
    -type f -not -path '*/corpus/*' -newer "$program" -print -quit) ]]; then
    return
  fi
  say "building $1_fuzz"
  read -ra sources < <(fuzz_sources "$1")
  clang++ -std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -Wall -Wextra -Werror -DSHMPACK_FAULTS -DSHMPACK_FUZZ_LOADS -DMSGPACK_NO_BOOST -I"$root/include" -I"$root/src" \
    "$root/fuzz/$1_fuzz.cc" "${sources[@]}" -o "$program.new" >"$program.log" 2>&1 || {
    grep -m 20 -E 'error' "$program.log" >&2 || true
    fail "$1_fuzz did not build: see $program.log"
  }
  mv "$program.new" "$program"
}

# fuzz_wait <pid>: its exit code; and no segment or semaphore under the key that the targets use.
fuzz_wait() {
  local status=0 key
  wait "$1" || status=$?
  for key in $((0x5f000000 + ($1 & 0xffff))) $((0x5f010000 + ($1 & 0xffff))); do
    ipcrm -M "$key" >/dev/null 2>&1 || true
    ipcrm -S "$key" >/dev/null 2>&1 || true
  done
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

fuzz_compiled() {
  local target=$1 log=$fuzz_out/$1.log learnt=$fuzz_out/$1 program=$fuzz_out/$1_fuzz status=0 input runs length began
  fuzz_build "$target"
  began=$SECONDS
  mkdir -p "$learnt"
  length=$([[ $target == semaphore ]] && echo 256 || echo 1024)
  "$program" -max_total_time="$fuzz_seconds" -timeout=10 -max_len="$length" -print_final_stats=1 \
    -artifact_prefix="$fuzz_out/$target-" "$learnt" "$root/fuzz/corpus/$target" >"$log" 2>&1 &
  fuzz_wait $! || status=$?
  runs=$(sed -nE 's/^stat::number_of_executed_units: +//p' "$log")
  input=$(sed -nE 's/.*Test unit written to (.*)$/\1/p' "$log" | head -1)
  fuzz_report "$target" "$runs" "$((SECONDS - began))" "$status" "$log" "$input" "$program $input"
}

fuzz_values() {
  local log=$fuzz_out/values.log last=$fuzz_out/values_last status=0 kept='' runs command stock began
  build_extension
  stock=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
  [[ $(command -v "$php") != /usr/bin/php* ]] || need_packages "php$php_version-common"
  # One of the classes it reads implements Serializable, which PHP deprecates.
  command=("$php" -n -d error_reporting=24575 -d display_errors=stderr -d memory_limit=256M)
  "$php" -n -r 'exit((int) !extension_loaded("shmop"));' || command+=(-d "extension=$stock/shmop.so")
  command+=(-d "extension=$extension" "$root/fuzz/values.php")
  rm -f "$last"
  began=$SECONDS
  "${command[@]}" --seconds "$fuzz_seconds" --last "$last" >"$log" 2>&1 &
  fuzz_wait $! || status=$?
  runs=$(sed -nE 's/^runs ([0-9]+),.*/\1/p' "$log")
  if [[ $status -ne 0 && -f $last ]]; then
    kept=$fuzz_out/values-crash-$(cksum <"$last" | cut -d' ' -f1)
    cp "$last" "$kept"
  fi
  fuzz_report values "$runs" "$((SECONDS - began))" "$status" "$log" "$kept" "${command[*]} --replay $kept"
}

need_packages clang libclang-rt-14-dev libmsgpack-cxx-dev util-linux
for fuzz_target in "${fuzz_targets[@]}"; do
  if [[ $fuzz_target == values ]]; then
    fuzz_values
  else
    fuzz_compiled "$fuzz_target"
  fi
done
[[ $fuzz_found -eq 0 ]] || exit 1
