#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A tool and a module of different versions: skew.c simulates the other version.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	local library
	library=$(program skew.so)
	newer=(env SKEW=newer "LD_PRELOAD=$library")
	older=(env SKEW=older "LD_PRELOAD=$library")
}

teardown()
{
	kill_jobs
	kctl sockopt flush
	kctl proto delete --channel 5 2>/dev/null || :
}

newer()
{
	"${newer[@]}" "$@"
}

older()
{
	"${older[@]}" "$@"
}

# same CMD…: CMD must print the same whether the module is newer or not.
same()
{
	"$@" >plain
	newer "$@" >other 2>err
	[ ! -s err ]
	diff plain other
}

ping_lo()
{
	python3 -S "$BATS_TEST_DIRNAME/lib/flood.py" ping 127.0.0.1 "$1"
}

@test "skew: a newer module says so, and everything works" {
	newer kctl status >out
	grep -q '^module .*, ABI 99, newer than the tool' out
	silent newer kctl sockopt set one
	silent newer kctl sockopt set --name a two
	same kctl -j sockopt get
	same kctl -j sockopt list
	silent newer kctl sockopt save file
	silent newer kctl sockopt flush
	silent newer kctl sockopt restore file
	says two newer kctl sockopt get --name a
	silent newer kctl proto set --channel 5 --mode 640
	silent newer kctl proto send --channel 5 three
	same sh -c 'kctl -j proto list | jq "map(del(.age_ms, .oldest_ms))"'
	says three newer kctl proto recv --channel 5
	silent newer kctl proto flush --channel 5
	silent newer kctl proto delete --channel 5
	refuses 1 "entry 'none' does not exist" newer kctl sockopt get --name none
}

@test "skew: a newer module's records, watchers and events" {
	start icmp "${newer[@]}" kctl -j watch icmp --in --count 4
	start store "${newer[@]}" kctl -j watch store --count 1
	start proto "${newer[@]}" kctl -j watch proto --count 3
	eventually grep -q ready icmp
	eventually grep -q ready store
	eventually grep -q ready proto
	same kctl -j watch list
	ping_lo 2
	ends 0 icmp
	[ "$(jq -s 'map(select(.event == "icmp")) | length' icmp)" = 4 ]
	jq -se '.[-1] | .event == "end" and .lost == 0' icmp
	kctl sockopt set x
	ends 0 store
	jq -se '.[1] | .event == "store" and .name == "default"' store
	kctl proto set --channel 5 --mode 640 --ttl 1
	kctl proto send --channel 5 x
	ends 0 proto
	jq -se 'map(.action // .event) == ["ready", "create", "set", "dead", "end"] and
		.[2].settings == {"mode": "0640", "ttl_ms": 1000}' proto
}

@test "skew: an older module works, and verbs that it is too old for say so" {
	older kctl status >out
	grep -q '^module .*, ABI 1, older than the tool' out
	silent older kctl sockopt set one
	says one older kctl sockopt get
	local verb
	for verb in 'sockopt list' 'sockopt flush' 'sockopt save' 'watch list' 'watch proto' \
		'watch icmp --code 3' 'watch icmp --dev lo' 'watch icmp --src 192.0.2.1' \
		'watch icmp --host 192.0.2.1' \
		'proto set --channel 5' 'proto flush --channel 5' \
		'proto delete --channel 5'; do
		# shellcheck disable=SC2086 # words
		refuses 3 'the loaded module is too old for this command' older kctl $verb
	done
	says one kctl sockopt get
	watchers_are 0
	silent older kctl proto send --channel 5 two
	says two older kctl proto recv --channel 5
	silent older kctl proto send --channel 5 three
	if python3 -S "$BATS_TEST_DIRNAME/lib/channel.py" allows-passcred; then
		older kctl -j proto recv --channel 5 >out
		jq -e '.data == "three" and .uid == 0 and .pid > 1' out
	else
		# Modules of this age do not run on this kernel.
		refuses 3 'the loaded module is too old for this command' \
			older kctl -j proto recv --channel 5
		says three older kctl proto recv --channel 5
	fi
	start icmp "${older[@]}" kctl -j watch icmp --in --count 2
	eventually grep -q ready icmp
	ping_lo 1
	ends 0 icmp
}
