#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Check the RPM packages that make rpm has built. Nothing is installed.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

setup()
{
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	version=$(cat "$top/kmod/VERSION")
	cd "$top/build/rpm/RPMS" || return
}

# files PACKAGE: print its files, except documents and the sources in subfolders.
files()
{
	rpm -qp --list "$1-$version"-*.rpm | grep -v -e '/share/\(doc\|man\|licenses\)/' \
		-e '/usr/src/.*/.*/' -e '/lib/\.build-id' | sort
}

@test "the RPM packages have these files" {
	diff - <(files ./*/kctl) <<-END
		/usr/bin/kctl
		/usr/lib/systemd/system/kctl-channels.service
		/usr/lib/systemd/system/kctl-watch@.service
		/usr/lib/systemd/system/kctl-work@.service
		/usr/lib/systemd/system/kctl.service
		/usr/share/bash-completion/completions/kctl
		/usr/share/fish/vendor_completions.d/kctl.fish
		/usr/share/kctl
		/usr/share/kctl/kctl-1.schema.json
		/usr/share/zsh/site-functions/_kctl
	END
	diff - <(files ./*/libkctl) <<-END
		/usr/lib64/libkctl.so.0
		/usr/lib64/libkctl.so.0.$version
	END
	diff - <(files ./*/libkctl-devel) <<-END
		/usr/include/libkctl.h
		/usr/include/libkctl_common.h
		/usr/include/libkctl_genl.h
		/usr/include/libkctl_proto.h
		/usr/include/libkctl_store.h
		/usr/include/libkctl_watch.h
		/usr/include/linux/kctl.h
		/usr/lib64/libkctl.a
		/usr/lib64/libkctl.so
		/usr/lib64/pkgconfig/libkctl.pc
		/usr/share/kctl
		/usr/share/kctl/kctl.yaml
	END
	diff <(cd "$top/kmod" && printf '%s\n' dkms.conf Kbuild VERSION ./*.[ch] |
		sed 's:^\./::' | sort) <(files noarch/kctl-dkms | sed -n "s:/usr/src/kctl-$version/::p" |
		grep '[.VK]')
}

@test "a removed RPM package stops its units, an upgraded one does not" {
	run rpm -qp --scripts x86_64/kctl-"$version"-*.rpm
	[ "$(grep -cE 'systemctl|rm -f' <<<"$output")" -eq 3 ]
	grep -A 3 '-eq 0 \]' <<<"$output" | grep -A 1 'systemctl stop ' | grep kctl-work@
}

@test "the RPM packages depend on each other by version" {
	rpm -qp --provides x86_64/libkctl-"$version"-*.rpm | grep -qF 'libkctl.so.0(LIBKCTL_0.1)(64bit)'
	rpm -qp --requires x86_64/libkctl-devel-*.rpm | grep -q "^libkctl(x86-64) = $version-"
	run ! grep libkctl <(rpm -qp --requires x86_64/kctl-"$version"-*.rpm)
	grep -qx "PACKAGE_VERSION=\"$version\"" \
		<(rpm2cpio noarch/kctl-dkms-*.rpm | cpio -i --quiet --to-stdout '*/dkms.conf')
}
