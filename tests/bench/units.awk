# SPDX-License-Identifier: GPL-2.0-or-later

# Format a figure for people: a time has one to three digits and a unit.
function shown(value, unit,    i, n, units)
{
	if (value == "-")
		return ""
	if (unit != "ns")
		return value " " unit
	n = split("ns us ms s", units, " ")
	for (i = 1; i < n && value >= 1000; i++)
		value /= 1000
	return sprintf(i == 1 ? "%d %s" : value < 10 ? "%.2f %s" : "%.1f %s", value, units[i])
}

function limit(target, unit)
{
	if (target == "-")
		return ""
	return "at most " (target ~ /x$/ ? target : shown(target, unit))
}
