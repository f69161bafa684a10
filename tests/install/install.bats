#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make install and make uninstall: the files, and their places.

# The variables of bats and common.bash are unknown to shellcheck.
# shellcheck disable=SC2154

load common

@test "make install installs these files" {
	make_in_root install
	installed_are <<-END
		lib/modules/$release/updates/kctl.ko.xz
		usr/local/bin/kctl
		usr/local/include/libkctl.h
		usr/local/include/libkctl_common.h
		usr/local/include/libkctl_genl.h
		usr/local/include/libkctl_proto.h
		usr/local/include/libkctl_store.h
		usr/local/include/libkctl_watch.h
		usr/local/include/linux/kctl.h
		usr/local/lib/libkctl.a
		usr/local/lib/libkctl.so
		usr/local/lib/libkctl.so.0
		usr/local/lib/libkctl.so.0.$version
		usr/local/lib/pkgconfig/libkctl.pc
		usr/local/lib/systemd/system/kctl-channels.service
		usr/local/lib/systemd/system/kctl-watch@.service
		usr/local/lib/systemd/system/kctl-work@.service
		usr/local/lib/systemd/system/kctl.service
		usr/local/share/bash-completion/completions/kctl
		usr/local/share/fish/vendor_completions.d/kctl.fish
		usr/local/share/kctl/kctl-1.schema.json
		usr/local/share/kctl/kctl.yaml
		usr/local/share/man/man3/libkctl.3
		usr/local/share/man/man3/libkctl_genl.3
		usr/local/share/man/man3/libkctl_proto.3
		usr/local/share/man/man3/libkctl_store.3
		usr/local/share/man/man3/libkctl_watch.3
		usr/local/share/man/man7/kctl.7
		usr/local/share/man/man8/kctl-proto.8
		usr/local/share/man/man8/kctl-sockopt.8
		usr/local/share/man/man8/kctl-watch.8
		usr/local/share/man/man8/kctl.8
		usr/local/share/zsh/site-functions/_kctl
	END
	[ -z "$(find "$BATS_TEST_TMPDIR/root" -type f -perm /022)" ]
	[ "$(find "$BATS_TEST_TMPDIR/root" -type f -perm /111)" = \
		"$BATS_TEST_TMPDIR/root/usr/local/bin/kctl" ]
}

@test "make install-python installs these files, and Python imports them" {
	make_in_root install-python
	installed_are <<-END
		usr/local/lib/python3/dist-packages/kctl/__init__.py
		usr/local/lib/python3/dist-packages/kctl/_library.py
		usr/local/lib/python3/dist-packages/kctl/_source.py
		usr/local/lib/python3/dist-packages/kctl/channel.py
		usr/local/lib/python3/dist-packages/kctl/py.typed
		usr/local/lib/python3/dist-packages/kctl/store.py
		usr/local/lib/python3/dist-packages/kctl/watch.py
		usr/local/share/man/man7/kctl-python.7
	END
	make_in_root install-tool
	cd "$BATS_TEST_TMPDIR/root/usr/local"
	LD_LIBRARY_PATH=lib PYTHONPATH=lib/python3/dist-packages python3 -c \
		'import kctl; assert kctl.Store().close() is None'
}

@test "make uninstall leaves nothing" {
	make_in_root install install-python
	mkdir "$BATS_TEST_TMPDIR/root/usr/local/lib/python3/dist-packages/kctl/__pycache__"
	make_in_root uninstall
	[ ! -e "$BATS_TEST_TMPDIR/root/usr/local/lib/python3/dist-packages/kctl" ]
	[ -z "$(files .)" ]
	[ ! -e "$BATS_TEST_TMPDIR/root/usr/local/share/kctl" ]
	[ ! -e "$BATS_TEST_TMPDIR/root/lib/modules/$release/updates" ]
	[ -d "$BATS_TEST_TMPDIR/root/usr/local/share/man/man8" ]
}

