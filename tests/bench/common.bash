# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Functions of the subjects. They run in a guest whose clock counts instructions: the
# same work takes the same time on any machine, however loaded.
#
# A subject is an executable file in tests/bench: it loads this file, measures, and
# calls row for each figure. Programs that it needs are tests/bench/*.c, each built as
# one static program, $programs/NAME.

set -euo pipefail

programs=$KCTL_BENCH

# ---- programs in memory ----------------------------------------------------

# Reading a program from the disk of the guest takes longer than its work. So the measured
# programs and their libraries are in a separate root in memory.
root=/run/bench

# into_memory PROGRAM…: copy programs from PATH, which are then called by their names.
into_memory()
{
	local program path
	mkdir -p $root/bin $root/etc $root/tmp $root/run $root/var/lib
	[ -d $root/proc ] || { mkdir $root/proc && mount -t proc proc $root/proc; }
	cp /etc/ld.so.cache /etc/passwd /etc/group /etc/protocols /etc/ethertypes $root/etc/ 2>/dev/null || :
	for program; do
		path=$(command -v "$program")
		cp -L "$path" "$root/bin/$program"
		ldd "$path" | grep -o '/[^ ]*' | xargs -r cp -L --parents -n -t $root
	done
}

# took CMD [ARG…]: print the ns from the start of a program in memory to its exit. Paths are
# relative to $root.
took()
{
	"$programs/spawn" $root "/bin/$1" "${@:2}"
}

# store_file COUNT [SIZE]: print a saved store with values of 64 or SIZE bytes.
store_file()
{
	awk -v count="$1" -v format="name/%06d \"%0${2-64}d\"\n" 'BEGIN {
		print "%kctl-store 1"
		for (i = 0; i < count; i++)
			printf format, i, i
		print "%end " count
	}'
}

# addresses COUNT FORMAT: print COUNT lines with addresses in place of the %d.%d.%d of FORMAT.
addresses()
{
	awk -v count="$1" -v format="$2" 'BEGIN {
		for (i = 0; i < count; i++)
			printf format "\n", i / 65536, i / 256 % 256, i % 256
	}'
}

# ---- figures ---------------------------------------------------------------

# figures TIMES CMD…: run CMD, which prints a figure, and print all figures, the smallest
# first. The first run is dropped, because it includes work that is done once. Nothing else runs
# beside CMD, because there is one CPU.
figures()
{
	local times=$1 i
	local -a all=()
	shift
	for ((i = 0; i <= times; i++)); do
		all[i]=$("$@")
	done
	printf '%s\n' "${all[@]:1}" | sort -n
}

# median TIMES CMD…: print the median.
median()
{
	figures "$@" | sed -n "$(($1 / 2 + 1))p"
}

# least TIMES CMD…: print the smallest figure. For whole processes: sometimes the kernel does
# other work in between, and only the smallest figure is the same in each guest.
least()
{
	figures "$@" | sed -n 1p
}

# on_floor CMD…: run CMD while the module floor is loaded, which has the minimum cost of calls
# like those of kctl. It is not loaded for other figures, because each module with options at
# SOL_IP slows down those of others.
on_floor()
{
	insmod "$programs/floor.ko"
	"$@"
	rmmod floor
}

# row NAME UNIT VALUE [PEER VALUE [TARGET [FLOOR]]]: report a figure beside that of a peer.
# TARGET is the limit of VALUE: a multiple of the value of the peer (0.15x), or a number in the
# same unit (5500). FLOOR is the figure of on_floor. A missing argument is -. Times are whole
# numbers of ns, and are shown in a suitable unit.
row()
{
	[ -n "$3" ] && [ -n "${5-none}" ] && [ -n "${7-none}" ] ||
		{ echo "no figure: $1" >&2 && return 1; }
	printf 'row\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:--}" "${5:--}" \
		"${6:--}" "${7:--}"
}

# point CHART CURVE X NS: report a point of a curve, instead of a row.
point()
{
	[ -n "$4" ] || { echo "no figure: $1, $2, $3" >&2 && return 1; }
	printf 'point\t%s\t%s\t%s\t%s\n' "$@"
}
