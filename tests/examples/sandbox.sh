#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sandbox.sh IN OUT: convert each message of channel IN to upper case, and send it to
# channel OUT. An empty message ends the program. It runs in its own user, PID, mount
# and IPC namespaces, where it can neither create such a socket nor reach a process
# outside. The socket is its standard input and output: each sysread takes a message,
# and each syswrite sends one.
set -eu

# shellcheck disable=SC2016 # $m is a Perl variable
exec kctl proto bind --channel "$1" --to "$2" -- \
	unshare --user --pid --mount --ipc --fork \
	perl -e 'syswrite STDOUT, uc $m while sysread STDIN, $m, 1048576'
