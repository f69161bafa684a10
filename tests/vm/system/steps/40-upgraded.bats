#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot with the newer packages, and downgrade them.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

@test "all is back with the newer version" {
	booted
	loaded "$newer"
	restored
}

@test "a kernel that is purged takes its module along" {
	apt-get purge -y "linux-image-$first_kernel" "linux-headers-$first_kernel"
	built "$newer" "$newer_kernel"
	[ ! -e "/lib/modules/$first_kernel" ]
	healthy
}

@test "a downgrade builds the module, and leaves alone what runs" {
	local processes
	processes=$(systemctl show -P MainPID kctl-watch@lo kctl-work@job)
	apt-get install -y --allow-downgrades /built/now/*.deb
	built "$now" "$newer_kernel"
	[ "$(systemctl show -P MainPID kctl-watch@lo kctl-work@job)" = "$processes" ]
	[ ! -e /var/lib/dkms/kctl/"$newer" ]
	[ ! -e /usr/src/kctl-"$newer" ]
	healthy
}

@test "the older tool and the newer module work together" {
	[ "$(kctl --version | head -n 1)" = "kctl $now" ]
	loaded "$newer"
	restored
}
