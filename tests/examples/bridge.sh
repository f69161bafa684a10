#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bridge.sh FROM TO CHANNEL: forward the messages on a channel of one network namespace
# to the same channel of another, until a signal. Channels do not cross namespaces, so
# each namespace has a process, and a pipe connects the two. In the pipe, a message is a
# line of hexadecimal digits, so it can contain any bytes.
set -eu

kctl -n "$1" proto recv --channel "$3" --follow --hex |
	kctl -n "$2" proto send --channel "$3" --hex --lines -
