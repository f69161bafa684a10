#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two calls on one object from two threads, each pair for a short time; `make races`
# runs longer.

load lib/common

setup()
{
	KCTL_RACES_PROGRAM=$(program races)
	export KCTL_RACES_PROGRAM
	[ -z "${KCTL_DEBUG-}" ] || export KCTL_RACE_STEP=5
}

@test "races: two calls on a socket, its channel and its requests" {
	cases races channel
}

@test "races: two calls on a store, and memory that changes during a call" {
	cases races store memory
}

@test "races: start, stop, close and a flood; a namespace that ends" {
	cases races watch namespace
}

@test "races: every interface while the module is unloaded and loaded" {
	cases races module
}
