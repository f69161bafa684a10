#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Check the packages that make deb has built. Nothing is installed.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

setup()
{
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	version=$(cat "$top/kmod/VERSION")
	triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
	cd "$top/build/deb" || return
	unset MAKEFLAGS MFLAGS MAKELEVEL
}

# files PACKAGE: print its files, except documents and the sources in subfolders.
files()
{
	dpkg-deb --fsys-tarfile "$1"_*.deb | tar -t | grep -v -e '/$' -e '/share/\(doc\|man\)/' \
		-e '/usr/src/.*/.*/' | sort
}

@test "lintian says nothing but that there is no script for other init systems" {
	run lintian --allow-root -EvIL +pedantic ./*.changes
	[ "$output" = "$(printf "I: kctl: package-supports-alternative-init-but-no-init.d-script [%s]\n" \
		lib/systemd/system/kctl{-channels,}.service)" ]
}

@test "the packages have these files" {
	diff - <(files kctl) <<-END
		./lib/systemd/system/kctl-channels.service
		./lib/systemd/system/kctl-watch@.service
		./lib/systemd/system/kctl-work@.service
		./lib/systemd/system/kctl.service
		./usr/bin/kctl
		./usr/share/bash-completion/completions/kctl
		./usr/share/fish/vendor_completions.d/kctl.fish
		./usr/share/kctl/kctl-1.schema.json
		./usr/share/zsh/vendor-completions/_kctl
	END
	diff - <(files libkctl0) <<-END
		./usr/lib/$triplet/libkctl.so.0
		./usr/lib/$triplet/libkctl.so.0.$version
	END
	diff - <(files libkctl-dev) <<-END
		./usr/include/libkctl.h
		./usr/include/libkctl_common.h
		./usr/include/libkctl_genl.h
		./usr/include/libkctl_proto.h
		./usr/include/libkctl_store.h
		./usr/include/libkctl_watch.h
		./usr/include/linux/kctl.h
		./usr/lib/$triplet/libkctl.a
		./usr/lib/$triplet/libkctl.so
		./usr/lib/$triplet/pkgconfig/libkctl.pc
		./usr/share/kctl/kctl.yaml
	END
	diff - <(files python3-kctl) <<-END
		./usr/lib/python3/dist-packages/kctl/__init__.py
		./usr/lib/python3/dist-packages/kctl/_library.py
		./usr/lib/python3/dist-packages/kctl/_source.py
		./usr/lib/python3/dist-packages/kctl/channel.py
		./usr/lib/python3/dist-packages/kctl/py.typed
		./usr/lib/python3/dist-packages/kctl/store.py
		./usr/lib/python3/dist-packages/kctl/watch.py
	END
	diff <(cd "$top/kmod" && printf '%s\n' dkms.conf Kbuild VERSION ./*.[ch] |
		sed 's:^\./::' | sort) \
		<(files kctl-dkms | sed "s:./usr/src/kctl-$version/::" | sort)
}

@test "the scripts of the packages do not touch what runs before it is removed" {
	local package touches='rmmod|modprobe|systemd-invoke|systemctl.* (re)?st(art|op)'
	for package in kctl kctl-dkms; do
		mkdir "$BATS_TEST_TMPDIR/$package"
		dpkg-deb -e "${package}_"*.deb "$BATS_TEST_TMPDIR/$package"
	done
	grep -q kctl.service "$BATS_TEST_TMPDIR/kctl/postinst"
	grep -A 1 '= remove \]' "$BATS_TEST_TMPDIR/kctl/prerm" | grep 'invoke stop'
	[ "$(cat "$BATS_TEST_TMPDIR"/*/p* | grep -cE "$touches")" -eq 1 ]
}

@test "another build, elsewhere, makes the same bits" {
	local package
	cp -r "$PWD/kctl-$version" "$BATS_TEST_TMPDIR"
	(
		cd "$BATS_TEST_TMPDIR/kctl-$version"
		umask 077
		DEB_BUILD_OPTIONS=nocheck TZ=Asia/Tokyo LC_ALL=C.UTF-8 \
			dpkg-buildpackage --no-sign >"$BATS_TEST_TMPDIR/log" 2>&1 ||
			{ tail -n 40 "$BATS_TEST_TMPDIR/log" && false; }
	)
	[ "$(printf '%s\n' ./*.deb | wc -l)" -eq 7 ]
	for package in ./*.deb; do
		cmp "$package" "$BATS_TEST_TMPDIR/$package"
	done
}
