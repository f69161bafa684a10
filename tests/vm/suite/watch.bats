#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The watch, packet by packet.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

@test "both families, both directions, byte by byte" {
	cases watch pings raw_bytes
}

@test "records from before and after the clock was set" {
	cases watch clock_is_set
}

@test "filters: each watcher gets exactly the packets of its filter" {
	cases watch filters types
}

@test "snap lengths, and the largest packets" {
	cases watch snaplens largest_packets
}

@test "received + lost == matched == sent" {
	cases watch losses losses_in_between lost_in_batches
	cases watch socket_filter_is_not_run start_again
	cases watcher larger_buffer_later
}

@test "fragments, cut and malformed packets" {
	cases watch fragments strange arriving
}

@test "watchers that are killed, watches that begin and end under load" {
	cases watch killed start_and_stop_under_load
}

@test "hooks: only those that a watcher needs" {
	cases watcher hooks
}

@test "netfilter lists the hooks only while somebody watches" {
	nft list hooks >before
	start out kctl watch icmp
	eventually watchers_are 1
	nft list hooks >meanwhile
	stop TERM out
	ends 143 out
	# 6.1 does not list the hooks; there, check their number in the status.
	[ -s meanwhile ] || skip "this kernel does not list hooks"
	nft list hooks >after
	[ "$(grep -c 'kctl_watch_hook.*\[kctl\]' meanwhile)" = 4 ]
	[ "$(grep -c kctl_watch_hook4 meanwhile)" = 2 ]
	grep -q -- '-2147483648 kctl_watch_hook4' meanwhile
	grep -q -- '+2147483647 kctl_watch_hook4' meanwhile
	cmp before after
	[ "$(grep -c '\[kctl\]' after)" = 0 ]
}

@test "filters by interface, address and code; samples" {
	cases watcher filters prefixes codes samples
}

@test "a lone packet is delivered at once, a flood in few messages" {
	cases watcher alone gathered flood
}

@test "the list of watchers" {
	cases watcher listed many_listed
}

@test "veth, VLAN, bridge; forwarded; renamed and removed" {
	cases watcher devices forwarded renamed_and_removed
}

@test "1,000 watchers that are started and killed leave nothing" {
	cases watcher killed_often
}

@test "watchers that come, go and are listed under load" {
	cases watcher churn
}

@test "tracepoints kctl:icmp_*" {
	traced seen cases watcher traced
	grep -E 'icmp_match: port=[0-9]+ seq=1 ifindex=1 hook=out4 type=8 code=0' seen
	grep -E 'icmp_match: port=[0-9]+ seq=4 ifindex=1 hook=in4 type=0 code=0' seen
	grep -E 'icmp_lost: port=[0-9]+ matched=[0-9]+ records=1' seen
}
