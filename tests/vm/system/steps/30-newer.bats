#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot the newer kernel, and upgrade the packages.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

@test "all is back with the newer kernel" {
	booted
	[ "$(uname -r)" = "$newer_kernel" ]
	loaded "$now"
	restored
}

@test "an upgrade builds the module for both kernels, and leaves alone what runs" {
	local processes
	processes=$(systemctl show -P MainPID kctl-watch@lo kctl-work@job)
	kctl sockopt set --name new "not saved"
	apt-get install -y /built/newer/*.deb
	built "$newer" "$first_kernel" "$newer_kernel"
	[ "$(systemctl show -P MainPID kctl-watch@lo kctl-work@job)" = "$processes" ]
	[ "$(kctl sockopt get --name new)" = "not saved" ]
	healthy
}

@test "the newer tool and the older module work together" {
	[ "$(kctl --version | head -n 1)" = "kctl $newer" ]
	loaded "$now"
	restored
}

@test "the newer module after rmmod and modprobe" {
	systemctl stop kctl-watch@lo kctl-work@job
	rmmod kctl
	modprobe kctl
	loaded "$newer"
	systemctl restart kctl kctl-watch@lo kctl-work@job systemd-sysctl
	restored
	healthy
}
