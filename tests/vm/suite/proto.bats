#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Channels, call by call.

load lib/common

@test "types, protocols, unsupported calls, /proc/net/protocols" {
	cases proto sockets no_such_calls protocols
}

@test "addresses: bad ones, and those that calls return" {
	cases proto bad_addresses names
}

@test "bind and connect" {
	cases proto bind bind_to_any connect not_bound ephemeral
}

@test "every way to send and to receive" {
	cases proto ways_to_send ways_to_receive many_at_once io_of_other_kinds
}

@test "sizes: nothing to 1 MiB, short buffers" {
	cases proto sizes short_buffers
}

@test "flags, ancillary data, faults" {
	cases proto flags ancillary_data faults
}

@test "messages outlive their sender" {
	cases proto_wait persistence
}

@test "blocking, time limits, signals" {
	cases proto_wait blocking_receive blocking_send timeouts interrupted
}

@test "shutdown" {
	cases proto_wait shutdowns shutdown_of_both closed_by_another_thread
}

@test "poll and epoll" {
	cases proto_wait poll poll_before_messages epoll poll_to_receive_owes_senders_nothing
}

@test "room: what it lets in, and whom it wakes" {
	cases proto_room next_in_line message_that_waited room_for_what_was_refused one_by_one
}

@test "order, and competition for messages" {
	cases proto_wait order competition
}

@test "blocked processes are killed, channels come and go" {
	cases proto_wait killed killed_in_flight coming_and_going
}

@test "limits: messages, bytes, channels, memory" {
	cases proto_wait message_limit byte_limit channel_limit memory_limit
	cases proto crowd
}
