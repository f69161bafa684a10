#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The output of each verb with -j, validated against the installed JSON Schema.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	schema=$BATS_TEST_DIRNAME/../../lib/schema.py
	packets=(python3 -S "$BATS_TEST_DIRNAME/lib/flood.py")
	mkdir printed
}

# printed VERB [ARGS…]: run kctl -j VERB, one word or two, and keep what it prints.
printed()
{
	local name=$1
	[[ $name == @(status|doctor|save|restore) ]] || name+=-$2
	kctl -j "$@" >>"printed/$name" 2>>printed/error
}

# begin VERB [ARGS…]: the same in the background; wait until it prints its first line.
begin()
{
	local name=printed/$1-$2
	: >>"$name"
	start more kctl -j "$@"
	eventually grep -q event more
}

# finish VERB SIGNAL STATUS: end it, and add its output; of thousands of lines, only the first
# and the last ones.
finish()
{
	stop "$2" more
	ends "$3" more
	{
		head -n 40 more
		grep '"lost"' more | head -n 2
		tail -n 5 more
	} >>"printed/$1"
}

entries()
{
	printed sockopt set -v --name a 1
	printed sockopt set x
	printed sockopt wait --generation 0
	printed sockopt get
	printf 'a\0' | kctl sockopt set --name b -
	printed sockopt get --name a --name b
	printed sockopt list
	printed sockopt list --values
	printed sockopt save file
	printed sockopt set --name a --public 2
	printed sockopt delete --name b
	printed sockopt diff file || [ $? = 1 ]
	VISUAL='sed -i s/"2"/"3"/' printed sockopt edit
	printed sockopt restore file
}

store_events()
{
	begin watch store
	stop STOP more
	timeout 1200 python3 "$BATS_TEST_DIRNAME/lib/store_stress.py" many 30000
	stop CONT more
	eventually grep -q lost more
	printed sockopt flush
	eventually grep -q replace more
	finish watch-store TERM 143
}

proto_events()
{
	begin watch proto
	printed proto set --channel 8
	printed proto set --channel 7 --name jobs --mode 0640 --max-deliveries 1 --dead-letter 8
	printed proto send --channel 7 x
	timeout 60 kctl proto work --channel 7 --timeout 0 -- false || :
	printed proto set --channel 7 --owner 1 --name ''
	printed proto delete --channel 7
	printed proto delete --channel 8
	eventually grep -q '"action":"end","channel":8' more
	stop STOP more
	timeout 1200 python3 -S "$BATS_TEST_DIRNAME/lib/set_often.py" 7 13000
	stop CONT more
	eventually grep -q lost more
	printed proto delete --channel 7
	finish watch-proto TERM 143
}

packets()
{
	printed watch icmp --type help
	printed watch icmp --code help
	begin watch icmp --summary=0.2
	"${packets[@]}" ping 127.0.0.1 5
	eventually grep -q '"rows":\[{' more
	finish watch-icmp INT 130
	begin watch icmp --hex --rcvbuf 16384
	"${packets[@]}" extended
	"${packets[@]}" ping 127.0.0.1 5
	eventually grep -q echo-reply more
	stop STOP more
	"${packets[@]}" ping 127.0.0.1 2000
	stop CONT more
	finish watch-icmp TERM 143
	begin netlink watch-icmp --dev lo --src 127.0.0.0/8 --type 8,0 --code 0 --sample 2
	begin_list
	finish netlink-watch-icmp TERM 143
}

# The filters have all possible keys.
begin_list()
{
	start host kctl watch icmp -6 --in --host ::1 --dst ::1 --coalesce 5 --snaplen 9
	eventually watchers_are 2
	printed watch list
	printed status
	stop TERM host
	ends 143 host
}

messages()
{
	printed proto set --channel 9
	printed proto send --channel 9 text
	printf '\377' | kctl proto send --channel 9 -
	printed proto recv --channel 9 --count 2
	begin proto bind --channel 9
	printed proto list
	kctl proto send --channel 9 hello
	eventually grep -q hello more
	finish proto-bind TERM 143
	start drain kctl proto recv --channel 9 --follow --raw
	begin proto tap --channel 9
	stop STOP more
	head -c 60000 /dev/zero >large
	kctl proto send --channel 9 text
	kctl proto send --channel 9 --repeat 200 --file large
	stop CONT more
	finish proto-tap INT 130
	stop TERM drain
	ends 143 drain
	kctl proto set --channel 10
	printed proto set --channel 9 --max-deliveries 1 --dead-letter 10 --retry-delay 1
	kctl proto send --channel 9 text
	printed proto work --channel 9 --timeout 0 --dead-status 1 -- false || [ $? = 5 ]
	printed proto recv --channel 10
	printed proto replay --channel 10 - <<<'{"data":"x"}'
	kctl proto delete --channel 10
	printed proto save file
	printed proto restore file
	printed save file
	printed restore file
	printed proto flush --channel 9
	printed proto delete --channel 9
}

# A limit above 2^53 is accompanied by a string.
status_of_all()
{
	local limit=net.kctl.store_max_bytes verb
	ip netns add kctl-s
	kctl -n kctl-s proto set --channel 5
	ip netns exec kctl-s sysctl -qw $limit=18446744073709551615
	for verb in status 'sockopt list' 'watch list' 'proto list'; do
		# shellcheck disable=SC2086 # words
		kctl -j $verb --all-netns >>printed/all-netns
	done
	kctl -n kctl-s -j status >>printed/status
	# The doctor finds the large limit.
	ip netns exec kctl-s kctl -j doctor >printed/doctor || :
	ip netns delete kctl-s
	jq -e .store.max_bytes_string printed/status | grep -qx '"18446744073709551615"'
}

@test "every verb prints what the schema describes, and each kind of it" {
	local verb
	kctl -j --version >printed/version
	entries
	store_events
	proto_events
	packets
	messages
	status_of_all
	printed sockopt get --name none || :
	nobody kctl -j watch icmp 2>>printed/error || :
	kctl -j watch icmp --type nonsense 2>>printed/error || :
	jq -e .error printed/error >/dev/null
	# The verbs that the other tests know, and those that kctl lists.
	{
		verbs | sed 's/,.*//'
		kctl __list | awk '$1 != "-" && $1 != "help" { print $1, $2 }' | sed 's/ -$//'
	} | tr ' ' - | sort -u >expected
	while read -r verb; do
		[ -e "printed/$verb" ] || fail "not tested: $verb"
	done <expected
	"$schema" --all printed/*
}
