# SPDX-License-Identifier: BSD-3-Clause
# Three panels: put, get, get after a change; a row per kind of value, a mark per peer.

set terminal svg size 800,340
set logscale x
set xrange [5:500000]
set yrange [5.6:-0.6]
set xtics ('10 ns' 10, '100 ns' 100, '1 µs' 1e3, '10 µs' 1e4, '100 µs' 1e5)
set grid xtics ytics
set multiplot
set key off
bottom = 0.20
top = 0.90
do for [panel=1:3] {
  operation = word('put get changed', panel)
  left = 0.115 + (panel - 1) * 0.297
  set lmargin at screen left
  set rmargin at screen left + 0.275
  set bmargin at screen bottom
  set tmargin at screen top
  set title (panel == 1 ? 'put' : panel == 2 ? 'get, unchanged' : 'get, changed by another') offset 0,-0.5
  if (panel > 1) { set format y ''; set ytics ('' 0, '' 1, '' 2, '' 3, '' 4, '' 5) }
  file = data.'/'.operation.'.tsv'
  if (panel == 1) {
    plot for [peer in drawn] file using (column(peer + 1)):0:yticlabels(1) with points linetype peer + 0 pointsize 1.1
  } else {
    plot for [peer in drawn] file using (column(peer + 1)):0 with points linetype peer + 0 pointsize 1.1
  }
}
# The key, below all panels.
unset title; unset grid; unset border; unset tics; unset logscale
set lmargin at screen 0.0; set rmargin at screen 1.0; set bmargin at screen 0.0; set tmargin at screen 0.12
set xrange [0:1]; set yrange [0:1]
set key on
plot for [peer in peers] NaN with points linetype peer + 0 pointsize 1.1 title word(names, peer + 0)
unset multiplot
