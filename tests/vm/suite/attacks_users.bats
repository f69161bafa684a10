#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What one user could take from others if all users may use channels.

load lib/common

@test "messages of one user leave room for others, those of all for root" {
	cases attacks_users messages_of_users messages_outlive_their_user
}

@test "sockets of one user are bounded" {
	cases attacks_users sockets_of_users
}

@test "channels of one user leave room for others, those of all for root" {
	cases attacks_users channels_of_users configured_channels_of_users
}

@test "unread messages of others do not blind a tap" {
	cases attacks_users taps_beside_full_channels
}

@test "taps hold a bounded part of what others send" {
	cases attacks_users taps_of_users taps_hold_what_was_received
}

@test "places on a channel remain for its owner and for root" {
	cases attacks_users places dismissed
}

@test "an exclusive receiver does not keep out those with more rights" {
	cases attacks_users exclusive_receivers
}

@test "the number of a closed client cannot be taken" {
	cases attacks_users number_of_a_closed_client
}

@test "the tool warns of a channel that belongs to another user" {
	cases attacks_users owner_of_a_channel
	sysctl -q net.kctl.unprivileged=1
	nobody kctl proto set --channel 5 --mode 0622
	says 'kctl: proto send: warning: channel 5 belongs to user nobody' \
		kctl proto send --channel 5 --repeat 2 abc
	silent kctl -q proto send --channel 5 abc
	silent nobody kctl proto send --channel 5 abc
	kctl proto recv --channel 5 --count 4 >out 2>err
	[ "$(<err)" = 'kctl: proto recv: warning: channel 5 belongs to user nobody' ]
	silent kctl proto set --channel 6 --mode 0622
	silent nobody kctl proto send --channel 6 abc
	sysctl -q net.kctl.unprivileged=0
	kctl proto delete --channel 5
	kctl proto delete --channel 6
}

@test "a user who does the worst leaves root able to work" {
	KCTL_WORST_USER_PROGRAM=$(program worst-user)
	export KCTL_WORST_USER_PROGRAM
	cases worst_user worst_user
}
