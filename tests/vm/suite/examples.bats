#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The programs in tests/examples.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	examples=$BATS_TEST_DIRNAME/../../examples
}

receivers_are()
{
	[ "$(kctl -j proto list | jq "map(select(.channel == $1)) | .[0].receivers // 0")" = "$2" ]
}

@test "a server and a client in C" {
	cp "$(program server)" "$(program client)" .
	start out ./server 7
	eventually receivers_are 7 1
	says 'HELLO, CHANNEL' ./client 7 'hello, channel'
	says 'AGAIN' ./client 7 again
	silent kctl proto send --channel 7 'from a socket that is not bound'
	silent kctl proto send --channel 7 ''
	ends 0 out
	[ ! -s out ]
	[ ! -s out.err ]
}

@test "a server in Python, and the client in C" {
	cp "$(program client)" .
	start adder "$examples/adder.py" 7
	eventually receivers_are 7 1
	says 42 ./client 7 '1 2 39'
	says 'not a number' ./client 7 'one two'
	silent kctl proto send --channel 7 ''
	ends 0 adder
	[ ! -s adder.err ]
}

@test "a pipeline between processes of two network namespaces" {
	ip netns add red
	ip netns add blue
	start bridge "$examples/bridge.sh" red blue 7
	printf 'a\0\n' | kctl -n red proto send --channel 7 -
	silent kctl -n red proto send --channel 7 ''
	silent kctl -n red proto send --channel 7 last
	kctl -n blue proto recv --channel 7 --count 3 --timeout 20 -0 |
		cmp - <(printf 'a\0\n\0\0last\0')
	refuses 5 '' kctl proto recv --channel 7 --timeout 0
	# When one half ends, the other one reaches the end of the pipe.
	kill "$(pgrep -f '^kctl -n red proto recv --channel 7 --follow')"
	ends 0 bridge
	ip netns delete red
	ip netns delete blue
}

@test "a worker in namespaces of its own, with only the socket it was passed" {
	start sandbox "$examples/sandbox.sh" 7 8
	eventually receivers_are 7 1
	silent kctl proto send --channel 7 'one message'
	silent kctl proto send --channel 7 $'and\nanother'
	says 'ONE MESSAGE' kctl proto recv --channel 8 --timeout 20
	says $'AND\nANOTHER' kctl proto recv --channel 8 --timeout 20
	local worker
	worker=$(pgrep -f '^perl -e syswrite')
	local kind
	for kind in user pid mnt ipc; do
		[ "$(readlink "/proc/$worker/ns/$kind")" != "$(readlink /proc/self/ns/$kind)" ]
	done
	[ "$(readlink "/proc/$worker/ns/net")" = "$(readlink /proc/self/ns/net)" ]
	silent kctl proto send --channel 7 ''
	ends 0 sandbox
	[ ! -s sandbox.err ]
}

# compiled NUMBER: compile this program of kctl(7).
compiled()
{
	local top=$BATS_TEST_DIRNAME/../../..
	"$top/tests/man-example" "$top/man/kctl.7" "$1" >"$1.c"
	gcc -Wall -Wextra -Werror -I "$top/kmod/uapi" -o "$1" "$1.c"
}

@test "kctl(7): the programs compile, and do what it says" {
	command -v gcc >/dev/null || skip 'no compiler'
	compiled 1
	refuses 1 'motd: No such file or directory' ./1
	kctl sockopt set --name motd 'hello, world'
	[ "$(./1)" = 'hello, world' ]
	kctl sockopt delete --name motd
	compiled 2
	silent ./2
	says hello kctl proto recv --channel 7
}

accepted()
{
	[ "$(sort mbox 2>/dev/null | tr -d '\n')" = "$1" ]
}

@test "a queue of mail that is sent again until it is accepted" {
	cat <<-'EOT' >sendmail
	#!/bin/bash
	# It accepts each mail only at the third attempt.
	[ "$*" = -t ] || exit 64
	subject=$(sed -n 's/^Subject: //p')
	echo "$subject" >>tried
	[ "$KCTL_DELIVERIES" -ge 3 ] || exit 75
	echo "$subject" >>mbox
	EOT
	chmod +x sendmail
	BACKOFF=0.05 start queue "$examples/mailqueue.sh" 25 ./sendmail
	eventually receivers_are 25 1
	local i
	for i in {1..5}; do
		printf 'To: root\nSubject: %s\n\nHello\n' "$i" | silent kctl proto send --channel 25 -
	done
	eventually accepted 12345
	stop TERM queue
	ends 143 queue
	[ "$(wc -l <tried)" = 15 ]
	[ "$(grep -c "'./sendmail' exited with status 75" queue.err)" = 10 ]
	[ "$(kctl -j proto list | jq -c 'map([.channel, .mode, .messages])')" = '[[25,"0622",0]]' ]
	silent kctl proto delete --channel 25
}
