# Apache workers count real traffic in shared variables, a CLI process watches (--requests N, --keep)
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Starts a private httpd twice, first with shmpack, then with the stock extensions, each on a free loopback port and
# with its own ServerRoot in a temporary folder; drives the same load at both and compares. Whatever is started or
# made is noted at once, so that demo_clean_up can take it away however this ends.

demo_requests=50000
demo_connections=8
demo_keep=no
while [[ $# -gt 0 ]]; do
  case $1 in
    --keep) demo_keep=yes ;;
    --requests) demo_requests=${2-} && shift ;;
    *) fail "demo: unknown option $1; usage: ./dev demo [--requests N] [--keep]" ;;
  esac
  [[ $# -eq 0 ]] || shift
done
[[ $demo_requests =~ ^[1-9][0-9]{0,8}$ ]] || fail "demo: --requests needs a number above 0, not '$demo_requests'"

need_php
need_packages apache2-bin
demo_module=$(unpacked_file "libapache2-mod-php$php_version" "/usr/lib/apache2/modules/libphp$php_version.so")
build_extension

demo_say() {
  if [[ -t 1 ]]; then printf '\n\e[1m%s\e[0m\n' "$*"; else printf '\n%s\n' "$*"; fi
}

# ----------------------------------------------------------------------------------------------------------------------
# What was started and made, and how it goes away.

demo_folder=
declare -A demo_running=()
demo_started=()
demo_keys=()

demo_note_process() {
  demo_running[$1]=yes
  demo_started+=("$1")
}

demo_stop() {
  local pid=$1 tries
  kill "$pid" 2>/dev/null || true
  for ((tries = 0; tries < 100; tries++)); do
    if ! kill -0 "$pid" 2>/dev/null; then
      unset "demo_running[$pid]"
      return 0
    fi
    sleep 0.1
  done
  return 1
}

demo_ipc_ids() { { ipcs -m | awk '/^0x/ { print "shm", $2 }' && ipcs -s | awk '/^0x/ { print "sem", $2 }'; } | sort; }

demo_key_exists() { { ipcs -m && ipcs -s; } | grep -q "^$(printf '0x%08x' "$1") "; }

demo_clean_up() {
  local i pid key
  # The last started first: the clients before their httpd.
  for ((i = ${#demo_started[@]} - 1; i >= 0; i--)); do
    pid=${demo_started[i]}
    [[ -z ${demo_running[$pid]-} ]] || demo_stop "$pid" || kill -9 "$pid" 2>/dev/null || true
  done
  for key in "${demo_keys[@]}"; do
    ipcrm -M "$key" 2>/dev/null || true
    ipcrm -S "$key" 2>/dev/null || true
  done
  [[ -z $demo_folder ]] || rm -rf "$demo_folder"
}
trap demo_clean_up EXIT
trap 'echo; echo "interrupted: cleaning up"; exit 130' INT TERM HUP

# demo_fail <what happened>: shows the last messages and keeps the logs.
demo_fail() {
  mkdir -p "$out/demo"
  local log
  for log in httpd.out error.log php.log; do
    cp "$demo_home/$log" "$out/demo/" 2>/dev/null || continue
    grep -v ':notice\]' "$demo_home/$log" | tail -n 5 | sed 's/^/  | /' >&2 || true
  done
  fail "demo: $1; the logs are in $out/demo"
}

# ----------------------------------------------------------------------------------------------------------------------
# One side of the comparison at a time, shmpack or stock.

# demo_start <side>: leaves demo_home, demo_php (the command line PHP with nothing but this side's extensions),
# demo_key, demo_port and demo_httpd (its process id).
demo_start() {
  local modules module attempt tries as_root_define=()
  demo_home=$demo_folder/$1
  if [[ $1 == shmpack ]]; then modules=("$demo_extension"); else modules=(sysvsem sysvshm); fi
  demo_php=("$php" -n)
  for module in "${modules[@]}"; do demo_php+=(-d "extension=$module"); done

  # Copies, because the workers run as another user, who may not be allowed into this checkout.
  mkdir -p "$demo_home/htdocs"
  cp "$root/demo/page.php" "$root/demo/traffic.php" "$demo_home/htdocs/"
  : >"$demo_home/php.log"
  chmod 666 "$demo_home/php.log"
  {
    echo 'zend_extension=opcache'
    for module in "${modules[@]}"; do echo "extension=\"$module\""; done
    echo 'display_errors=0'
    echo 'log_errors=1'
    echo "error_log=\"$demo_home/php.log\""
    echo 'date.timezone=UTC'
  } >"$demo_home/php.ini"
  [[ $(id -u) -ne 0 ]] || as_root_define=(-D StartedAsRoot)

  while demo_key=$("$php" -n -r 'echo random_int(0x10000, 0x7fffffff);') && demo_key_exists "$demo_key"; do :; done
  demo_keys+=("$demo_key")

  # Someone else may take the free port before httpd does: then the next one.
  for attempt in 1 2 3; do
    # shellcheck disable=SC2016 # it is PHP's, not the shell's
    demo_port=$("$php" -n -r '$server = stream_socket_server("tcp://127.0.0.1:0");
      echo substr(strrchr(stream_socket_get_name($server, false), ":"), 1);')
    # In a session of its own: Ctrl-C reaches this script alone, which then stops everything in order.
    PHP_INI_SCAN_DIR='' DEMO_ROOT=$demo_home DEMO_PORT=$demo_port DEMO_KEY=$demo_key \
      DEMO_MODULES=/usr/lib/apache2/modules DEMO_PHP_MODULE="$demo_module" \
      setsid "$demo_httpd_program" -f "$root/demo/httpd.conf" "${as_root_define[@]}" -D FOREGROUND \
      >"$demo_home/httpd.out" 2>&1 </dev/null &
    demo_httpd=$!
    demo_note_process "$demo_httpd"
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "$demo_httpd" 2>/dev/null || break
      if (exec 3<>"/dev/tcp/127.0.0.1/$demo_port") 2>/dev/null; then return 0; fi
      sleep 0.1
    done
    demo_stop "$demo_httpd" || true
    grep -qs 'Address already in use' "$demo_home/httpd.out" "$demo_home/error.log" || break
  done
  demo_fail "httpd did not start (attempt $attempt)"
}

# The load at this side's httpd, watched by a process of its own.
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

  # It ends by itself when it sees the last hit, which is there by now.
  for ((tries = 0; tries < 50; tries++)); do
    kill -0 "$watcher" 2>/dev/null || break
    sleep 0.1
  done
  demo_stop "$watcher" || true
  wait "$watcher" || status=$?
  [[ $status -eq 0 ]] || demo_fail "the watching process did not see all hits (exit code $status)"
  [[ ! -s $demo_home/php.log ]] || demo_fail "PHP complained while it served the page"
}

# demo_check [--remove]
demo_check() {
  "${demo_php[@]}" "$root/demo/check.php" --key "$demo_key" --load "$demo_home/load.json" "$@" ||
    demo_fail "the shared counts are not what was answered (see above)"
}

demo_stop_httpd() { demo_stop "$demo_httpd" || demo_fail "httpd does not stop: kill -9 $demo_httpd"; }

# ----------------------------------------------------------------------------------------------------------------------

demo_httpd_program=$(command -v apache2 || echo /usr/sbin/apache2)
demo_folder=$(mktemp -d "${TMPDIR:-/tmp}/shmpack-demo.XXXXXX")
chmod 755 "$demo_folder"
# A copy: a build meanwhile would change the file under the processes that have it loaded.
demo_extension=$demo_folder/shmpack.so
cp "$extension" "$demo_extension"
demo_ipc_before=$(demo_ipc_ids)

demo_start shmpack
demo_say "$("$demo_httpd_program" -v | sed -n 's/^Server version: //p') with shmpack on 127.0.0.1:$demo_port"
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
  # From here on it is the user's to stop.
  demo_running=() demo_keys=() demo_folder=
  exit 0
fi

for demo_key in "${demo_keys[@]}"; do
  ! demo_key_exists "$demo_key" || fail "demo: an IPC object is left; remove it: ipcrm -M $demo_key -S $demo_key"
done
# Other programs may make objects at the same time; the creator tells which are ours.
demo_workers=$(sed -n '/"workers"/,$ s/^ *"\([0-9]*\)":.*/\1/p' "$demo_folder"/*/load.json)
for demo_pid in "${demo_started[@]}" $demo_workers; do
  demo_left=$(ipcs -mp | awk -v pid="$demo_pid" '$3 == pid { print $1 }')
  [[ -z $demo_left ]] || fail "demo: process $demo_pid left shared memory behind; remove it: ipcrm -m $demo_left"
done
demo_new=$(comm -13 <(echo "$demo_ipc_before") <(demo_ipc_ids) | paste -sd,)
echo
echo "Everything is stopped and no IPC object is left${demo_new:+ (new ones of other programs: $demo_new)}."
