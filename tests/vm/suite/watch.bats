#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Door 2, packet by packet.

load lib/common

@test "both families, both directions, byte by byte" {
	cases watch pings raw_bytes
}

@test "filters: each watcher gets exactly what it asked for" {
	cases watch filters types
}

@test "snap lengths, and the largest packets" {
	cases watch snaplens largest_packets
}

@test "received + lost == matched == sent" {
	cases watch losses losses_in_between start_again
}

@test "fragments, cut and malformed packets" {
	cases watch fragments strange arriving
}

@test "watchers that are killed, watches that begin and end under load" {
	cases watch killed start_and_stop_under_load
}
