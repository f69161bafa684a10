#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/bench/check.awk, which make bench-check uses to check results.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

# row FILE VALUE NAME [TARGET VERDICT [SUBJECT]]: add a row whose peer takes 2000 ns.
row()
{
	printf '%s\t%s\t%s\tns\tpeer\t2000\t-\t%s\t%s\t-\n' \
		"${6-store}" "$3" "$2" "${4--}" "${5--}" >>"$BATS_TEST_TMPDIR/$1"
}

# both VALUE NAME [TARGET VERDICT]: add the same row to both files.
both()
{
	row was "$@"
	row now "$@"
}

# reason NAME UNIT PEER REASON: add the reason why a row misses its target.
reason()
{
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$BATS_TEST_TMPDIR/missed"
}

# check OUTPUT…: the check of the files prints this, with the sum at the end.
check()
{
	cd "$BATS_TEST_DIRNAME/../bench" || return
	run --separate-stderr awk -f units.awk -f check.awk "$BATS_TEST_TMPDIR"/{missed,was,now}
	diff <(printf '%s\n' "$@") <(echo "$output")
	[ -z "$stderr" ]
}

setup()
{
	local file
	echo '# why' >"$BATS_TEST_TMPDIR/missed"
	reason known ns peer 'it is slow'
	for file in was now; do
		printf 'subject\tname\tvalue\n' >"$BATS_TEST_TMPDIR/$file"
	done
}

@test "rows that are as they were pass, and less than 2 % worse or better" {
	both 1000 get 1x ok
	row was 1000 set && row now 1019 set
	row was 1000 list && row now 981 list
	check '3 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 0 ]
}

@test "a row that is 2 % worse fails, and is named" {
	row was 1000 set && row now 1020 set
	both 1000 get
	check 'WORSE          set (peer): 1.02 us: 2.0 % more than 1.00 us' \
		'2 rows, 0 known to miss their target, 1 failed'
	[ "$status" -eq 1 ]
}

@test "a row that is 2 % better is named, and passes" {
	row was 1020 set && row now 1000 set
	check 'BETTER         set (peer): 1.00 us: than 1.02 us, which is committed' \
		'1 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 0 ]
}

@test "a target that is missed fails, and is named" {
	both 1500 set 0.5x MISSED
	both 1500 get 1200 MISSED
	check 'MISSED         set (peer): 1.50 us, at most 0.5x of 2.00 us' \
		'MISSED         get (peer): 1.50 us, at most 1.20 us' \
		'2 rows, 0 known to miss their target, 2 failed'
	[ "$status" -eq 1 ]
}

@test "a target that is known to be missed is named with the reason, and passes" {
	both 1500 known 1200 MISSED
	check 'MISSED (known) known (peer): 1.50 us, at most 1.20 us: it is slow' \
		'1 rows, 1 known to miss their target, 0 failed'
	[ "$status" -eq 0 ]
}

@test "a target that is known to be missed fails if the row gets worse" {
	row was 1500 known 1200 MISSED && row now 1600 known 1200 MISSED
	check 'MISSED (known) known (peer): 1.60 us, at most 1.20 us: it is slow' \
		'WORSE          known (peer): 1.60 us: 6.7 % more than 1.50 us' \
		'1 rows, 1 known to miss their target, 1 failed'
	[ "$status" -eq 1 ]
}

@test "the reason is that of one unit and one peer" {
	reason set ns another 'it is slow'
	reason set bytes peer 'it is large'
	both 1500 set 1200 MISSED
	check 'MISSED         set (peer): 1.50 us, at most 1.20 us' \
		'1 rows, 0 known to miss their target, 1 failed'
	[ "$status" -eq 1 ]
}

@test "a target that was known to be missed and is reached is named, and passes" {
	both 1100 known 1200 ok
	check 'REACHED        known (peer): 1.10 us: take it out of missed.tsv' \
		'1 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 0 ]
}

@test "a row that is new and a row that is gone fail" {
	both 1000 get
	row was 1000 set
	row now 1000 list
	check 'NEW            list (peer): 1.00 us: not in the committed results' \
		'GONE           set (peer): it was not measured' \
		'2 rows, 0 known to miss their target, 2 failed'
	[ "$status" -eq 1 ]
}

@test "nothing is said of subjects that were not measured" {
	both 1000 get
	row was 1000 ping - - crowd
	check '1 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 0 ]
}

@test "results without a row, and no results at all, fail" {
	row was 1000 get
	check '0 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 1 ]
	: >"$BATS_TEST_TMPDIR/now"
	check '0 rows, 0 known to miss their target, 0 failed'
	[ "$status" -eq 1 ]
}

# Needs no guest: the rows that miss their target are exactly those of missed.tsv.
@test "the committed results pass, and each reason is that of a row" {
	local reasons
	cd "$BATS_TEST_DIRNAME/../bench" || return
	reasons=$(grep -vc '^#' missed.tsv)
	run --separate-stderr awk -f units.awk -f check.awk missed.tsv results.tsv results.tsv
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == *" rows, $reasons known to miss their target, 0 failed" ]]
}
