#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Attacks, named by their effect.

load lib/common

@test "stopped watchers slow down neither packets nor other watchers" {
	cases attacks stopped_watchers
}

@test "records are charged to the cgroup that started the watch" {
	cases attacks records_are_charged
}

@test "taps pay for taps: a sender beside many is not killed" {
	cases attacks taps_pay_for_taps
}

@test "what a process makes is charged to its cgroup" {
	cases attacks charged_to_the_caller
}

@test "lowered limits of the host are those of new namespaces" {
	cases attacks limits_of_the_host
}
