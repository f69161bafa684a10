#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bridge.sh FROM TO CHANNEL: pass what arrives on a channel of one network namespace on
# to the same channel of another, until a signal. Channels do not cross namespaces;
# processes do, and between the two here there is nothing but a pipe. Digits carry any
# message through it, a line each, whatever bytes are in it.
set -eu

kctl -n "$1" proto recv --channel "$3" --follow --hex |
	kctl -n "$2" proto send --channel "$3" --hex --lines -
