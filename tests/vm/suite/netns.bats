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
