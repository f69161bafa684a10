# SPDX-License-Identifier: GPL-2.0-or-later
#
# gnuplot -e "points='growth.tsv'; chart='growth.svg'" growth.gnuplot: draw the points of the
# subject growth, a panel for each chart. Both axes are logarithmic; a point at 0 is drawn left
# of the scale.

set terminal svg size 900,960 font "sans,12" background "white"
set output chart
set datafile separator "\t"
set datafile missing NaN
set multiplot layout 3,2 margins 0.08,0.98,0.06,0.96 spacing 0.09,0.085

set logscale xy
set format y "%g µs"
set grid xtics ytics lt 1 lw 0.5 lc "#dddddd"
set key top left reverse Left
set border 3
set tics nomirror
set style data linespoints
set linetype 1 lc "#1f4e9c" lw 2 pt 7 ps 0.5
set linetype 2 lc "#c0392b" lw 2 pt 5 ps 0.5
set linetype 3 lc "#7f8c8d" lw 2 pt 9 ps 0.5

x(n) = n == 0 ? 0.5 : n
of(panel, curve) = stringcolumn(1) eq panel && stringcolumn(2) eq curve ? $4 / 1000 : NaN

set xtics (1, 16, 256, 4096, 65536)
set title "one call, by entries of the store"
plot [0.7:100000] [1:100] points using (x($3)):(of("entries", "get")) title "get", \
	points using (x($3)):(of("entries", "set")) title "set"

set title "restore, per entry, by entries"
plot [0.7:100000] [1:20000] points using (x($3)):(of("entries", "restore")) title "restore"

set title "send and receive 64 bytes, by channels"
plot [0.7:100000] [1:100] points using (x($3)):(of("channels", "send and receive")) \
	title "send and receive"

set title "send and receive 64 bytes, by messages"
plot [0.7:100000] [1:100] \
	points using (x($3)):(of("depth", "behind messages that wait")) title "behind waiting ones", \
	points using (x($3)):(of("depth", "beside messages that are held")) \
		title "held and settled, beside held ones"

set xtics ("0" 0.5, "64 B" 64, "1 KiB" 1024, "64 KiB" 65536, "1 MiB" 1048576)
set title "send and receive, by size of the message"
plot [0.4:2000000] [1:10000] points using (x($3)):(of("size", "kctl")) title "kctl", \
	points using (x($3)):(of("size", "AF_UNIX datagram")) title "AF\\_UNIX datagram", \
	points using (x($3)):(of("size", "the floor")) title "the floor"

set xtics ("0" 0.5, 1, 4, 16, 64, 256, 1024)
set title "ping over lo, by watchers"
plot [0.4:2000] [1:20000] points using (x($3)):(of("watchers", "all match")) title "all match", \
	points using (x($3)):(of("watchers", "none matches")) title "none matches"
