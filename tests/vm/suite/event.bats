#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Events of channels: the netlink group proto, and kctl watch proto.

load lib/common

@test "who creates, sets and deletes a channel, what changed, and when it ends" {
	cases event life what_changed to_whom containers
}

@test "full once until it was half empty, and drained when it is empty" {
	cases event pressure strangers waits half nobody_listens
}

@test "messages that die: where, where to, why" {
	cases event dead dead_letter_refuses
}

@test "events that are lost are counted, and end with their namespace" {
	cases event lost too_many_wait namespace_ends
}

@test "watch proto: every event, in order, in text and in JSON" {
	local first
	first=$(kctl -j status | jq .proto.events)
	start json kctl -j watch proto --count 11
	start text kctl watch proto --count 11
	start one kctl -j watch proto --channel 26 --count 4
	eventually grep -q ready json
	eventually grep -q ready one
	eventually asleep_in_poll text
	silent kctl proto set --channel 26
	silent kctl proto set --channel 7 --name jobs --mode 0622 --max-deliveries 1 \
		--dead-letter 26
	silent kctl proto send --channel 7 job
	run -5 kctl proto work --channel 7 --timeout 0 -- false
	silent kctl proto set --channel 7 --name '' --owner 0 --group 4294967294
	silent sysctl -qw net.kctl.channel_max_messages=1
	run -5 kctl proto send --channel 26 --timeout 0 more
	says job kctl proto recv --channel 26
	silent sysctl -qw net.kctl.channel_max_messages=1024
	silent kctl proto delete --channel 26
	ends 0 json
	ends 0 text
	ends 0 one
	jq -se --argjson first "$first" '. == [
		{event: "ready", seq: $first},
		{event: "proto", seq: ($first + 1), action: "create", channel: 26},
		{event: "proto", seq: ($first + 2), action: "set", channel: 26, settings: {}},
		{event: "proto", seq: ($first + 3), action: "create", channel: 7},
		{event: "proto", seq: ($first + 4), action: "set", channel: 7, name: "jobs", settings:
			{name: "jobs", mode: "0622", max_deliveries: 1, dead_letter: 26}},
		{event: "proto", seq: ($first + 5), action: "dead", channel: 7, name: "jobs", to: 26,
			deliveries: 1, why: "deliveries"},
		{event: "proto", seq: ($first + 6), action: "set", channel: 7,
			settings: {name: "", gid: 4294967294}},
		{event: "proto", seq: ($first + 7), action: "full", channel: 26},
		{event: "proto", seq: ($first + 8), action: "drained", channel: 26},
		{event: "proto", seq: ($first + 9), action: "delete", channel: 26},
		{event: "proto", seq: ($first + 10), action: "end", channel: 26},
		{event: "proto", seq: ($first + 11), action: "set", channel: 7, settings: {dead_letter: 0}},
		{event: "end", received: 11, lost: 0}]' <(jq 'del(.uid, .pid, .command)' json)
	jq -se 'map(select(.uid)) | length == 7 and
		all(.uid == 0 and .pid > 1 and .command == "kctl")' json
	awk -v first="$first" '{ $1 -= first } 1' text |
		sed 's/, uid 0, pid [0-9]* kctl$/, BY/' >told
	diff told - <<-'EOT'
		1 create 26, BY
		2 set 26, BY
		3 create 7, BY
		4 set 7 jobs, name jobs, mode 0622, max-deliveries 1, dead-letter 26, BY
		5 dead 7 jobs, to 26, 1 delivery, why: deliveries
		6 set 7, no name, group 4294967294, BY
		7 full 26
		8 drained 26
		9 delete 26, BY
		10 end 26
		11 set 7, dead-letter 0, BY
	EOT
	jq -se 'map(.action // .event) == ["ready", "create", "set", "full", "drained", "end"] and
		.[-1].received == 4' one
	silent kctl proto delete --channel 7
}

# has_sent NUMBER: check that events up to this one were sent or lost.
has_sent()
{
	[ "$(kctl -j status | jq .proto.events)" = "$1" ]
}

@test "watch proto: events lost in an overrun are counted exactly" {
	local last
	start events kctl -j watch proto
	eventually grep -q ready events
	last=$(($(jq .seq events) + 13003))
	stop STOP events
	python3 -S "$BATS_TEST_DIRNAME/lib/set_often.py" 7 13000
	stop CONT events
	silent kctl proto delete --channel 7
	eventually has_sent $last
	eventually grep -q lost events
	stop TERM events
	ends 143 events
	jq -se '(map(select(.event == "proto")) | length) as $received |
		(map(select(.event == "lost").count) | add) as $lost |
		$lost > 0 and $received + $lost == 13003 and
		.[-1] == {event: "end", received: $received, lost: $lost}' events
}

@test "watch proto: refused for others, and a name that no channel has" {
	refuses 4 'not permitted; run kctl as root or with CAP_NET_ADMIN' nobody kctl watch proto
	refuses 1 "channel 'none' does not exist; list the channels: kctl proto list" \
		kctl watch proto --channel none
	silent kctl proto set --channel 7 --name jobs
	start named kctl -j watch proto --channel jobs --count 2
	eventually grep -q ready named
	silent kctl proto delete --channel jobs
	ends 0 named
	jq -se 'map(.action // .event) == ["ready", "delete", "end", "end"]' named
}
