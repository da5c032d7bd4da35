# SPDX-License-Identifier: BSD-3-Clause
# The 99th percentile of one reader's gets against the number of writers.

set terminal svg size 800,320
set logscale y
set xrange [-0.3:7.3]
set xtics (0, 1, 3, 7)
set yrange [5:*]
set ytics ('10 ns' 10, '100 ns' 100, '1 µs' 1000, '10 µs' 1e4, '100 µs' 1e5, '1 ms' 1e6, '10 ms' 1e7, '100 ms' 1e8)
set xlabel 'processes that write without a pause'
set title "one process reads: 99th percentile of a get"
set key default
set key outside right center vertical reverse Left samplen 2 width 1 spacing 1.4
plot for [peer in peers] data.'/readers.tsv' using 1:(column(peer + 1)) with linespoints linetype peer + 0 title word(names, peer + 0)
