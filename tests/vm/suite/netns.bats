#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network namespaces, and permissions in them.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

@test "nothing crosses from one namespace to another" {
	cases netns nothing_crosses directions_of_a_veth
}

@test "a namespace ends with everything in it" {
	cases netns end_with_everything_alive end_with_messages_only
}

@test "kctl -n: a store, channels and watchers of its own, which go with the namespace" {
	ip netns add kctl-test
	silent kctl sockopt set outside
	refuses 1 "entry 'default' does not exist" kctl --netns kctl-test sockopt get
	silent kctl -n kctl-test sockopt set inside
	says inside ip netns exec kctl-test kctl sockopt get
	says inside kctl --netns kctl-test sockopt get
	says outside kctl sockopt get
	# shellcheck disable=SC2016 # for the shell of the editor
	VISUAL='ip netns identify $$ #' kctl -n kctl-test sockopt edit >out 2>err
	[ "$(<out)" = kctl-test ]
	silent kctl -n kctl-test proto send --channel 5 inside
	refuses 5 '' kctl proto recv --channel 5 --timeout 0
	start out kctl -n kctl-test -j watch icmp
	eventually grep -q ready out
	# shellcheck disable=SC2154 # process is from common.bash
	for netns in /run/netns/kctl-test "/proc/${process[out]}/ns/net" "${process[out]}"; do
		says inside kctl -n "$netns" sockopt get
	done
	start held kctl -n kctl-test -j proto bind --channel 6
	eventually grep -q bound held
	ping -q -n -c 1 127.0.0.1 >/dev/null
	watchers_are 0
	kctl -n kctl-test status | grep -qE '^  watchers +1 of'
	ip netns delete kctl-test
	refuses 1 "'kctl-test'" kctl -n kctl-test sockopt get
	[ "$(</sys/module/kctl/refcnt)" != 0 ]
	stop KILL out held
	ends 137 out
	ends 137 held
	[ "$(<out)" = '{"event":"ready"}' ]
	silent kctl sockopt delete --name default
	expect_nothing_left
}

@test "--all-netns: each namespace with a name, in text and in JSON" {
	ip netns add kctl-b
	ip netns add kctl-a
	silent kctl sockopt set outside
	silent kctl -n kctl-a sockopt set --name in-a x
	silent kctl -n kctl-b proto send --channel 5 hello
	start out kctl -n kctl-b -j watch icmp --in
	eventually grep -q ready out
	kctl sockopt list --all-netns >text
	[ "$(sed 's/ .*//' text)" = "$(printf '%s\n' netns: NAME in-a '' netns: NAME)" ]
	[ "$(grep netns text)" = $'netns: kctl-a\nnetns: kctl-b' ]
	kctl --all-netns -j | jq -e 'map([.netns, .result.store.entries, .result.proto.channels]) ==
		[["kctl-a", 1, 0], ["kctl-b", 0, 1]]'
	kctl --all-netns -j sockopt list --values |
		jq -e 'map(.result | map([.name, .value])) == [[["in-a", "x"]], []]'
	kctl -j proto list --all-netns | jq -e 'map(.result | map(.channel)) == [[], [5]]'
	kctl -j watch list --all-netns |
		jq -e 'map(.result | map([.process, .direction])) == [[], [["kctl", "in"]]]'
	stop TERM out
	ends 143 out
	ip netns delete kctl-a
	ip netns delete kctl-b
	says 'kctl: proto list: no network namespace has a name' kctl proto list --all-netns
	silent kctl -q proto list --all-netns
	says '[]' kctl -j proto list --all-netns
	silent kctl sockopt delete --name default
}

# The name of the file, 1, is also the ID of a process.
@test "--all-netns: an error in one namespace does not hide the others" {
	local status verb
	ip netns add 2
	ip netns add kctl-a
	touch /run/netns/1
	for verb in status 'sockopt list' 'watch list' 'proto list'; do
		status=0
		# shellcheck disable=SC2086 # words
		kctl $verb --all-netns >out 2>err || status=$?
		[ "$status" -eq 1 ]
		[ "$(grep ^netns out)" = $'netns: 2\nnetns: kctl-a' ]
		[ "$(head -n 1 out)" = 'netns: 2' ]
		[ "$(<err)" = "kctl: $verb: netns 1: /run/netns/1 is not a network namespace; this is a stale file, remove it" ]
		# shellcheck disable=SC2086 # words
		kctl -j $verb --all-netns >out 2>err && fail 'an error is hidden'
		jq -e 'map(.netns) == ["2", "kctl-a"] and all(.result)' out
		jq -e '.error.netns == "1" and .error.name == "EINVAL"' err
	done
	# In a common file, the error is in place of the output of the namespace.
	mv /run/netns/1 /run/netns/3
	ip netns exec 2 kctl sockopt set x
	kctl --all-netns sockopt list >out 2>&1 || :
	[ "$(sed 's/:.*//; s/ .*//' out)" = $'netns\nNAME\ndefault\nkctl\n\nnetns\nNAME' ]
	rm /run/netns/3
	status=0
	nobody kctl -j --all-netns >out 2>err || status=$?
	[ "$status" -eq 4 ]
	jq -se 'map(.error | [.netns, .name]) == [["2", "EPERM"], ["kctl-a", "EPERM"]]' err
	[ "$(<out)" = '[]' ]
	ip netns delete 2
	ip netns delete kctl-a
}

@test "watch store names the process that makes a change, to each listener as it may see it" {
	cases netns changers
	start inside setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare -Urnpf --mount-proc sh -c 'kctl -j watch store --count 2 &
			until kctl sockopt get --name host; do sleep 0.1; done 2>/dev/null
			kctl sockopt set --name container 1
			wait'
	eventually grep -q ready inside
	start outside kctl -n "${process[inside]}" -j watch store --count 2
	eventually grep -q ready outside
	start host kctl -n "${process[inside]}" sockopt set --name host 1
	ends 0 host
	ends 0 inside
	ends 0 outside
	# Root of the host has no user ID in the container. The events contain no ID of a pid
	# namespace of the host, not even for the host.
	jq -R 'fromjson? | select(.event == "store")' inside | jq -se 'all(.command == "kctl") and
		(.[0] | (has("pid") | not) and .uid == 65534) and
		(.[1] | .pid > 1 and .uid == 0)'
	jq -se 'map(select(.event == "store")) |
		(.[0] | (has("pid") | not) and .uid == 65534) and
		(.[1] | (has("pid") | not) and .uid == 0)' outside
}

@test "namespaces come and go, and so does the memory that they took" {
	cases churn namespaces
}

@test "permissions: each operation by each identity" {
	cases permissions table table_is_complete
}

@test "permissions: sockets, packets and limits of others" {
	cases permissions sockets_of_others packets_of_others sysctls_of_a_user_namespace \
		module_files
}

@test "permissions: each system call of the family by each identity" {
	cases permissions_proto calls calls_are_complete
}

@test "permissions: sockets passed to another process, the sysctls" {
	cases permissions_proto netlink_sockets store_sockets sysctls
}
