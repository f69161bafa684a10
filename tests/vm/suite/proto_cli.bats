#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands of the channels, with the module behind them.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

messages_are()
{
	[ "$(kctl -j proto list | jq "map(select(.channel == $1)) | .[0].messages // 0")" = "$2" ]
}

bound()
{
	kctl -j proto list | jq -e "any(.channel == $1 and .receivers == $2)" >/dev/null
}

@test "send --lines and recv --count: as many messages as lines, in order" {
	seq 1000 >lines
	silent kctl proto send --channel 9 --lines --file lines
	messages_are 9 1000
	kctl proto recv --channel 9 --count 1000 | cmp - lines
	printf 'a\n\nlast' | silent kctl proto send --channel 9 --lines -
	messages_are 9 3
	kctl proto recv --channel 9 --count 3 -0 | cmp - <(printf 'a\0\0last\0')
}

@test "send --lines sends a line as soon as it is there" {
	mkfifo lines
	start send kctl proto send --channel 9 --lines --file lines
	exec 7>lines
	echo first >&7
	eventually messages_are 9 1
	printf 'half ' >&7
	says first kctl proto recv --channel 9 --timeout 10
	messages_are 9 0
	echo line >&7
	says 'half line' kctl proto recv --channel 9 --timeout 10
	exec 7>&-
	ends 0 send
}

@test "hexadecimal goes both ways, whatever the bytes" {
	head -c 5000 /dev/urandom >bytes
	od -An -v -tx1 bytes >digits
	silent kctl proto send --channel 9 --hex --file digits
	kctl proto recv --channel 9 --raw | cmp - bytes
	: >none
	for file in bytes none bytes; do
		silent kctl proto send --channel 9 --file $file
	done
	kctl proto recv --channel 9 --hex --count 3 >hex
	kctl proto send --channel 9 --hex --lines - <hex
	cat bytes none bytes | cmp - <(kctl proto recv --channel 9 --raw --count 3)
	refuses 2 "character 3 is 'g', no digit" kctl proto send --channel 9 --hex 61g0
	printf '61\n6' >digits
	refuses 1 "'digits': the last byte lacks its second digit" \
		kctl proto send --channel 9 --hex --file digits
	refuses 1 "line 2 of 'digits': the last byte" \
		kctl proto send --channel 9 --hex --lines --file digits
	says a kctl proto recv --channel 9
}

@test "send --repeat, and how far it got" {
	silent kctl proto send --channel 9 --repeat 1024 x
	refuses 5 'is full' kctl proto send --channel 9 --nonblock --repeat 5 y
	kctl proto recv --channel 9 --count 3 >out
	refuses 5 'is full (3 messages were sent)' \
		kctl proto send --channel 9 --nonblock --repeat 5 y
	refuses 5 'stayed full for 0.1 s' kctl proto send --channel 9 --timeout 0.1 --repeat 5 y
	kctl proto recv --channel 9 --count 1024 >out
	[ "$(grep -c x out) $(grep -c y out)" = '1021 3' ]
}

@test "send --interval keeps its pace, and a signal ends it between two messages" {
	local begin=${EPOCHREALTIME/./} took
	silent kctl proto send --channel 9 --repeat 5 --interval 0.1 x
	took=$((${EPOCHREALTIME/./} - begin))
	[ $took -ge 400000 ]
	[ $took -lt 4000000 ]
	kctl proto recv --channel 9 --count 5 >out
	local signal status
	while read -r signal status; do
		start send kctl proto send --channel 9 --repeat 1000 --interval 1000 x
		eventually messages_are 9 1
		stop "$signal" send
		ends "$status" send
		[ ! -s send.err ]
		says x kctl proto recv --channel 9
	done <<<$'INT 130\nTERM 143'
	messages_are 9 0
}

@test "recv prints what is there although more is to come" {
	start recv kctl proto recv --channel 9 --follow
	eventually bound 9 1
	for i in {1..200}; do
		echo "$i"
	done >lines
	silent kctl proto send --channel 9 --lines --file lines
	eventually grep -qx 200 recv
	cmp recv lines
	stop TERM recv
	ends 143 recv
}

@test "recv ends after what has come, with 5 if that was too little" {
	silent kctl proto send --channel 9 --repeat 2 x
	kctl proto recv --channel 9 --count 3 --timeout 0.1 >out 2>err && fail 'there are but two'
	[ "$(<out)" = $'x\nx' ]
	[ "$(<err)" = 'kctl: proto recv: no message on channel 9 within 0.1 s' ]
}

@test "recv --timeout is for each message, not for all" {
	start send kctl proto send --channel 9 --repeat 4 --interval 0.6 x
	kctl proto recv --channel 9 --count 4 --timeout 1.2 >out
	ends 0 send
	[ "$(grep -c x out)" = 4 ]
}

@test "bind -- CMD: the socket is its standard input and output" {
	start dd kctl -v proto bind --channel 9 --to 10 -- dd bs=1M status=none
	eventually bound 9 1
	silent kctl proto send --channel 9 abc
	head -c 500000 /dev/zero | tr '\0' x | silent kctl proto send --channel 9 -
	silent kctl proto send --channel 9 ''
	ends 0 dd
	says abc kctl proto recv --channel 10 --timeout 10
	kctl proto recv --channel 10 --raw --timeout 10 >out
	[ "$(wc -c <out) $(tr -d x <out | wc -c)" = '500000 0' ]
	[ "$(<dd.err)" = 'kctl: proto bind: bound to channel 9' ]
	[ ! -s dd ]
	# Without --to it talks to itself.
	# shellcheck disable=SC2016 # for the other shell
	says 9 kctl proto bind --channel 9 -- sh -c 'printf said
		[ "$(dd bs=1M count=1 status=none)" = said ] && echo $KCTL_CHANNEL >&2'
	# shellcheck disable=SC2016 # for the other shell
	kctl -j proto bind --channel 0 -- sh -c 'echo $KCTL_CHANNEL >&2' >out 2>err
	[ "$(jq .channel out)" = "$(<err)" ]
	[ "$(<err)" -ge 2147483648 ]
}

@test "bind -- CMD: exit status and signals are those of CMD" {
	local status=0
	kctl proto bind --channel 9 -- sh -c 'exit 7' || status=$?
	[ $status = 7 ]
	status=0
	kctl proto bind --channel 9 -- sh -c 'kill -SEGV $$' || status=$?
	[ $status = 139 ]
	refuses 127 "cannot run './nowhere'" kctl proto bind --channel 9 -- ./nowhere
	refuses 126 "cannot run '/'" kctl proto bind --channel 9 -- /
	# shellcheck disable=SC2016 # for the other shell
	start trap kctl proto bind --channel 9 -- sh -c 'trap "echo caught >&2; exit 3" TERM
		while :; do sleep 0.1; done'
	eventually bound 9 1
	eventually grep -qx sh "/proc/$(pgrep -f '^sh -c trap')/comm"
	stop TERM trap
	ends 3 trap
	[ "$(<trap.err)" = caught ]
}
