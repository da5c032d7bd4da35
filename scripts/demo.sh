# Apache workers share variables, a CLI process watches (--requests N, --keep); `demo slots`: a scoreboard of workers in slots
# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause

source "$root/scripts/lib/demo_httpd.sh"
case ${1:-} in
  slots)
    shift
    source "$root/scripts/lib/demo_slots.sh"
    ;;
  *) source "$root/scripts/lib/demo_traffic.sh" ;;
esac
