# Apache workers and a CLI process share variables [--requests N] [--keep]; `slots`: workers on a scoreboard
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