@test "make uninstall needs no headers, and leaves the files of others" {
	local file root=$BATS_TEST_TMPDIR/root
	local -a others=(
		"lib/modules/$release/updates/dkms/kctl.ko.xz"
		"lib/modules/$release/updates/kctl.ko.old"
		"lib/modules/$release/updates/kctl_other.ko"
		lib/modules/5.10.0/updates/other.ko
		usr/local/share/kctl/other
		usr/local/share/man/man8/other.8
	)

	make_in_root install
	for file in "${others[@]}" lib/modules/5.10.0/updates/kctl.ko; do
		install -D /dev/null "$root/$file"
	done
	make_in_root KDIR=/nowhere uninstall
	printf '%s\n' "${others[@]}" | installed_are
}

@test "make install-tool needs no headers" {
	make_in_root KDIR=/nowhere install-tool
	[ -x "$BATS_TEST_TMPDIR/root/usr/local/bin/kctl" ]
	[ ! -e "$BATS_TEST_TMPDIR/root/lib" ]
	make_in_root KDIR=/nowhere uninstall
	[ -z "$(files .)" ]
}

# moves VARIABLE=VALUE FILE…: make install-tool puts the files below root/moved, with the
# variable in lower and in upper case.
moves()
{
	local setting=$1 name
	shift
	for name in "${setting%%=*}" "$(tr '[:lower:]' '[:upper:]' <<<"${setting%%=*}")"; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_in_root install-tool "$name=${setting#*=}"
		diff <(printf 'moved/%s\n' "$@" | sort) <(files moved)
		[ "$(files . | wc -l)" -eq "$((10 + ${#pages[@]} + ${#includes[@]} + ${#library[@]}))" ]
		make_in_root uninstall "$name=${setting#*=}"
		[ -z "$(files .)" ]
	done
}

includes=(linux/kctl.h libkctl.h libkctl_{common,genl,proto,store,watch}.h)
library=(libkctl.a libkctl.so{,.0,.0."$version"} pkgconfig/libkctl.pc)
pages=(man/man3/libkctl{,_genl,_proto,_store,_watch}.3 man/man7/kctl.7 man/man8/kctl{,-proto,-sockopt,-watch}.8)
shared=(bash-completion/completions/kctl fish/vendor_completions.d/kctl.fish
	kctl/kctl{-1.schema.json,.yaml} "${pages[@]}" zsh/site-functions/_kctl)

@test "the directories of the GNU coding standards, in either case" {
	moves prefix=/moved bin/kctl "${includes[@]/#/include/}" "${library[@]/#/lib/}" \
		"${shared[@]/#/share/}" \
		lib/systemd/system/kctl{,-channels,-watch@,-work@}.service
	moves unitdir=/moved kctl{,-channels,-watch@,-work@}.service
	moves exec_prefix=/moved bin/kctl "${library[@]/#/lib/}"
	moves libdir=/moved "${library[@]}"
	moves bindir=/moved kctl
	moves sbindir=/moved kctl
	moves datarootdir=/moved "${shared[@]}"
	moves mandir=/moved "${pages[@]#man/}"
	moves includedir=/moved "${includes[@]}"
}

@test "an empty prefix is the root directory" {
	local name
	for name in prefix PREFIX; do
		make_in_root install-tool "$name="
		[ -x "$BATS_TEST_TMPDIR/root/bin/kctl" ]
		make_in_root uninstall "$name="
		[ -z "$(files .)" ]
	done
}

@test "settings can come from the environment, and bindir beats sbindir" {
	BINDIR=/moved SBINDIR=/elsewhere make_in_root install-tool
	[ -x "$BATS_TEST_TMPDIR/root/moved/kctl" ]
	[ ! -e "$BATS_TEST_TMPDIR/root/elsewhere" ]
}

@test "a relative DESTDIR is one directory for tool and module" {
	local relative
	relative=$(realpath --relative-to="$top" "$BATS_TEST_TMPDIR/root")
	make_in_root install DESTDIR="$relative"
	[ -e "$BATS_TEST_TMPDIR/root/usr/local/bin/kctl" ]
	[ -e "$BATS_TEST_TMPDIR/root/lib/modules/$release/updates/kctl.ko.xz" ]
}

