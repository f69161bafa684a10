#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What an attacker tried on netlink and the watch, by what it did.

load lib/common

@test "a request with an address needs the privilege of the opener, too" {
	cases attacks_watch requests_with_an_address
}

@test "a request has no group that opener or sender lacks" {
	cases attacks_watch borrowed_groups
}
