# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# The demo of slots: each worker of a private httpd keeps its state in a slot, and a CLI process draws the board. It kills one
# worker, and finds and reclaims that worker's slot. Ends by itself.

[[ $# -eq 0 ]] || fail "demo: slots takes no options"

demo_set_up
# The workers make the table, in a folder that they own.
demo_shared=$demo_folder/shared
mkdir -m 700 "$demo_shared"
[[ $(id -u) -ne 0 ]] || chown www-data "$demo_shared"
demo_table=$demo_shared/scoreboard
# shellcheck disable=SC2034 # demo_start_httpd reads it
demo_modules=("$demo_extension")

# With 5 spare workers wanted, httpd replaces the killed one.
demo_start_httpd slots "$demo_table" 5 worker.php scoreboard.php
demo_say "$(demo_httpd_version) with shmpack on 127.0.0.1:$demo_port; the slots are in $demo_table"
echo

"$php" -n "$root/demo/visitors.php" --port "$demo_port" --at-once 6 --stop "$demo_home/stop" --out "$demo_home/visitors.json" &
demo_visitors=$!
demo_note_process "$demo_visitors"

# In the background and waited for, because a signal interrupts `wait` at once.
"${demo_php[@]}" "$root/demo/board.php" --table "$demo_table" --httpd "$demo_httpd" --out "$demo_home/board.json" &
demo_board=$!
demo_note_process "$demo_board"
demo_status=0
wait "$demo_board" || demo_status=$?
unset "demo_running[$demo_board]"
[[ $demo_status -eq 0 ]] || demo_fail "the board did not show what it should (see above)"

: >"$demo_home/stop"
wait "$demo_visitors" || demo_status=$?
unset "demo_running[$demo_visitors]"
[[ $demo_status -eq 0 ]] || demo_fail "not every visitor was answered (see above)"
demo_no_complaints
demo_stop_httpd

demo_say "Summary"
"${demo_php[@]}" "$root/demo/board_check.php" --table "$demo_table" --board "$demo_home/board.json" \
  --visitors "$demo_home/visitors.json" || demo_fail "the slots do not agree with what happened (see above)"

demo_left=$(ls -A "$demo_shared")
[[ -z $demo_left ]] || demo_fail "files are left: $demo_left"
# shellcheck disable=SC2046 # one word per worker
demo_nothing_left $(grep -oE '"[0-9]+":' "$demo_home/visitors.json" | tr -d '":')
rm -rf "$demo_folder"
echo
echo "Everything is stopped; no process, file or IPC object is left."
