#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Regression tests, named after the bugs.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

@test "records of a closing watcher reach no socket that takes its port over" {
	cases regressions port_of_a_closing_watcher
}

@test "messages of few records take little of a receive buffer" {
	cases regressions sparse_messages_fill_the_buffer
}

@test "several pages that are spliced into a channel arrive as they are" {
	cases regressions splice_of_several_pages
}

@test "setsockopt through a BPF program of a cgroup is no overflow" {
	dmesg --clear
	cases regressions setsockopt_through_a_bpf_program
	[ "$(dmesg | grep -cE 'memcpy|overflow|WARNING')" = 0 ]
}
