#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Channels: taps, owners, modes, and the ancillary data of a message.

load lib/common

@test "options of the sockets, exclusive binds" {
	cases channel options exclusive
}

@test "taps see every message, take none, and block nobody" {
	cases channel taps tap_that_sends taps_of_special_channels tap_limits
}

@test "credentials, time stamps, ioctls" {
	cases channel credentials passcred time_stamps time_stamp_after_a_wait ioctls
}

@test "totals and ages of what came, waits and went" {
	cases totals received dead_letters room ages
}

@test "channels are configured, flushed, deleted" {
	cases channel configured bad_requests flush_lets_in
}

@test "names of channels: given, found, refused, one namespace each" {
	cases channel_name life taken valid_and_not rights namespaces many together
}

@test "modes: permission to receive and to send" {
	cases channel_owner modes revoked unprivileged_is_revoked modes_at_creation
}

@test "owners: permission to change a channel" {
	cases channel_owner owners owners_in_namespaces own_channels privilege_is_used_only_where_it_is_needed
}

life_of_a_channel()
{
	kctl proto send --channel 7 hello
	kctl proto recv --channel 7
	kctl proto set --channel 7 --mode 640
	kctl proto delete --channel 7
	cases channel tap_limits
}

@test "tracepoints kctl:channel_*" {
	cd "$BATS_TEST_TMPDIR"
	traced seen life_of_a_channel
	grep 'channel_create: number=7 uid=0 gid=0 mode=0600' seen
	grep 'channel_send: number=7 from=0 size=5 seq=0' seen
	grep 'channel_receive: number=7 from=0 size=5 seq=0' seen
	grep 'channel_set: number=7 uid=0 gid=0 mode=0640' seen
	grep 'channel_end: number=7 uid=0 gid=0 mode=0640' seen
	grep 'channel_drop: number=5 size=1000 seq=[0-9]* drops=1' seen
}

@test "a cgroup with a limit cannot be escaped through a channel" {
	cases channel memory_of_a_cgroup
}
