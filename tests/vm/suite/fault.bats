#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What fails when memory is short, or not there. Only on a kernel that can be told to
# fail: the others skip it.

load lib/common

setup()
{
	[ -e /proc/self/fail-nth ] || skip 'this kernel does not fail on demand'
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
}

@test "store: each allocation and each copy fails once" {
	cases fault store
}

@test "watch: each allocation and each copy fails once" {
	cases fault watch records
}

@test "channels: each allocation and each copy fails once" {
	cases fault channels
}

@test "namespaces: each allocation fails once" {
	cases fault namespaces
}

@test "loading: each allocation fails once" {
	cases fault loading
}
