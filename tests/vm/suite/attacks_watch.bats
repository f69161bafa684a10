#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Attacks on netlink and the watch, named by their effect.

load lib/common

@test "a request with an address needs the privilege of the opener, too" {
	cases attacks_watch requests_with_an_address
}

@test "a request has no group that opener or sender lacks" {
	cases attacks_watch borrowed_groups
}

# needs MODULE…: skip the test on a kernel without one of them.
needs()
{
	local name
	for name; do
		modprobe -q "$name" || skip "this kernel has no $name"
	done
}

@test "in a VRF each packet is reported once" {
	needs vrf
	cases passes vrf vrf_with_queue
}

@test "with br_netfilter each packet is reported once, and those that are only bridged are not" {
	needs bridge br_netfilter
	cases passes bridge_before_watch bridge_after_watch bridge_in_vrf
}

@test "each packet of a macvlan interface is reported once" {
	needs macvlan
	cases passes macvlan
}

@test "multicasts, broadcasts and forwarded packets are reported once" {
	cases passes multicast broadcast forwarded
}
