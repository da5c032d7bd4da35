# SPDX-License-Identifier: BSD-3-Clause
# What the pictures share. Columns of the data: the place on the axis, shmpack, ext/sysvshm, APCu, Yac.

set encoding utf8
set terminal svg size 800,360 font 'DejaVu Sans,Arial,sans-serif,12' background rgb 'white'
set datafile separator '\t'
set datafile missing '?'
set border 3 linecolor rgb '#666666'
set tics nomirror out scale 0.5
# A row of marks with their names, at the foot of several panels.
set key at screen 0.5,0.05 center center horizontal reverse Left maxrows 1 samplen 2 width 0
set grid linetype 1 linewidth 0.5 linecolor rgb '#dddddd'
names = 'shmpack ext/sysvshm APCu Yac'
# Peers differ by colour and by form; shmpack's mark is the full one.
set linetype 1 linecolor rgb '#c02020' linewidth 2.5 pointtype 7 pointsize 0.9
set linetype 2 linecolor rgb '#1f5fa8' linewidth 1.5 pointtype 4 pointsize 0.8
set linetype 3 linecolor rgb '#d98200' linewidth 1.5 pointtype 8 pointsize 0.9
set linetype 4 linecolor rgb '#2a8a57' linewidth 1.5 pointtype 12 pointsize 0.9
