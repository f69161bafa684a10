# SPDX-License-Identifier: GPL-2.0-or-later
#
# Print the rows that common.bash writes as a table, and write them to a file for programs, and
# the points of curves to another file. Needs units.awk. Exit with 1 if a subject failed or had
# no row. Missed targets are only reported: check.awk judges them.

BEGIN {
	FS = OFS = "\t"
	layout = "  %-42s %10s  %10s %-20s %8s %16s %-6s %s\n"
	print "subject", "name", "value", "unit", "peer", "peer_value", "ratio", "target",
		"verdict", "floor" >results
}

function verdict(value, peer_value, target)
{
	if (target == "-")
		return "-"
	return value <= (target ~ /x$/ ? target * peer_value : target + 0) ? "ok" : "MISSED"
}

function end_subject()
{
	if (subject != "" && !rows) {
		print "  no figure"
		failed++
	}
}

$1 == "subject" {
	end_subject()
	subject = $2
	rows = 0
	print subject
}

$1 == "row" {
	ratio = $6 == "-" ? "-" : sprintf("%.3f", $4 / $6)
	said = verdict($4, $6, $7)
	rows++
	above = $8 == "-" ? "" : sprintf("%.2fx the floor, %s", $4 / $8, shown($8, $3))
	printf layout, $2, shown($4, $3), shown($6, $3), $5 == "-" ? "" : $5,
		ratio == "-" ? "" : ratio "x", limit($7, $3), said == "-" ? "" : said, above
	print subject, $2, $4, $3, $5, $6, ratio, $7, said, $8 >results
	fflush()
}

$1 == "point" {
	rows++
	printf "  %-10s %-32s %8s %10s\n", $2, $3, $4, shown($5, "ns")
	print $2, $3, $4, $5 >points
	fflush()
}

$1 == "failed" {
	print "  failed"
	failed++
}

END {
	end_subject()
	exit failed > 0
}
