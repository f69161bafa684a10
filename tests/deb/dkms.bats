#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DKMS builds the module from the package kctl-dkms, in directories of the test. Nothing is
# installed.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

setup()
{
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	version=$(cat "$top/kmod/VERSION")
	root=$BATS_TEST_TMPDIR/root
	PATH=$PATH:/usr/sbin:/sbin
	unset MAKEFLAGS MFLAGS MAKELEVEL
	mkdir -p "$root"/{dkms,modules}
	dpkg-deb -x "$top"/build/deb/kctl-dkms_*.deb "$root"
	dkms add
}

# dkms ACTION ARGS…: run DKMS as root, as it requires, but with no more rights than the caller.
dkms()
{
	unshare --map-root-user --mount dkms "$@" -m kctl -v "$version" --no-depmod \
		--dkmstree "$root/dkms" --sourcetree "$root/usr/src" \
		--installtree "$root/modules"
}

@test "DKMS installs the module for 6.12, and removes it" {
	local kernel release module
	kernel=$("$top/tests/vm/kernel" 6.12)
	release=$(cat "$kernel/release")
	mkdir "$root/modules/$release"
	dkms install -k "$release" --kernelsourcedir "$kernel/build"
	module=$(echo "$root/modules/$release/updates/dkms"/kctl.ko*)
	[[ $(modinfo -F vermagic "$module") == "$release "* ]]
	[ "$(modinfo -F version "$module")" = "$version" ]
	[ "$(stat -c %s "$module")" -lt 1000000 ]
	dkms remove --all
	[ -z "$(find "$root/modules" "$root/dkms" -name 'kctl*')" ]
}

@test "DKMS refuses other kernels than 5.10 to 7.3, without breaking their installation" {
	local kernel
	for kernel in 4.19.0-27-amd64 5.1.0 5.9.0-1-amd64 7.4.0-amd64 7.4-rc1 7.30.1 8.0.0; do
		run dkms build -k "$kernel" --kernelsourcedir /nowhere
		[ "$status" -eq 77 ]
	done
	# For these kernels only the headers are missing.
	for kernel in 5.10.0-32-amd64 5.19.2 6.0.0 6.19.1 7.0-rc3 7.3.4+deb13-amd64 7.3; do
		run dkms build -k "$kernel" --kernelsourcedir /nowhere
		[ "$status" -eq 1 ]
		[[ $output == *'kernel headers'* ]]
	done
}
