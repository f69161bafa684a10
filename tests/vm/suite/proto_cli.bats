#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl proto, with the module loaded.

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

@test "send --lines sends each line at once" {
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

@test "hexadecimal digits: sent and received, for any bytes" {
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
	refuses 2 "character 3 is 'g', not a digit" kctl proto send --channel 9 --hex 61g0
	printf '61\n6' >digits
	refuses 1 "'digits': the last byte lacks its second digit" \
		kctl proto send --channel 9 --hex --file digits
	refuses 1 "line 2 of 'digits': the last byte" \
		kctl proto send --channel 9 --hex --lines --file digits
	says a kctl proto recv --channel 9
}

@test "send --repeat, and the number of messages sent before an error" {
	silent kctl proto send --channel 9 --repeat 1024 x
	refuses 5 'is full' kctl proto send --channel 9 --nonblock --repeat 5 y
	kctl proto recv --channel 9 --count 3 >out
	refuses 5 'is full (3 messages were sent)' \
		kctl proto send --channel 9 --nonblock --repeat 5 y
	refuses 5 'stayed full for 0.1 s' kctl proto send --channel 9 --timeout 0.1 --repeat 5 y
	kctl proto recv --channel 9 --count 1024 >out
	[ "$(grep -c x out) $(grep -c y out)" = '1021 3' ]
}

@test "errors at a limit name it, its number and its sysctl" {
	sysctl -qw net.kctl.channel_max_bytes=4
	refuses 1 'message is 5 bytes, too large for channel 9; the limit is 4: sysctl net.kctl.channel_max_bytes' \
		kctl proto send --channel 9 hello
	sysctl -qw net.kctl.channel_max_bytes=1048576 net.kctl.channels_max=4
	silent kctl proto send --channel 9 x
	sysctl -qw net.kctl.channels_max=1
	refuses 1 'too many channels; there are 1, the limit is 1: sysctl net.kctl.channels_max' \
		kctl proto send --channel 10 x
	sysctl -qw net.kctl.channels_max=4 net.kctl.unprivileged=1
	silent nobody kctl proto send --channel 10 x
	refuses 1 'there are 2 channels, the limit is 4, a quarter of it for a user without CAP_NET_ADMIN' \
		nobody kctl proto send --channel 11 x
	sysctl -qw net.kctl.channels_max=4096 net.kctl.unprivileged=0 net.kctl.proto_max_bytes=2000
	refuses 1 'the limit is 2000: sysctl net.kctl.proto_max_bytes' \
		kctl proto send --channel 9 --repeat 100 x
	sysctl -qw net.kctl.proto_max_bytes=67108864
	silent kctl sockopt set --name a 12345678
	sysctl -qw net.kctl.store_max_entries=1 net.kctl.store_max_bytes=10
	refuses 1 "for 'b'; it has 1 entries, the limit is 1: sysctl net.kctl.store_max_entries" \
		kctl sockopt set --name b x
	refuses 1 "for 'a'; it has 8 bytes, the value 11, the limit is 10: sysctl net.kctl.store_max_bytes" \
		kctl sockopt set --name a 12345678901
	sysctl -qw net.kctl.store_max_entries=65536 net.kctl.store_max_bytes=16777216
	silent kctl sockopt delete --name a
	silent kctl proto delete --channel 9
	silent kctl proto delete --channel 10
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

@test "recv prints each message at once" {
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

@test "recv exits 5 at its timeout, and prints the messages that came" {
	local start=${EPOCHREALTIME/./} took
	silent kctl proto send --channel 9 --repeat 2 x
	kctl proto recv --channel 9 --count 3 --timeout 1 >out 2>err && fail 'there are only two'
	took=$((${EPOCHREALTIME/./} - start))
	[ $took -ge 1000000 ]
	[ $took -lt 5000000 ]
	[ "$(<out)" = $'x\nx' ]
	[ "$(<err)" = 'kctl: proto recv: no message on channel 9 within 1 s' ]
	refuses 5 'no message on channel 9 within 0.1 s' \
		kctl proto recv --channel 9 --timeout 0.1
}

@test "recv -j: order, bytes, an empty message; the largest message and one byte more" {
	printf 'a\0\n' | kctl proto send --channel 9 -
	silent kctl proto send --channel 9 'two'
	silent kctl proto send --channel 9 ''
	kctl proto list | grep -qE '^ +9 .* 3 +6 +0 +[-0] +0 -$'
	kctl -j proto list | jq -e 'length == 1 and (.[0] |
		[.channel, .messages, .bytes, .receivers] == [9, 3, 6, 0])'
	kctl -j proto recv --channel 9 --count 3 >out
	jq -se 'map(.channel) == [9, 9, 9] and .[0].data_base64 == "YQAK" and
		.[1].data == "two" and .[2].data == "" and all(.from == 0)' out
	head -c 1048576 /dev/urandom >largest
	silent kctl proto send --channel 9 --file largest
	kctl proto recv --channel 9 --raw | cmp - largest
	head -c 1048577 /dev/zero >huge
	refuses 1 '1048577 bytes, the limit is 1048576' kctl proto send --channel 9 --file huge
}

@test "recv --timeout is for each message, not for all" {
	start send kctl proto send --channel 9 --repeat 4 --interval 1 x
	kctl proto recv --channel 9 --count 4 --timeout 2.5 >out
	ends 0 send
	[ "$(grep -c x out)" = 4 ]
}

@test "the sender of a message, its time and its channel" {
	local before after
	before=$(date +%s%N)
	start bind kctl -j proto bind --channel 77
	eventually bound 77 1
	silent setpriv --ruid 1000 kctl proto send --channel 9 'from nowhere'
	after=$(date +%s%N)
	silent kctl proto send --channel 9 second
	kctl -j proto recv --channel 9 | jq -e --argjson before "$before" --argjson after "$after" '
		.channel == 9 and .from == 0 and .pid > 1 and .uid == 1000 and
		.time > $before and .time < $after and .data == "from nowhere"'
	kctl -v proto recv --channel 9 >out
	grep -qxE '[0-9:]{8}\.[0-9]{6} from 0, pid [0-9]+, uid 0, length 6' <(head -n 1 out)
	[ "$(tail -n 1 out)" = second ]
	# A bound sender has an address. In another PID namespace, it has another PID.
	kctl proto bind --channel 78 --to 9 -- sh -c 'printf a; echo $$ >&2' 2>pid
	unshare --pid --fork kctl proto bind --channel 78 --to 9 -- sh -c 'printf b; echo $$ >&2' 2>>pid
	kctl -j proto recv --channel 9 --count 2 >out
	jq -se --argjson pid "$(head -n 1 pid)" 'map(.from) == [78, 78] and .[0].pid == $pid and
		.[1].pid > 1' out
	[ "$(tail -n 1 pid)" = 1 ]
	stop TERM bind
	ends 143 bind
}

@test "bind --exclusive refuses other receivers, and is refused beside one" {
	start one kctl -j proto bind --channel 9 --exclusive
	eventually grep -q bound one
	silent kctl proto send --channel 9 'to the bound'
	eventually grep -q '"data":"to the bound"' one
	refuses 1 'channel 9 has a receiver' kctl proto recv --channel 9 --timeout 0
	refuses 1 'channel 9 has a receiver' kctl proto bind --channel 9
	kctl proto list | grep -qE '^ +9 - +0600 root +root +excl +0 +0 +0 +0 +1 [0-9]+/kctl$'
	kctl -j proto list | jq -e '.[0] | .exclusive and (.configured | not) and .receivers == 1'
	stop TERM one
	ends 143 one
	start one kctl -j proto bind --channel 9
	eventually grep -q bound one
	refuses 1 'channel 9 has a receiver' kctl proto bind --channel 9 --exclusive
	stop TERM one
	ends 143 one
}

@test "bind --mode is the mode of a new channel" {
	start one kctl -j proto bind --channel 9 --mode 0622
	eventually grep -q bound one
	start two kctl -j proto bind --channel 9 --mode 0600
	eventually grep -q bound two
	kctl -j proto list | jq -e 'map(del(.processes, .age_ms)) == [{"channel": 9, "mode": "0622", "uid": 0, "gid": 0,
		"configured": false, "exclusive": false, "messages": 0, "bytes": 0, "held": 0, "delayed": 0,
		"max_deliveries": 0, "dead_letter": 0, "dead": 0, "dropped": 0, "retry_delay_ms": 0,
		"hold_time_max_ms": 0, "ttl_ms": 0, "expired": 0,
		"senders": 0, "taps": 0, "receivers": 2, "sent": 0, "received": 0}]'
	stop TERM one two
	ends 143 one
	ends 143 two
}

