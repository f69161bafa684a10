#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The socket options of the store, call by call.

load lib/common

@test "setsockopt: every length and pointer of every option" {
	cases sockopt set_lengths set_pointers
}

@test "getsockopt: every length and pointer of every option, and no byte too many" {
	cases sockopt get_lengths get_pointers huge_optlen
}

@test "unknown options, and sockets of other families" {
	cases sockopt options_without_a_name sockets
}

@test "bad names, unknown flags, fields that must be zero" {
	cases sockopt bad_names names_that_resemble bad_members
}

@test "values of every byte and size, members of entries and of the store" {
	cases sockopt values entries many_entries
}

@test "compare-and-set, CREATE, delete" {
	cases sockopt generations create
}

@test "tables: bad ones, limits, compare-and-set" {
	cases sockopt_table tables limits generations
}

@test "limits: a change above them is refused and changes nothing" {
	cases sockopt entry_limit byte_limit
}

@test "writers lose nothing, readers see whole values" {
	cases sockopt_together writers_lose_nothing readers_see_whole_values
}
