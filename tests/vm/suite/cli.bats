#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Behaviour common to all commands, with the module loaded.

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
	grep -qx "module   $(version), ABI 12" out
	grep -qxE '  family +18' out
	kctl -j status >json
	jq -e --arg version "$(version)" '.module == {"version": $version, "abi": 12} and
		.store.max_bytes == 16777216 and .watch.hooks == 0 and .proto.family == 18' json
	kctl -j -p status | jq -c . | cmp - json
	says "$(printf 'kctl %s\nmodule %s' "$(version)" "$(version)")" kctl --version
}

# delete and flush look the channel up before they refuse, because permission depends on its
# owner.
@test "nobody is refused with exit 4, by every verb but status and doctor" {
	local verb
	empty_store empty
	silent kctl sockopt set kept
	refuses 1 'does not exist' nobody kctl proto delete --channel 5
	refuses 1 'does not exist' nobody kctl proto flush --channel 5
	silent kctl proto set --channel 5
	while read -r verb; do
		# shellcheck disable=SC2086 # words
		refuses 4 'not permitted' nobody kctl ${verb/,/}
	done < <(verbs | grep -vx -e status -e doctor)
	nobody kctl status | grep -q '^module'
	says kept kctl sockopt get
	silent kctl sockopt delete --name default
	kctl -j proto list | jq -e 'map([.channel, .uid, .messages]) == [[5, 0, 0]]'
	silent kctl proto delete --channel 5
}

@test "root without CAP_NET_ADMIN is refused, root of a user namespace has its own store" {
	refuses 4 'not permitted' setpriv --inh-caps=-net_admin --bounding-set=-net_admin \
		kctl sockopt set x
	unshare -Ur kctl sockopt set x 2>err || [ $? = 4 ]
	grep -q 'not permitted' err
	says inside unshare -Urn sh -c 'kctl sockopt set inside && kctl sockopt get'
}

@test "errors are JSON with -j" {
	kctl -j sockopt get >out 2>err && fail 'there is an entry'
	[ ! -s out ]
	jq -e '.error.operation == "sockopt get" and .error.name == "ENOENT"' err
	nobody kctl -j watch icmp >out 2>err && fail 'nobody may watch'
	jq -e '.error.name == "EPERM" and (.error.hint | length > 0)' err
}

@test "a closed standard input is an error, and changes nothing" {
	silent kctl sockopt set hello
	kctl sockopt set - <&- 2>err && fail 'an empty value is stored'
	grep -q 'cannot read standard input: Bad file descriptor' err
	[ "$(kctl sockopt get)" = hello ]
	kctl proto send --channel 9 --lines - <&- 2>err && fail 'no error'
	grep -q 'cannot read .*standard input: Bad file descriptor' err
	kctl proto list | grep '^ *9 ' && fail 'there is a channel'
	true
}

# on_terminal CMD: print the output of the command on a terminal.
on_terminal()
{
	TERM=xterm script -qec "$1" /dev/null </dev/null
}

@test "escape sequences of others do not reach a terminal, and pass a pipe unchanged" {
	local evil=$'\033]0;pwned\007\033[2J gr\303\274n' shown='\x1b]0;pwned\x07\x1b[2J grün'
	silent kctl proto set --channel 9 --mode 0622
	sysctl -qw net.kctl.unprivileged=1
	silent nobody kctl proto send --channel 9 --repeat 3 "$evil"
	sysctl -qw net.kctl.unprivileged=0
	[ "$(on_terminal 'kctl proto recv --channel 9' | tr -d '\r')" = "$shown" ]
	[ "$(on_terminal 'kctl proto recv --raw --channel 9')" = "$evil" ]
	[ "$(on_terminal 'kctl proto recv --peek -0 --channel 9' | tr -d '\0')" = "$shown" ]
	says "$evil" kctl proto recv --channel 9
	silent kctl sockopt set "$evil"$'\n\t2nd line'
	on_terminal 'kctl sockopt get' | tr -d '\r' | diff - <(printf '%s\n\t2nd line\n' "$shown")
	says "$evil"$'\n\t2nd line' kctl sockopt get
	silent kctl sockopt delete --name default
	silent kctl proto delete --channel 9
}

@test "a message cannot look like the details of another one" {
	local forged=$'x\n12:00:00.000000000 from 0, pid 1, uid 0, length 8\nshutdown'
	silent kctl proto send --channel 9 "$forged"
	kctl -v proto recv --channel 9 >out 2>/dev/null
	[ "$(wc -l <out)" = 2 ]
	[ "$(tail -n 1 out)" = "${forged//$'\n'/\\n}" ]
}

@test "an interface name with control characters does not reach a terminal" {
	local name=$'e\033[31m'
	ip link add "$name" type dummy
	ip link set "$name" up
	ip addr add 10.77.0.1/24 dev "$name"
	start out kctl -v watch icmp --dev "$name" --out --type echo-request --count 1
	eventually grep -q watching out.err
	ping -c1 -W1 10.77.0.2 >/dev/null 2>&1 || :
	eventually grep -qF 'out e\x1b[31m 10.77.0.1' out
	ip link del "$name"
}

@test "output that cannot be written is an error: /dev/full, a closed stdout" {
	silent kctl sockopt set hello
	local verb
	for verb in 'sockopt get' 'status' '-j status' 'proto list'; do
		# shellcheck disable=SC2086 # words
		kctl $verb >/dev/full 2>err && fail "kctl $verb does not notice"
		grep -q 'cannot write' err
	done
	kctl sockopt get >&- 2>err && fail 'a closed stdout is not noticed'
	silent kctl sockopt delete --name default
	silent kctl proto send --channel 9 kept
	kctl proto recv --channel 9 >/dev/full 2>err && fail 'recv does not notice'
	grep -q 'cannot write' err
	says kept kctl proto recv --channel 9
}