@test "a channel is found by its name, by every command" {
	refuses 1 "kctl: proto recv: channel 'jobs' does not exist" kctl proto recv --channel jobs
	kctl proto set --channel 9 --name jobs
	kctl proto set --channel 7 --name work
	refuses 1 'another channel has this name' kctl proto set --channel work --name jobs
	kctl proto list | grep -qE '^ +9 jobs +0600 '
	kctl -j proto list | jq -e 'map([.channel, .name]) == [[7, "work"], [9, "jobs"]]'
	kctl proto send --channel jobs one
	kctl proto send --channel 9 two
	says one kctl proto recv --channel jobs
	[ "$(kctl proto work --channel jobs --timeout 0 -- cat)" = two ]
	start tap kctl -v proto tap --channel jobs --count 1
	eventually grep -q 'bound to channel 9' tap.err
	kctl proto bind --channel work --to jobs -- sh -c 'printf three'
	ends 0 tap
	grep -q three tap
	start moved kctl -v proto recv --channel jobs --follow
	eventually grep -q three moved
	kctl proto set --channel jobs --name later
	kctl proto set --channel work --name jobs
	kctl proto send --channel jobs four
	kctl proto send --channel later five
	eventually grep -q five moved
	if grep -q four moved; then fail 'it went with the name'; fi
	says four kctl proto recv --channel jobs
	stop TERM moved
	ends 143 moved
	kctl proto flush --channel jobs
	kctl proto set --channel jobs --name ''
	refuses 1 "channel 'jobs' does not exist" kctl proto delete --channel jobs
	kctl proto delete --channel later
	kctl proto delete --channel 7
	says '[]' kctl -j proto list
}

