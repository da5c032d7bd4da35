# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# The demo of variables: runs httpd twice, with shmpack and with the stock extensions, under the same load, and compares.

demo_requests=50000
demo_connections=8
demo_keep=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --keep) demo_keep=yes ;;
    --requests) demo_requests=${2-} && shift ;;
    *) fail "demo: unknown option $1; usage: ./dev demo [--requests N] [--keep], or ./dev demo slots" ;;
  esac
  [[ $# -eq 0 ]] || shift
done
[[ $demo_requests =~ ^[1-9][0-9]{0,8}$ ]] || fail "demo: --requests needs a number above 0, not '$demo_requests'"

demo_ipc_ids() { { ipcs -m | awk '/^0x/ { print "shm", $2 }' && ipcs -s | awk '/^0x/ { print "sem", $2 }'; } | sort; }

demo_key_exists() { { ipcs -m && ipcs -s; } | grep -q "^$(printf '0x%08x' "$1") "; }

# demo_start <shmpack|stock>: starts one side of the comparison. Leaves demo_key, too.
demo_start() {
  # shellcheck disable=SC2034 # demo_start_httpd reads it
  if [[ $1 == shmpack ]]; then demo_modules=("$demo_extension"); else demo_modules=(sysvsem sysvshm); fi
  while demo_key=$("$php" -n -r 'echo random_int(0x10000, 0x7fffffff);') && demo_key_exists "$demo_key"; do :; done
  demo_keys+=("$demo_key")
  demo_start_httpd "$1" "$demo_key" 1 page.php traffic.php
}

# demo_drive: sends the load to this side's httpd, while another process watches.
demo_drive() {
  local watcher load status=0 tries
  "${demo_php[@]}" "$root/demo/watch.php" --key "$demo_key" --until "$demo_requests" &
  watcher=$!
  demo_note_process "$watcher"
  # In the background and waited for, because a signal interrupts `wait` at once.
  "$php" -n "$root/demo/load.php" --port "$demo_port" --requests "$demo_requests" --connections "$demo_connections" \
    --out "$demo_home/load.json" &
  load=$!
  demo_note_process "$load"
  wait "$load" || status=$?
  unset "demo_running[$load]"
  [[ $status -eq 0 ]] || demo_fail "not every request was answered as it should be (see above)"

  # The watcher ends by itself when it sees the last hit, which has been counted by now.
  for ((tries = 0; tries < 50; tries++)); do
    kill -0 "$watcher" 2>/dev/null || break
    sleep 0.1
  done
  demo_stop "$watcher" || true
  wait "$watcher" || status=$?
  [[ $status -eq 0 ]] || demo_fail "the watching process did not see all hits (exit code $status)"
  demo_no_complaints
}

# demo_check [--remove]: compares the shared counts with what was answered; then removes region and semaphore.
demo_check() {
  "${demo_php[@]}" "$root/demo/check.php" --key "$demo_key" --load "$demo_home/load.json" "$@" ||
    demo_fail "the shared counts are not what was answered (see above)"
}

# ----------------------------------------------------------------------------------------------------------------------

demo_set_up
demo_ipc_before=$(demo_ipc_ids)

demo_start shmpack
demo_say "$(demo_httpd_version) with shmpack on 127.0.0.1:$demo_port"
echo "  $demo_requests requests over $demo_connections connections, while a CLI process reads the same region:"
demo_drive
if [[ $demo_keep == yes ]]; then
  demo_check
  kept_home=$demo_home kept_key=$demo_key kept_port=$demo_port kept_httpd=$demo_httpd
else
  demo_check --remove
  demo_stop_httpd
fi

demo_start stock
demo_say "The same page and load with the stock extensions sysvsem and sysvshm"
demo_drive
demo_check --remove
demo_stop_httpd

demo_say "Result"
"$php" -n "$root/demo/report.php" "$demo_folder/shmpack/load.json" "$demo_folder/stock/load.json"

if [[ $demo_keep == yes ]]; then
  cat >"$kept_home/stop.sh" <<STOP
kill $kept_httpd
while kill -0 $kept_httpd 2>/dev/null; do sleep 0.1; done
ipcrm -M $kept_key -S $kept_key
rm -rf '$demo_folder'
STOP
  demo_say "Still running (--keep)"
  echo "  page:  http://127.0.0.1:$kept_port/"
  echo "  watch: $php -n -d extension=$demo_extension $root/demo/watch.php --key $kept_key"
  echo "  stop:  sh $kept_home/stop.sh"
  demo_let_go
  exit 0
fi

for demo_key in "${demo_keys[@]}"; do
  ! demo_key_exists "$demo_key" || fail "demo: an IPC object is left; remove it: ipcrm -M $demo_key -S $demo_key"
done
# shellcheck disable=SC2046 # one word per worker
demo_nothing_left $(sed -n '/"workers"/,$ s/^ *"\([0-9]*\)":.*/\1/p' "$demo_folder"/*/load.json)
demo_new=$(comm -13 <(echo "$demo_ipc_before") <(demo_ipc_ids) | paste -sd,)
echo
echo "Everything is stopped and no IPC object is left${demo_new:+ (other programs made new ones: $demo_new)}."