@test "the installed module is stripped, and for this kernel and version" {
	local module=$BATS_TEST_TMPDIR/root/lib/modules/$release/updates/kctl.ko.xz
	run --separate-stderr make_in_root install-module
	[[ $stderr != *SSL* ]]
	[[ $(modinfo -F vermagic "$module") == "$release "* ]]
	[ "$(modinfo -F version "$module")" = "$(cat "$top/kmod/VERSION")" ]
	xz -dc "$module" >"$BATS_TEST_TMPDIR/kctl.ko"
	readelf -SW "$BATS_TEST_TMPDIR/kctl.ko" >"$BATS_TEST_TMPDIR/sections"
	grep -q ' \.modinfo ' "$BATS_TEST_TMPDIR/sections"
	run ! grep -q ' \.debug_' "$BATS_TEST_TMPDIR/sections"
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/kctl.ko")" -lt 1000000 ]
}

@test "make install-module does not hide the modules of DKMS" {
	mkdir -p "$BATS_TEST_TMPDIR/root/var/lib/dkms/kctl"
	run --separate-stderr make_in_root install-module
	[ "$status" -ne 0 ]
	[[ $stderr == *'DKMS builds kctl here'* ]]
	[ -z "$(files .)" ]
}

@test "make install-strip strips the tool and the library" {
	local root=$BATS_TEST_TMPDIR/root/usr/local
	make_in_root install-strip
	readelf -SW "$root/bin/kctl" "$root/lib/libkctl.so" >"$BATS_TEST_TMPDIR/sections"
	run ! grep -q ' \.symtab ' "$BATS_TEST_TMPDIR/sections"
	"$root/bin/kctl" help >/dev/null
	nm -D "$root/lib/libkctl.so" | grep -q kctl_store_open
}

@test "the installed header compiles alone" {
	make_in_root install-tool
	gcc -Wall -Wextra -Werror -I "$BATS_TEST_TMPDIR/root/usr/local/include" -x c \
		-fsyntax-only - <<<'#include <linux/kctl.h>'
}

# verify PREFIX: systemd finds no fault in the installed units.
verify()
{
	local root=$BATS_TEST_TMPDIR/root said
	# systemd checks that the programs of the units exist.
	mkdir -p "$root/usr/lib/systemd" "$root/sbin" "$root/bin"
	cp -r /lib/systemd/system "$root/usr/lib/systemd/"
	install /bin/true "$root/sbin/modprobe"
	install /bin/true "$root/bin/sh"
	said=$(systemd-analyze verify --root="$root" --man=no --recursive-errors=no \
		"$root/$1"/lib/systemd/system/kctl{,-channels,-watch@,-work@}.service 2>&1 || echo failed)
	echo "$said"
	[ -z "$said" ]
}

@test "the units are right, and find the tool and its files" {
	local units=$BATS_TEST_TMPDIR/root/usr/lib/systemd/system unit
	command -v systemd-analyze || skip "no systemd-analyze"
	make_in_root install-tool prefix=/usr sysconfdir=/moved
	for unit in "$units"/kctl{,-channels,-watch@,-work@}.service; do
		grep -q '^ExecStart=/usr/bin/kctl ' "$unit"
		grep -q '=-*/moved/' "$unit"
		run ! grep -q '@[a-z]*@' "$unit"
	done
	verify usr
	systemd-analyze security --offline=true --threshold=20 --root="$BATS_TEST_TMPDIR/root" \
		kctl.service kctl-watch@x.service
	# This unit sends messages as other users, and talks to systemd.
	systemd-analyze security --offline=true --threshold=22 --root="$BATS_TEST_TMPDIR/root" \
		kctl-channels.service
	# The command of this unit needs more rights than kctl.
	systemd-analyze security --offline=true --threshold=35 --root="$BATS_TEST_TMPDIR/root" \
		kctl-work@x.service
	sed -i '/^ExecStart/s:/bin/:/nowhere/:' "$units/kctl.service"
	run ! verify usr
}