@test "list names the processes that have a socket on a channel, however they got it" {
	local bind recv
	start recv kctl proto recv --channel 9
	start tap kctl proto tap --channel 9
	# The shell gets the socket from kctl, and its child inherits it.
	start bind kctl proto bind --channel 9 -- bash -c 'sleep 60 & echo $! >child; wait'
	eventually test -s child
	# shellcheck disable=SC2154 # process is from common.bash
	bind=${process[bind]} recv=${process[recv]}
	eventually receivers_and_taps 2 1
	kctl -j proto list | jq -e --argjson bash "$bind" --argjson sleep "$(<child)" \
		--argjson recv "$recv" --argjson tap "${process[tap]}" '.[0].processes |
		(map(select(.role == "tap")) == [{role: "tap", pid: $tap, command: "kctl"}]) and
		(map(select(.role == "receiver")) | sort_by(.pid)) == ([
			{role: "receiver", pid: $recv, command: "kctl"},
			{role: "receiver", pid: $bash, command: "bash"},
			{role: "receiver", pid: $sleep, command: "sleep"}] | sort_by(.pid))'
	# Either receiver can be listed first.
	kctl proto list | grep -qE " 2 (.*,)?$bind/bash,(.*,)?${process[tap]}/kctl$"
	silent kctl proto set --channel 9 --owner nobody
	sysctl -q net.kctl.unprivileged=1
	# The user nobody may not see the processes of root, but the sockets are listed.
	nobody kctl proto list | grep -qE ' 1 +2 \?$'
	nobody kctl -j proto list | jq -e 'length == 1 and .[0].processes == []'
	sysctl -q net.kctl.unprivileged=0
	refuses 4 '' nobody kctl proto list
	kill "$(<child)"
	stop TERM recv tap
	ends 0 bind
	silent kctl proto delete --channel 9
}

