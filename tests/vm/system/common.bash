# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Shared by the steps. The host writes variables to /io/env: now and newer, the versions of the
# packages in /built; first_kernel and newer_kernel, the releases of the two kernels.

bats_require_minimum_version 1.5.0
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 now newer first_kernel newer_kernel

# until_true COMMAND...: repeat the command until it succeeds, for at most ten minutes.
until_true()
{
	local end=$((SECONDS + 600))
	until "$@"; do
		[ $SECONDS -lt $end ] || { echo "never: $*" && return 1; }
		sleep 0.5
	done
}

# ---- the system ------------------------------------------------------------

# No unit has failed, and the kernel is tainted only by an out-of-tree module (4096) without
# a signature (8192).
healthy()
{
	local failed tainted
	failed=$(systemctl --failed --plain --no-legend)
	tainted=$(cat /proc/sys/kernel/tainted)
	echo "failed: $failed; tainted: $tainted"
	[ -z "$failed" ] && [ $((tainted & ~(4096 + 8192))) -eq 0 ]
}

# The boot is complete, and nothing failed.
booted()
{
	cat /io/state
	[ "$(cat /io/state)" = running ] && healthy
}

# List all files of the system, except those that change by themselves or with any package.
list_files()
{
	find / -xdev \( -path /tmp -o -path /var/tmp -o -path /var/log -o -path /var/cache \
		-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd \) -prune \
		-o -print | sort
}

# List the files of kctl.
own_files()
{
	list_files | grep kctl | grep -v networkctl
}

# ---- the module ------------------------------------------------------------

# built VERSION KERNEL...: these kernels, and no others, have this version of the module.
built()
{
	local version=$1 kernel
	shift
	diff <(printf '%s\n' "$@" | sort) \
		<(find /lib/modules -name 'kctl.ko*' | cut -d / -f 4 | sort)
	for kernel; do
		[ "$(modinfo -k "$kernel" -F version kctl)" = "$version" ]
		[[ $(modinfo -k "$kernel" -F vermagic kctl) == "$kernel "* ]]
		[[ $(modinfo -k "$kernel" -n kctl) == */updates/dkms/kctl.ko* ]]
		[[ $(dkms status kctl -k "$kernel") == "kctl/$version, $kernel, x86_64: installed" ]]
	done
}

loaded()
{
	[ "$(cat /sys/module/kctl/version)" = "$1" ]
}

not_loaded()
{
	[ ! -e /sys/module/kctl ]
}

# ---- the units -------------------------------------------------------------

# in_journal UNIT TEXT: the unit has printed TEXT in this boot.
in_journal()
{
	journalctl -b -u "$1" -o cat | grep -qF -- "$2"
}

# List the running units of kctl.
instances()
{
	systemctl list-units --plain --no-legend --state=running 'kctl-*' | cut -d ' ' -f 1
}

# The watch is active, sees packets and prints them.
watch_works()
{
	systemctl is-active kctl-watch@lo
	until_true prints_requests "$(requests)"
}

# Print the number of packets that the watch has printed in this boot.
requests()
{
	journalctl -b -u kctl-watch@lo -o cat | grep -c 'echo request' || :
}

# prints_requests NUMBER: after a ping, the watch has printed more than NUMBER packets.
prints_requests()
{
	ping -q -c 1 127.0.0.1
	[ "$(requests)" -gt "$1" ]
}

# work_works MESSAGE: the unit runs the command, as a user of its own, for the message.
work_works()
{
	systemctl is-active kctl-work@job
	kctl proto send --channel 25 "$1"
	until_true in_journal kctl-work@job "done: $1"
}

# in_state STATE UNIT: the unit is in this state, and has not failed before.
in_state()
{
	[ "$(systemctl show -P ActiveState "$2")" = "$1" ] &&
		[ "$(systemctl show -P Result "$2")" = success ]
}

stopped()
{
	in_state inactive "$1"
}

# Everything that the first step has set up works again after a boot.
restored()
{
	[ "$(kctl sockopt get)" = hello ]
	in_state active kctl
	[ "$(sysctl -n net.kctl.channels_max)" = 77 ]
	watch_works
	work_works "$BATS_TEST_NAME"
}
