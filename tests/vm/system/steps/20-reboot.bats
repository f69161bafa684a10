#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot the same kernel again, and install a newer one.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

@test "all is back after a reboot" {
	booted
	[ "$(uname -r)" = "$first_kernel" ]
	loaded "$now"
	restored
}

@test "the store was restored before there was a network" {
	local restored network
	restored=$(systemctl show -P ActiveEnterTimestampMonotonic kctl)
	network=$(systemctl show -P ActiveEnterTimestampMonotonic network-pre.target)
	[ "$restored" -gt 0 ]
	[ "$restored" -le "$network" ]
}

@test "a newer kernel gets its module when its headers are installed" {
	apt-get install -y linux-image-6.12-amd64 linux-headers-6.12-amd64
	built "$now" "$first_kernel" "$newer_kernel"
	healthy
}
