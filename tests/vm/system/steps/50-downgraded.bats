#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The older version again; the packages are removed and purged.

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
	apt-get purge -y "${packages[@]}"
	# What the administrator has made.
	rm -r /etc/kctl /etc/default/kctl-* /etc/sysctl.d/kctl.conf /etc/modules-load.d/kctl.conf \
		/usr/local/bin/job
	run ! own_files
}

@test "nothing is left but the newer kernel when what came with the packages has gone too" {
	apt-mark manual linux-headers-6.12-amd64 linux-image-6.12-amd64
	apt-get remove --purge -y linux-headers-6.12-amd64
	apt-get autoremove --purge -y
	run comm -13 /var/tmp/files <(list_files |
		grep -v -e "$newer_kernel" -e '^/var/lib/dkms' -e '^/\(vmlinuz\|initrd.img\)')
	[ -z "$output" ]
	[ ! -e "/lib/modules/$first_kernel/updates" ]
	[ ! -e "/lib/modules/$newer_kernel/updates" ]
	healthy
}
