# SPDX-License-Identifier: GPL-2.0-or-later
#
# awk -f units.awk -f check.awk missed.tsv results.tsv NEW: compare the results NEW with the
# committed ones. Print the rows that miss their target, with the reason if missed.tsv has one,
# and the rows that became worse or better. Subjects without a row in NEW are ignored.
#
# Exit with 1 if a row misses its target and missed.tsv has no reason, is 2 % worse than before,
# is new, or is missing.

BEGIN {
	FS = "\t"
	margin = 2
	layout = "%-14s %s: %s%s\n"
}

function key()
{
	return $2 SUBSEP $4 SUBSEP $5
}

function name(row,    part)
{
	split(row, part, SUBSEP)
	return part[1] (part[3] == "-" ? "" : " (" part[3] ")")
}

function say(word, row, figure, why)
{
	printf layout, word, name(row), figure, why == "" ? "" : ": " why
}

function fail(word, row, figure, why)
{
	say(word, row, figure, why)
	failed++
}

function judge_target(row, figure)
{
	if ($9 != "MISSED")
		return
	figure = figure ", " limit($8, $4) ($8 ~ /x$/ ? " of " shown($6, $4) : "")
	if (row in reason) {
		say("MISSED (known)", row, figure, reason[row])
		known++
	} else {
		fail("MISSED", row, figure, "")
	}
}

# In whole numbers. Reaching the margin counts as worse; 0 is not worse than 0.
function worse(before, after)
{
	return after > before && 100 * after >= (100 + margin) * before
}

function judge_change(row, figure)
{
	if (!(row in was))
		fail("NEW", row, figure, "not in the committed results")
	else if (worse(was[row], $3))
		fail("WORSE", row, figure, sprintf("%.1f %% more than %s",
			($3 / was[row] - 1) * 100, shown(was[row], $4)))
	else if (worse($3, was[row]))
		say("BETTER", row, figure, "than " shown(was[row], $4) ", which is committed")
}

FNR == 1 {
	file++
}

file == 1 {
	if (!/^#/)
		reason[$1 SUBSEP $2 SUBSEP $3] = $4
	next
}

FNR == 1 {
	next
}

file == 2 {
	was[key()] = $3
	subject[key()] = $1
	next
}

{
	row = key()
	rows++
	now[row]
	measured[$1]
	judge_target(row, shown($3, $4))
	judge_change(row, shown($3, $4))
	if ((row in reason) && $9 != "MISSED")
		say("REACHED", row, shown($3, $4), "take it out of missed.tsv")
}

END {
	for (row in was)
		if ((subject[row] in measured) && !(row in now))
			fail("GONE", row, "it was not measured", "")
	printf "%d rows, %d known to miss their target, %d failed\n", rows, known, failed
	exit !rows || failed > 0
}
