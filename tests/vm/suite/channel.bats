#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Door 3: taps, owners, modes, and what comes beside a message.

load lib/common

@test "options of the sockets, exclusive binds" {
	cases channel options exclusive
}

@test "taps see all and take nothing, and nobody waits for them" {
	cases channel taps taps_of_special_channels tap_limits
}

@test "credentials, time stamps, ioctls" {
	cases channel credentials time_stamps ioctls
}

@test "channels are configured, emptied, deleted" {
	cases channel configured bad_requests flush_lets_in
}

@test "modes: who may receive and who may send" {
	cases channel modes revoked modes_at_creation
}

@test "owners: who may change a channel" {
	cases channel owners owners_in_namespaces
}

@test "a cgroup with a limit cannot be escaped through a channel" {
	[ "$KCTL_KERNEL" != debug ] || skip "this kernel has no memory cgroups"
	cases channel memory_of_a_cgroup
}
