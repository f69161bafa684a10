#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Channels compared with AF_UNIX datagrams, and many senders and receivers on one channel.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

@test "each call returns what an AF_UNIX datagram socket returns, or a listed difference" {
	cases conformance table
}

@test "the same through io_uring" {
	cases uring requests ring_of_a_dead_process
}

# spread COUNT [HOW…]: 8 senders and 8 receivers through a channel of 64 messages.
spread()
{
	local program
	program=$(program spread-64)
	sysctl -q net.kctl.channel_max_messages=64
	"$program" 64 "$(scaled "$1")" "${@:2}" >result || fail "$(<result)"
	sysctl -q net.kctl.channel_max_messages=1024
	cat result
}

@test "8 senders, 8 receivers, signals: each message once, in order, nobody starves" {
	spread 20000
	grep -qx '0 missing, 0 twice, 0 torn, 0 out of order, 0 failed, 0 starved' result
}

@test "the same with kill -9 of receivers: each takes one message with it at most" {
	spread 20000 receivers 50
	grep -qE '^[0-9]+ missing, 0 twice, 0 torn, [0-9]+ out of order, 0 failed, 0 starved$' result
}

@test "the same with kill -9 of senders: each message whole, once and in order, or not at all" {
	spread 20000 senders 50
	grep -qE '^[0-9]+ missing, 0 twice, 0 torn, 0 out of order, 0 failed, 0 starved$' result
}

@test "the same with faults of receivers: each message once" {
	spread 5000 faults
	grep -qE '^0 missing, 0 twice, 0 torn, [0-9]+ out of order, 0 failed, 0 starved$' result
}

@test "a copy that stops half-way goes on, fails, or ends with its process" {
	cases held go_back go_back_to_a_tap handed_on over_the_limit held_senders killed_while_held taken_over
}
