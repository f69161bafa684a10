#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tool, with the module behind it.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

version()
{
	cat /sys/module/kctl/version
}

@test "status, as text and as JSON; kctl alone is kctl status" {
	says "$(kctl)" kctl status
	kctl status >out
	grep -qx "module   $(version), ABI 3" out
	grep -qxE '  family +18' out
	kctl -j status >json
	jq -e --arg version "$(version)" '.module == {"version": $version, "abi": 3} and
		.store.max_bytes == 16777216 and .watch.hooks == 0 and .proto.family == 18' json
	kctl -j -p status | jq -c . | cmp - json
	says "$(printf 'kctl %s\nmodule %s' "$(version)" "$(version)")" kctl --version
}

@test "sockopt: generations, --create, --public, delete" {
	silent kctl sockopt set --name a --create 1
	refuses 1 "entry 'a' already exists" kctl sockopt set --name a --create 2
	local generation
	generation=$(kctl -j sockopt get --name a | jq .generation)
	silent kctl sockopt set --name a --if-generation "$generation" 3
	refuses 1 'nothing was changed' kctl sockopt set --name a --if-generation "$generation" 4
	says 3 kctl sockopt get --name a
	refuses 4 'not permitted' nobody kctl sockopt get --name a
	silent kctl sockopt set --name a --public 5
	says 5 nobody kctl sockopt get --name a
	refuses 1 'nothing was changed' kctl sockopt delete --name a --if-generation "$generation"
	silent kctl sockopt delete --name a
	refuses 1 "entry 'a' does not exist" kctl sockopt delete --name a
	refuses 1 "entry 'a' does not exist" kctl sockopt get --name a
}

@test "sockopt: JSON of text, of bytes, of nothing" {
	silent kctl sockopt set --public $'tab\t"quote" \\ é'
	kctl -j sockopt get | jq -e '.name == "default" and .size == 16 and .public and
		.value == "tab\t\"quote\" \\ é" and .changed > 1600000000000000000'
	printf '\0\377' | kctl sockopt set -
	kctl -j sockopt get | jq -e '.value_base64 == "AP8=" and (.public | not) and .size == 2'
	silent kctl sockopt set ''
	kctl -j sockopt get | jq -e '.value == "" and .size == 0'
	says '' kctl sockopt get
	silent kctl sockopt delete
}

@test "sockopt: a name the kernel refuses, and limits, are told" {
	refuses 1 "'a b'" kctl sockopt set --name 'a b' x
	refuses 1 "''" kctl sockopt set --name '' x
	refuses 1 'the kernel rejects the name' kctl sockopt get --name "$(printf 'n%.0s' {1..64})"
	local limit
	limit=$(</proc/sys/net/kctl/store_max_entries)
	echo 0 >/proc/sys/net/kctl/store_max_entries
	refuses 1 "the store has no space for 'default'" kctl sockopt set x
	echo "$limit" >/proc/sys/net/kctl/store_max_entries
}

@test "watch: filters, and the summary of a signal" {
	start four kctl -j watch icmp -4 --in --type echo-reply
	start six kctl -j watch icmp -6 --out --type 128,129 --count 2
	start none kctl watch icmp --duration 1
	eventually grep -q ready four
	eventually grep -q ready six
	ping -q -n -c 1 127.0.0.1 >/dev/null
	ping -q -n -c 1 ::1 >/dev/null
	ends 0 six
	eventually grep -q '"event":"icmp"' four
	stop INT four
	ends 130 four
	ends 0 none
	jq -se 'map(.event) == ["ready", "icmp", "end"] and .[1].direction == "in" and
		.[1].type == 0 and .[2].received == 1' four
	jq -se 'map(.event) == ["ready", "icmp", "icmp", "end"] and
		(.[1:3] | map(.type) == [128, 129] and all(.direction == "out"))' six
}

@test "watch: SIGINT and SIGTERM end it with a summary on stderr" {
	start INT kctl watch icmp
	start TERM kctl watch icmp
	eventually watchers_are 2
	stop INT INT
	stop TERM TERM
	ends 130 INT
	ends 143 TERM
	local name
	for name in INT TERM; do
		[ ! -s $name ]
		[ "$(<$name.err)" = 'kctl: watch icmp: 0 received, 0 lost' ]
	done
}

@test "watch: an error is shown with the packet it is about" {
	start out kctl watch icmp --in --count 1
	start json kctl -j watch icmp --in --count 1
	eventually watchers_are 2
	echo x >/dev/udp/127.0.0.1/9 || :
	ends 0 out
	ends 0 json
	grep -qE 'in  lo 127.0.0.1 > 127.0.0.1: destination unreachable, port unreachable, for 127.0.0.1:[0-9]+ > 127.0.0.1:9 udp' out
	jq -se '.[1].type_name == "destination-unreachable" and .[1].code == 3 and
		.[1].quoted != null' json
}

