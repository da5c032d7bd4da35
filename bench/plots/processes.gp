# SPDX-License-Identifier: BSD-3-Clause
# Calls per second of all processes together: a row for each kind of value, a panel for each mix of gets and puts.

set terminal svg size 800,520
set logscale x 2
set xrange [0.85:9.4]
set xtics (1, 2, 4, 8)
set grid ytics
set multiplot
set key off
do for [row=1:2] {
  value = word('int fields', row)
  foot = row == 1 ? 0.59 : 0.17
  what = row == 1 ? 'int' : 'array of 20 fields'
  set label 1 what."\nmillion calls/s" at screen 0.02,foot + 0.165 center rotate
  set bmargin at screen foot
  set tmargin at screen foot + 0.33
  # The same for all panels of a row.
  set yrange [0:(row == 1 ? most_int : most_fields) * 1.05 / 1e6]
  if (row == 2) { set xlabel 'processes' offset 0,0.5 } else { unset xlabel }
  do for [panel=1:words(mixes)] {
    left = 0.095 + (panel - 1) * 0.90 / words(mixes)
    set lmargin at screen left
    set rmargin at screen left + 0.90 / words(mixes) - 0.025
    mix = word(mixes, panel)
    if (row == 1) { set title (mix eq 'reads_only' ? 'reads only' : mix.' get/put') offset 0,-0.3 } else { unset title }
    set format y (panel == 1 ? '%g' : '')
    plot for [peer in drawn] data.'/'.value.'_mix_'.(panel - 1).'.tsv' using 1:(column(peer + 1)/1e6) with linespoints linetype peer + 0
    # Once a row is enough.
    unset label 1
  }
}
unset title; unset grid; unset border; unset tics; unset logscale; unset xlabel
set lmargin at screen 0.0; set rmargin at screen 1.0; set bmargin at screen 0.0; set tmargin at screen 0.12
set xrange [0:1]; set yrange [0:1]
set key on
plot for [peer in peers] NaN with linespoints linetype peer + 0 title word(names, peer + 0)
unset multiplot
