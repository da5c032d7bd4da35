# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# What the demos share: a private httpd on a free loopback port, with its own ServerRoot in a temporary folder. Each process,
# file and object is noted at once, so that demo_clean_up can remove it however the demo ends.

demo_say() {
  if [[ -t 1 ]]; then printf '\n\e[1m%s\e[0m\n' "$*"; else printf '\n%s\n' "$*"; fi
}

# ----------------------------------------------------------------------------------------------------------------------
# What was started and made, and how it goes away.

demo_folder=
declare -A demo_running=()
demo_started=()
demo_keys=() # Of System V objects.

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

# demo_let_go: what runs now keeps running; the user stops it.
demo_let_go() { demo_running=() demo_keys=() demo_folder=; }

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

# demo_nothing_left <process id of a worker>...: fails if one of these processes, or of those started here, still runs or left
# shared memory. Objects of other programs have other creators.
demo_nothing_left() {
  local pid left
  [[ $# -gt 0 ]] || fail "demo: no worker is known, so this cannot see what workers left"
  for pid in "${demo_started[@]}" "$@"; do
    ! kill -0 "$pid" 2>/dev/null || fail "demo: process $pid is left; stop it: kill -9 $pid"
    left=$(ipcs -mp | awk -v pid="$pid" '$3 == pid { print $1 }')
    [[ -z $left ]] || fail "demo: process $pid left shared memory behind; remove it: ipcrm -m $left"
  done
}

# ----------------------------------------------------------------------------------------------------------------------

# demo_set_up: builds what is needed, and makes the folder for all files of the demo. Sets demo_folder and demo_extension.
demo_set_up() {
  need_php
  need_packages apache2-bin
  demo_module=$(unpacked_file "libapache2-mod-php$php_version" "/usr/lib/apache2/modules/libphp$php_version.so")
  build_extension
  demo_httpd_program=$(command -v apache2 || echo /usr/sbin/apache2)
  demo_folder=$(mktemp -d "${TMPDIR:-/tmp}/shmpack-demo.XXXXXX")
  chmod 755 "$demo_folder"
  # A copy: a build meanwhile would change the file under the processes that have it loaded.
  demo_extension=$demo_folder/shmpack.so
  cp "$extension" "$demo_extension"
}

# demo_start_httpd <name> <shared> <spare workers> <PHP file>...: serves the first file for every path. The file finds what the
# workers share, a key or a path, in $_SERVER['DEMO_SHARED']. PHP has the extensions in demo_modules. Leaves demo_home,
# demo_php (the command line's PHP with the same extensions), demo_port and demo_httpd (its process id).
demo_start_httpd() {
  local name=$1 shared=$2 spare=$3 module attempt
  shift 3
  demo_home=$demo_folder/$name
  demo_php=("$php" -n)
  for module in "${demo_modules[@]}"; do demo_php+=(-d "extension=$module"); done
  demo_make_home "$@"
  # Another program may take the free port before httpd does: then the next one.
  for attempt in 1 2 3; do
    demo_launch_httpd "$shared" "$spare" "$1"
    if demo_answers; then return 0; fi
    demo_stop "$demo_httpd" || true
    grep -qs 'Address already in use' "$demo_home/httpd.out" "$demo_home/error.log" || break
  done
  demo_fail "httpd did not start (attempt $attempt)"
}

# demo_make_home <PHP file>...: the files that httpd and PHP read. PHP files are copied, because the workers run as another user,
# which may have no access to this checkout.
demo_make_home() {
  local file module
  mkdir -p "$demo_home/htdocs"
  for file in "$@"; do cp "$root/demo/$file" "$demo_home/htdocs/"; done
  : >"$demo_home/php.log"
  chmod 666 "$demo_home/php.log"
  {
    echo 'zend_extension=opcache'
    for module in "${demo_modules[@]}"; do echo "extension=\"$module\""; done
    echo 'display_errors=0'
    echo 'log_errors=1'
    echo "error_log=\"$demo_home/php.log\""
    echo 'date.timezone=UTC'
  } >"$demo_home/php.ini"
}

# demo_launch_httpd <shared> <spare workers> <page>: in a session of its own, so that Ctrl-C reaches this script alone, which then
# stops everything in order.
demo_launch_httpd() {
  local as_root_define=()
  [[ $(id -u) -ne 0 ]] || as_root_define=(-D StartedAsRoot)
  # shellcheck disable=SC2016 # it is PHP's, not the shell's
  demo_port=$("$php" -n -r '$server = stream_socket_server("tcp://127.0.0.1:0");
    echo substr(strrchr(stream_socket_get_name($server, false), ":"), 1);')
  PHP_INI_SCAN_DIR='' DEMO_ROOT=$demo_home DEMO_PORT=$demo_port DEMO_SHARED=$1 DEMO_SPARE_WORKERS=$2 DEMO_PAGE=$3 \
    DEMO_MODULES=/usr/lib/apache2/modules DEMO_PHP_MODULE="$demo_module" \
    setsid "$demo_httpd_program" -f "$root/demo/httpd.conf" "${as_root_define[@]}" -D FOREGROUND \
    >"$demo_home/httpd.out" 2>&1 </dev/null &
  demo_httpd=$!
  demo_note_process "$demo_httpd"
}

# demo_answers: whether httpd takes connections within ten seconds.
demo_answers() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$demo_httpd" 2>/dev/null || return 1
    if (exec 3<>"/dev/tcp/127.0.0.1/$demo_port") 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  return 1
}

demo_httpd_version() { "$demo_httpd_program" -v | sed -n 's/^Server version: //p'; }

demo_stop_httpd() { demo_stop "$demo_httpd" || demo_fail "httpd does not stop: kill -9 $demo_httpd"; }

demo_no_complaints() { [[ ! -s $demo_home/php.log ]] || demo_fail "PHP complained while it served the page"; }
