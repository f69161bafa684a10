#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot with the older version, then remove and purge the packages.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

packages=(kctl kctl-dkms libkctl0 libkctl-dev python3-kctl)

@test "all is back with the older version" {
	booted
	loaded "$now"
	restored
}

@test "removed packages leave no module, and nothing that runs or fails" {
	apt-get remove -y "${packages[@]}"
	[ -z "$(find /lib/modules -name '*kctl*')" ]
	[ ! -e /var/lib/dkms/kctl ]
	[ -z "$(instances)" ]
	run ! modinfo kctl
	healthy
}

@test "purged packages leave no file" {
	# apt does not know packages that left nothing behind.
	dpkg --purge "${packages[@]}"
	# The files that the administrator has created.
	rm -r /etc/kctl /etc/default/kctl-* /etc/sysctl.d/kctl.conf /etc/modules-load.d/kctl.conf \
		/usr/local/bin/job
	run ! own_files
}

@test "DKMS and the headers go, and leave no directory of a module" {
	# apt keeps the packages of the running kernel.
	apt-get remove --purge -y linux-headers-6.12-amd64 "linux-headers-$newer_kernel"
	apt-get autoremove --purge -y
	run ! dpkg -s dkms
	[ ! -e "/lib/modules/$first_kernel/updates" ]
	[ ! -e "/lib/modules/$newer_kernel/updates" ]
	run ! own_files
	healthy
}
