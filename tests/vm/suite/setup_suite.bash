# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Runs before the first file and after the last.
#
# The first netfilter hook of all, and the last to go, patch the way of every packet.
# QEMU 7.2 may run the code of a moment ago after that, breakpoint included, and the
# guest dies of "Oops: int3": two floods of pings and nft are enough, with no kctl at
# all. So some hooks stay for the whole suite. The debug kernel does not patch itself.

load lib/common

setup_suite()
{
	tool_into_memory
	system_into_memory
	count_namespaces
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

# To open a file of the host's takes several messages to it, however much of the file is
# in memory: half the time of a short program. One that is touched is copied into the
# overlay, and opened there from then on.
system_into_memory()
{
	local -a programs
	mapfile -t programs < <(type -P awk bash cat chmod cmp cp cut date diff env grep head ip \
		jq ln mkdir mkfifo mktemp mv nft ping ps python3 readlink rm sed seq setpriv sh \
		sleep sort stat sysctl tail timeout touch tr unshare wc)
	{
		printf '%s\n' "${programs[@]}"
		ldd "${programs[@]}" | awk '$3 ~ /^\// { print $3 } $2 ~ /^\(/ && /^\t\// { print $1 }'
		find "$BATS_ROOT"/lib*/bats-core /usr/lib/locale/C.utf8 -type f
		find /etc/ld.so.cache /etc/locale.alias /usr/lib/*/gconv/gconv-modules.cache
		python3 -S -c '
import ctypes, errno, fcntl, faulthandler, importlib, mmap, random, re, select, signal
import socket, struct, subprocess, sys, textwrap, threading, time, traceback
for module in sys.modules.values():
    print(getattr(module, "__cached__", None) or getattr(module, "__file__", ""))'
	} | sort -u | xargs touch -a -c
}

# What there must not be more of after a file. Those that went lately are still going.
count_namespaces()
{
	local count=
	until [ "$count" = "${KCTL_NAMESPACES-none}" ]; do
		KCTL_NAMESPACES=$count
		let_a_namespace_go
		sleep 0.5
		count=$(objects_of net_namespace)
	done
	export KCTL_NAMESPACES
}

teardown_suite()
{
	nft delete table inet kctl_suite 2>/dev/null || :
}
