#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The generic netlink family, message by message.

load lib/common

@test "messages that are no request, bad attributes, extended acks" {
	cases netlink requests attributes words
}

@test "the status, number by number, and the limits" {
	cases netlink status_values limits
}

@test "start, stop, close; twice, and in the wrong order" {
	cases netlink watcher_life watcher_limit receive_buffers_limit
}

@test "dumps of many channels, and of channels that come and go" {
	cases netlink channels_listed channels_listed_meanwhile sockets_listed lists_in_messages_of_any_size
}