@test "proto: JSON, order, --count, files and bytes" {
	printf 'a\0\n' | kctl proto send --channel 9 -
	silent kctl proto send --channel 9 'two'
	silent kctl proto send --channel 9 ''
	kctl proto list | grep -qE '^ +9 .* 3 +6 +[-0] +0$'
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

@test "proto: full channels and limits, and what they exit with" {
	local messages channels
	messages=$(</proc/sys/net/kctl/channel_max_messages)
	channels=$(</proc/sys/net/kctl/channels_max)
	echo 1 >/proc/sys/net/kctl/channel_max_messages
	silent kctl proto send --channel 9 x
	refuses 5 'is full' kctl proto send --channel 9 --nonblock y
	refuses 5 'stayed full for 0.2 s' kctl proto send --channel 9 --timeout 0.2 y
	start out kctl proto send --channel 9 late
	says x kctl proto recv --channel 9
	ends 0 out
	echo "$messages" >/proc/sys/net/kctl/channel_max_messages
	echo 1 >/proc/sys/net/kctl/channels_max
	refuses 1 'too many channels' kctl proto send --channel 10 z
	echo "$channels" >/proc/sys/net/kctl/channels_max
	says late kctl proto recv --channel 9
	refuses 5 'no message' kctl proto recv --channel 9 --timeout 0.1
}

@test "proto: bind holds a channel, recv --follow goes on, until a signal" {
	start bind kctl -j proto bind --channel 0
	eventually grep -q bound bind
	local channel
	channel=$(jq -s '.[0].channel' bind)
	[ "$channel" -ge 2147483648 ]
	silent kctl proto send --channel "$channel" 'to the bound'
	eventually grep -q 'to the bound' bind
	start follow kctl proto recv --channel 9 --follow
	silent kctl proto send --channel 9 one
	silent kctl proto send --channel 9 two
	eventually grep -qx two follow
	stop INT follow
	stop TERM bind
	ends 130 follow
	ends 143 bind
	[ "$(<follow)" = $'one\ntwo' ]
	[ "$(kctl -j proto list)" = '[]' ]
}

@test "nobody is refused with exit 4, by every verb but status" {
	local verb
	for verb in 'sockopt set x' 'sockopt get' 'sockopt delete' 'watch icmp' 'watch list' \
		'netlink watch-icmp' 'proto send --channel 5 x' 'proto recv --channel 5' \
		'proto bind --channel 5' 'proto tap --channel 5' 'proto list'; do
		# shellcheck disable=SC2086 # words
		refuses 4 'not permitted' nobody kctl $verb
	done
	nobody kctl status | grep -q '^module'
	refuses 4 'not permitted' setpriv --inh-caps=-net_admin --bounding-set=-net_admin \
		kctl sockopt set x
	unshare -Ur kctl sockopt set x 2>err || [ $? = 4 ]
	grep -q 'not permitted' err
	says inside unshare -Urn sh -c 'kctl sockopt set inside && kctl sockopt get'
}

@test "wrong words exit 2, on stderr, and are quoted" {
	refuses 2 "'frobnicate'" kctl frobnicate
	refuses 2 "'frobnicate'" kctl sockopt frobnicate
	refuses 2 "'--frobnicate'" kctl watch icmp --frobnicate
	refuses 2 "'7x'" kctl proto send --channel 7x y
	refuses 2 "'0'" kctl proto send --channel 0 y
	refuses 2 "'4294967296'" kctl proto recv --channel 4294967296
	refuses 2 "'bogus'" kctl watch icmp --type bogus
	refuses 2 "'65500'" kctl watch icmp --snaplen 65500
	refuses 2 "'extra'" kctl status extra
}

@test "errors are JSON with -j" {
	kctl -j sockopt get >out 2>err && fail 'there is an entry'
	[ ! -s out ]
	jq -e '.error.operation == "sockopt get" and .error.name == "ENOENT"' err
	nobody kctl -j watch icmp >out 2>err && fail 'nobody may watch'
	jq -e '.error.name == "EPERM" and (.error.hint | length > 0)' err
}

@test "what cannot be written is an error: /dev/full, a closed stdout" {
	silent kctl sockopt set hello
	local verb
	for verb in 'sockopt get' 'status' '-j status' 'proto list' '--version' 'help'; do
		# shellcheck disable=SC2086 # words
		kctl $verb >/dev/full 2>err && fail "kctl $verb does not notice"
		grep -q 'cannot write' err
	done
	kctl sockopt get >&- 2>err && fail 'a closed stdout is not noticed'
	silent kctl sockopt delete
	silent kctl proto send --channel 9 kept
	kctl proto recv --channel 9 >/dev/full 2>err && fail 'recv does not notice'
	grep -q 'cannot write' err
}

@test "a namespace by name, and one that is not there" {
	ip netns add kctl-cli
	silent kctl -n kctl-cli sockopt set inside
	says inside kctl --netns kctl-cli sockopt get
	refuses 1 "entry 'default' does not exist" kctl sockopt get
	ip netns delete kctl-cli
	refuses 1 "'kctl-cli'" kctl -n kctl-cli sockopt get
}
