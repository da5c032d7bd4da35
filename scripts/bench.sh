# peers side by side: ext/sysvshm, APCu, Yac, shmpack (--quick: fewer rounds, stored figures stay)
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# A full run writes its tables and figures to docs/bench; --quick only prints. Slow figures fail nothing.

case "$*" in
  '') bench_arguments=(--write "$root/docs/bench" --command './dev bench') ;;
  --quick) bench_arguments=(--quick) ;;
  *) fail "bench: unknown option $*; usage: ./dev bench [--quick]" ;;
esac

need_php
build_extension

# Unpacked, not installed: the user's own PHP does not get them, and Debian's packages of the two exclude each other.
bench_folder=$("$php" -n -r 'echo PHP_EXTENSION_DIR;')
bench_arguments+=(--apcu "$(unpacked_file "php$php_version-apcu" "$bench_folder/apcu.so")")
if bench_yac=$(unpacked_file "php$php_version-yac" "$bench_folder/yac.so"); then
  bench_arguments+=(--yac "$bench_yac")
else
  say "leaving out Yac"
fi

# The keys are chosen here, so that their objects go away even when the bench is interrupted.
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
