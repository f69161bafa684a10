#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Lengths, pointers and attributes, good and bad, of every call.

load lib/common

setup()
{
	KCTL_HAND_PROGRAMS=$(dirname "$(program hand-64)")
	export KCTL_HAND_PROGRAMS
}

@test "input: every length and pointer, from 32 and from 64 bits" {
	cases lengths puts tables_are_complete
}

@test "output: every length and pointer, and no byte too many" {
	cases lengths gets
}

@test "data: every length and pointer of a message" {
	cases lengths data
}

@test "attributes: each one missing, short, long, repeated, nested, unknown" {
	cases attributes matrix missing matrix_is_complete
}

@test "bad netlink headers, and the padding of answers" {
	cases attributes headers no_byte_too_many
}
