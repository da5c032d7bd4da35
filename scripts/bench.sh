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
need_packages "php$php_version-apcu"
build_extension

# Debian's package of Yac cannot be installed beside APCu's, but its one file can be used without installing it.
bench_yac=$out/yac/usr/lib/php/$("$php" -n -i | sed -n 's/^PHP Extension => //p')/yac.so
if [[ ! -f $bench_yac ]]; then
  mkdir -p "$out/yac"
  (cd "$out/yac" && apt-get download "php$php_version-yac" && dpkg-deb -x php*-yac_*.deb .) >"$out/yac/log" 2>&1 || true
fi
if [[ -f $bench_yac ]]; then
  bench_arguments+=(--yac "$bench_yac")
else
  say "leaving out Yac: 'apt-get download php$php_version-yac' did not work (see $out/yac/log)"
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
