#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install, upgrade and purge the packages in a copy-on-write copy of this system that has the
# headers of two kernels.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

setup()
{
	[ "$(id -u)" -eq 0 ] || skip "only root can install packages"
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	version=$(cat "$top/kmod/VERSION")
	changes=$BATS_TEST_TMPDIR/upper
	mkdir -p "$BATS_TEST_TMPDIR"/{upper,work,root}
	releases=()
	add_kernel 6.1
	add_kernel 6.12
	# Without this directory, DKMS takes the copy for a build machine, and builds the module
	# for all kernels.
	mkdir -p "$changes/usr/lib/modules/$(uname -r)"
	unset MAKEFLAGS MFLAGS MAKELEVEL
}

# Put the headers of a kernel where a package would install them.
add_kernel()
{
	local kernel release
	kernel=$("$top/tests/vm/kernel" "$1")
	release=$(cat "$kernel/release")
	releases+=("$release")
	mkdir -p "$changes/usr/lib/modules/$release"
	ln -s "$kernel/build" "$changes/usr/lib/modules/$release/build"
}

# in_copy COMMAND…: run the command in the copy.
in_copy()
{
	# shellcheck disable=SC2016
	unshare --mount sh -ec 'cd "$1"; mount -t overlay overlay root \
			-o lowerdir=/,upperdir=upper,workdir=work
		for dir in dev proc; do mount --rbind /$dir root/$dir; done
		shift; exec chroot root "$@"' sh "$BATS_TEST_TMPDIR" "$@"
}

# built VERSION: both kernels have this version of the module, and no other version.
built()
{
	local release module
	for release in "${releases[@]}"; do
		module=$(echo "$changes/usr/lib/modules/$release/updates/dkms"/*)
		[[ ${module##*/} == kctl.ko* ]]
		[ "$(modinfo -F version "$module")" = "$1" ]
		[[ $(modinfo -F vermagic "$module") == "$release "* ]]
		[ "$(stat -c %s "$module")" -lt 1000000 ]
	done
}

# Make kctl-dkms 9.9 from the package that was built.
newer_package()
{
	local dir=$BATS_TEST_TMPDIR/newer
	dpkg-deb -R "$top"/build/deb/kctl-dkms_*.deb "$dir"
	mv "$dir/usr/src/kctl-$version" "$dir/usr/src/kctl-9.9"
	echo 9.9 >"$dir/usr/src/kctl-9.9/VERSION"
	sed -i "s/$version/9.9/" "$dir/usr/src/kctl-9.9/dkms.conf" "$dir"/DEBIAN/*
	dpkg-deb -b "$dir" "$changes/newer.deb"
}

@test "install, upgrade and purge: each kernel has its module, and nothing is left" {
	in_copy dpkg -i "$top"/build/deb/kctl_*.deb "$top"/build/deb/kctl-dkms_*.deb
	built "$version"
	[ ! -e "$changes/etc/systemd/system/sysinit.target.wants/kctl.service" ]
	in_copy systemctl enable kctl kctl-watch@lo kctl-work@job
	[ -L "$changes/etc/systemd/system/multi-user.target.wants/kctl-work@job.service" ]

	newer_package
	in_copy dpkg -i /newer.deb
	built 9.9
	rm "$changes/newer.deb"

	in_copy dpkg --purge kctl kctl-dkms
	run find "$changes" ! -type c -name '*kctl*' ! -path '*/var/cache/*'
	[ -z "$output" ]
	[ ! -e "$changes/var/lib/dkms/kctl" ]
}
