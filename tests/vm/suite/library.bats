#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The programs of the manual pages of libkctl, word for word.

load lib/common

example()
{
	"$(program "example-$1")"
}

there_is_a_watcher()
{
	[ "$(kctl -j watch list | jq length)" -eq 1 ]
}

@test "libkctl_store(3): an entry is written and read" {
	[ "$(example store)" = hello ]
	[ "$(kctl sockopt get --name motd)" = hello ]
	kctl sockopt delete --name motd
}

@test "libkctl_genl(3): the status and the channels" {
	kctl proto set --channel 7
	kctl proto send --channel 7 one
	run example genl
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == 'module '*', 1 channels' ]]
	[ "${lines[1]}" = "channel 7: 1 messages" ]
	kctl proto delete --channel 7
}

@test "libkctl_watch(3): the first packet ends the program" {
	start packet "$(program example-watch)"
	eventually there_is_a_watcher
	ping -c 1 -q 127.0.0.1
	ends 0 packet
	grep -q '^IPv4, 84 bytes$' packet
}

@test "libkctl_proto(3): a message to oneself" {
	[ "$(example proto)" = hello ]
}
