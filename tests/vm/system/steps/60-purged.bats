#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot without the packages.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

@test "a system without kctl again" {
	booted
	not_loaded
	[ "$(cat /proc/sys/kernel/tainted)" -eq 0 ]
	run ! own_files
	run ! grep -i kctl <(journalctl -b -p warning -o cat)
}
