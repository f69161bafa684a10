#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Calls while allocations and copies fail. Kernels without fault injection skip this
# file. Each test reports how many faults it injected.

load lib/common

setup()
{
	[ -e /proc/self/fail-nth ] || skip 'this kernel does not fail on demand'
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
}

# faults CASE…
faults()
{
	local report=$BATS_TEST_TMPDIR/report
	cases fault "$@" >"$report" || fail "$(<"$report")"
	sed -n 's/^faults: /# /p' "$report" >&3
}

@test "store: each allocation and each copy fails once" {
	faults store
}

@test "watch: each allocation and each copy fails once" {
	faults watch records
}

@test "channels: each allocation and each copy fails once" {
	faults channels holding dead_letters naming
}

@test "namespaces: each allocation fails once" {
	faults namespaces
}

@test "loading: each allocation fails once" {
	faults loading
}
