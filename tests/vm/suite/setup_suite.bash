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
	tool_into_memory
	! grep -q ' arch_jump_label_transform$' /proc/kallsyms || nft -f - <<-EOF
	table inet kctl_suite {
		chain in { type filter hook prerouting priority 0; }
		chain out { type filter hook output priority 0; }
	}
	EOF
}

# The memory of the guest is fast, its disk is not, and the tool is run a thousand times.
tool_into_memory()
{
	local bin=$BATS_SUITE_TMPDIR/bin tool
	tool=$(command -v kctl)
	mkdir "$bin"
	ldd "$tool" | awk '/lib(mnl|jansson)/ { print $3 }' | xargs cp -t "$bin" "$tool"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_SUITE_TMPDIR" "$bin"
	export PATH=$bin:$PATH LD_LIBRARY_PATH=$bin
}

teardown_suite()
{
	nft delete table inet kctl_suite 2>/dev/null || :
}
