# compare with ext/sysvshm, APCu and Yac; --quick: fewer rounds, docs/bench stays as it is
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Prints tables, and writes them as text, JSON and pictures: a whole run to docs/bench, a quick one to out/bench. Slow figures
# are no failure.

case "$*" in
  '') bench_arguments=(--effort full --into "$root/docs/bench" --command './dev bench') ;;
  --quick) bench_arguments=(--effort quick --into "$out/bench" --command './dev bench --quick') ;;
  *) fail "bench: unknown option $*; usage: ./dev bench [--quick]" ;;
esac

need_php
need_packages gnuplot-nox util-linux
build_extension
mkdir -p "$out/bench"
bench_list=$(sources_of "$root"/src/core/{base,slots} "$root/src/port")
mapfile -t bench_sources <<<"$bench_list"
for bench_program in lock_cost slot_cost line_cost; do
  "${CXX:-g++}" -std=c++20 -O2 -pthread -I"$root/include" -I"$root/src" -o "$out/bench/$bench_program" \
    "$root/bench/$bench_program.cc" "${bench_sources[@]}" ||
    fail "bench/$bench_program.cc does not build"
  bench_arguments+=("--${bench_program/_/-}" "$out/bench/$bench_program")
done

# Unpacked, not installed: the user's own PHP stays without them, and Debian's packages of the two exclude each other.
bench_folder=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
for bench_peer in apcu yac; do
  if bench_file=$(unpacked_file "php$php_version-$bench_peer" "$bench_folder/$bench_peer.so"); then
    bench_arguments+=("--$bench_peer" "$bench_file")
  else
    say "leaving out $bench_peer"
  fi
done

# This script chooses the keys, so that it can remove their objects even when the bench is interrupted.
bench_key=$("$php" -n -r 'echo random_int(0x10000, 0x7ffffff0);')
# A copy: a build meanwhile would change the file under the process that has it loaded.
bench_extension=$(mktemp "${TMPDIR:-/tmp}/shmpack-bench.XXXXXX.so")
cp "$extension" "$bench_extension"
bench_clean_up() {
  local key
  rm -f "$bench_extension"
  for key in "$bench_key" "$((bench_key + 1))"; do
    ipcrm -M "$key" 2>/dev/null || true
    ipcrm -S "$key" 2>/dev/null || true
  done
}
trap bench_clean_up EXIT
trap 'exit 130' INT TERM HUP

"$php" -n "$root/bench/compare.php" --shmpack "$bench_extension" --key "$bench_key" "${bench_arguments[@]}"
