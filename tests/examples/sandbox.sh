#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sandbox.sh IN OUT: turn each message of channel IN into capitals, and send it to
# channel OUT; the empty message ends it. The work is done by a process in user, PID,
# mount and IPC namespaces of its own, where it could neither make such a socket nor
# reach anybody outside. It was given one, as standard input and output: each sysread
# takes a message, and each syswrite sends one.
set -eu

# shellcheck disable=SC2016 # $m is perl's
exec kctl proto bind --channel "$1" --to "$2" -- \
	unshare --user --pid --mount --ipc --fork \
	perl -e 'syswrite STDOUT, uc $m while sysread STDIN, $m, 1048576'
