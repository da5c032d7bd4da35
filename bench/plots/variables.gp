# SPDX-License-Identifier: BSD-3-Clause
# Time of get and put of an int against the number of variables.

set terminal svg size 800,360
set logscale xy
set xrange [0.7:1500000]
set yrange [5:200000]
set xtics ('1' 1, '100' 100, '1,000' 1000, '20,000' 20000, '1 million' 1000000)
set ytics ('10 ns' 10, '100 ns' 100, '1 µs' 1000, '10 µs' 10000, '100 µs' 100000)
set xlabel 'variables' offset 0,0.5
set multiplot
set key off
set label 1 "shmpack, keys\nfrom all of them" at graph 0.99,0.66 right textcolor linetype 1 font ',11'
do for [panel=1:2] {
  operation = word('get put', panel)
  left = 0.09 + (panel - 1) * 0.46
  if (panel > 1) { set format y ''; set ytics ('' 10, '' 100, '' 1e3, '' 1e4, '' 1e5) }
  set lmargin at screen left
  set rmargin at screen left + 0.42
  set bmargin at screen 0.27
  set tmargin at screen 0.91
  set title operation.' of an int' offset 0,-0.5
  plot for [peer in drawn] data.'/'.operation.'_cached.tsv' using 1:(column(peer + 1)) with linespoints linetype peer + 0, \
       data.'/'.operation.'_all.tsv' using 1:2 with linespoints linetype 1 linewidth 1.5 dashtype '-' pointtype 6
}
unset label 1; unset title; unset grid; unset border; unset tics; unset logscale; unset xlabel
set lmargin at screen 0.0; set rmargin at screen 1.0; set bmargin at screen 0.0; set tmargin at screen 0.12
set xrange [0:1]; set yrange [0:1]
set key on
plot for [peer in peers] NaN with linespoints linetype peer + 0 title word(names, peer + 0)
unset multiplot
