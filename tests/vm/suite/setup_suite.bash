# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Runs before the first file and after the last.
#
# The first netfilter hook of all, and the last to go, patch the way of every packet.
# QEMU 7.2 may run the code of a moment ago after that, breakpoint included, and the
# guest dies of "Oops: int3": two floods of pings and nft are enough, with no kctl at
# all. So some hooks stay for the whole suite. The debug kernel does not patch itself.

setup_suite()
{
	! grep -q ' arch_jump_label_transform$' /proc/kallsyms || nft -f - <<-EOF
	table inet kctl_suite {
		chain in { type filter hook prerouting priority 0; }
		chain out { type filter hook output priority 0; }
	}
	EOF
}

teardown_suite()
{
	nft delete table inet kctl_suite 2>/dev/null || :
}