receivers_and_taps()
{
	kctl -j proto list | jq -e ".[0] | .receivers == $1 and .taps == $2" >/dev/null
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
	# Without --to, the program sends to itself.
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

@test "tap: sees every message and takes none" {
	start tap kctl -j proto tap --channel 9
	start text kctl proto tap --channel 9 --count 3
	eventually grep -q bound tap
	kctl -j proto list | jq -e '.[0] | .taps >= 1 and .receivers == 0'
	eventually taps_are 9 2
	printf 'a\0' | silent kctl proto send --channel 9 -
	silent kctl proto send --channel 9 two
	silent kctl proto send --channel 9 three
	kctl proto recv --channel 9 --count 3 >out
	ends 0 text
	cmp text <(printf 'a\0\ntwo\nthree\n')
	stop INT tap
	ends 130 tap
	jq -se 'map(.event) == ["bound", null, null, null] and .[1].data_base64 == "YQA=" and
		.[3].data == "three" and .[3].uid == 0 and .[3].from == 0' tap
	refuses 5 'no message on channel 9' kctl proto tap --channel 9 --timeout 0.1
}

taps_are()
{
	[ "$(kctl -j proto list | jq "map(select(.channel == $1)) | .[0].taps // 0")" = "$2" ]
}

# The messages that a tap printed, and those that it counted as lost, are all messages that were
# sent.
@test "tap: printed and lost messages add up, in text and in JSON" {
	head -c 60000 /dev/zero >large
	start drain kctl proto recv --channel 9 --follow --raw
	start text kctl proto tap --channel 9 --hex
	start json kctl -j proto tap --channel 9
	eventually taps_are 9 2
	eventually bound 9 1
	stop STOP text json
	silent kctl proto send --channel 9 --repeat 400 --file large
	silent kctl proto send --channel 9 end
	stop CONT text json
	stop INT text json
	ends 130 text
	ends 130 json
	local lost
	lost=$(sed -n 's/^kctl: proto tap: lost \([0-9]*\) messages\?$/\1/p' text.err |
		awk '{ n += $1 } END { print n + 0 }')
	[ "$lost" -gt 0 ]
	[ $((lost + $(wc -l <text))) = 401 ]
	jq -se '(map(select(.event == "lost").count) | add) + (map(select(.data)) | length) == 401' \
		<(sed 's/"data":"[^"]*"/"data":"x"/; s/"data_base64":"[^"]*"/"data":"x"/' json)
	stop TERM drain
	ends 143 drain
}

@test "set, delete, flush: a configured channel and its owner" {
	silent kctl proto set --channel 9
	kctl proto list | grep -qE '^ +9 - +0600 root +root +set +0 +0 +0 +0 +0 -$'
	silent kctl proto set --channel 9 --owner nobody --group nogroup --mode 0620
	kctl proto list | grep -qE '^ +9 - +0620 nobody +nogroup +set +0 +0 +0 +0 +0 -$'
	kctl -j proto list | jq -e '.[0] | .uid == 65534 and .gid == 65534 and .mode == "0620" and
		.configured'
	silent kctl proto set --channel 9 --mode 644
	kctl -j proto list | jq -e '.[0] | .uid == 65534 and .mode == "0644"'
	silent kctl -q proto send --channel 9 --repeat 3 x
	silent kctl proto flush --channel 9
	kctl -j proto list | jq -e '.[0] | .messages == 0 and .bytes == 0 and .configured'
	silent kctl -q proto send --channel 9 x
	silent kctl proto delete --channel 9
	[ "$(kctl -j proto list)" = '[]' ]
	local verb
	for verb in delete flush; do
		refuses 1 'channel 9 does not exist' kctl proto $verb --channel 9
	done
	refuses 1 'channel 4294967295 does not exist' kctl proto set --channel 4294967295
}

@test "flush unblocks a waiting sender" {
	silent kctl proto send --channel 9 --repeat 1024 x
	start send kctl proto send --channel 9 late
	silent kctl proto flush --channel 9
	ends 0 send
	says late kctl proto recv --channel 9
}

# allowed USER MODE GROUP: print the permissions of USER, in GROUP, on channel 9 with MODE: r,
# w, both or none.
allowed()
{
	local can=
	silent kctl proto set --channel 9 --mode "$2"
	silent kctl -q proto send --channel 9 x
	if setpriv --reuid "$1" --regid 1003 --groups "$3" kctl proto recv --channel 9 >out 2>err; then
		can+=r
	else
		grep -q 'not permitted to receive from channel 9; its owner' err
	fi
	if setpriv --reuid "$1" --regid 1003 --groups "$3" kctl proto send --channel 9 y 2>err; then
		can+=w
	else
		grep -q 'not permitted to send to channel 9; its owner' err
	fi
	kctl proto flush --channel 9
	echo "${can:-none}"
}

@test "the mode applies to owner, group and others, with net.kctl.unprivileged" {
	refuses 4 'net.kctl.unprivileged=1' nobody kctl proto recv --channel 9
	echo 1 >/proc/sys/net/kctl/unprivileged
	silent kctl proto set --channel 9 --owner 1001 --group 1002
	local mode owner group others
	while read -r mode owner group others; do
		[ "$(allowed 1001 "$mode" 1003)" = "$owner" ]
		[ "$(allowed 1004 "$mode" 1002)" = "$group" ]
		[ "$(allowed 1004 "$mode" 1003)" = "$others" ]
	done <<-EOF
	0600 rw none none
	0620 rw w none
	0622 rw w w
	0644 rw r r
	0666 rw rw rw
	EOF
	refuses 4 'not permitted' nobody kctl proto set --channel 9 --mode 0666
	refuses 4 'the owner of channel 9' nobody kctl proto flush --channel 9
	refuses 4 'the owner of channel 9' nobody kctl proto delete --channel 9
	silent setpriv --reuid 1001 --clear-groups kctl proto set --channel 9 --mode 0600
	refuses 4 'to give it away' setpriv --reuid 1001 --clear-groups \
		kctl proto set --channel 9 --owner 1002
	silent setpriv --reuid 1001 --clear-groups kctl proto delete --channel 9
	echo 0 >/proc/sys/net/kctl/unprivileged
}

@test "set --ttl: what waits too long is in the dead letter channel, with the reason" {
	silent kctl proto set --channel 10
	silent kctl proto set --channel 9 --ttl .05 --dead-letter 10
	silent kctl proto send --channel 9 late
	kctl -j proto recv --channel 10 --timeout 20 >out
	jq -e '[.data, .dead_from, .dead_deliveries, .dead_why] == ["late", 9, 0, "ttl"]' out
	kctl -j proto list | jq -e 'map([.channel, .ttl_ms, .expired, .dead]) == [[9, 50, 1, 1], [10, 0, 0, 0]]'
	silent kctl proto send --channel 9 later
	kctl proto recv -v --channel 10 --timeout 20 | grep -q 'dead in channel 9 after 0 deliveries (ttl)'
	silent kctl proto delete --channel 9
	silent kctl proto delete --channel 10
}
