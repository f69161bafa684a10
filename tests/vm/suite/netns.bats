#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network namespaces, and who may do what in them.

load lib/common

@test "nothing crosses from one namespace to another" {
	cases netns nothing_crosses directions_of_a_veth
}

@test "a namespace goes with everything in it" {
	cases netns end_with_everything_alive end_with_messages_only
}

@test "namespaces come and go, and so does all that they took" {
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

@test "permissions: sockets that one opens and another uses, the sysctls" {
	cases permissions_proto netlink_sockets store_sockets sysctls
}
