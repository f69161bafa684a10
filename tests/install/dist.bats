#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make dist: the tarball is reproducible, and its source builds without git.

# The variables of bats and common.bash are unknown to shellcheck.
# shellcheck disable=SC2154

load common

# Copy the source files to a repository of their own.
setup()
{
	tree=$BATS_TEST_TMPDIR/tree
	name=kctl-$(cat "$top/kmod/VERSION")
	mkdir "$tree"
	if [ -e "$top/.git" ]; then
		git -C "$top" ls-files -z
	else
		(cd "$top" && find . -path ./build -prune -o -type f -print0)
	fi | tar -c -C "$top" --null -T - | tar -x -C "$tree"
	cd "$tree" || return
	git init -q
	git add -A
	git -c user.name=kctl -c user.email=kctl@localhost commit -q -m tree
}

@test "make dist: the same bits at another time and place, by another user" {
	make dist
	[ -s "build/$name.tar.gz" ]
	touch -d 2001-01-01 Makefile
	chmod g+w README.md
	mv "$tree" "$tree-moved"
	cd "$tree-moved"
	cp "build/$name.tar.gz" ..
	(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 make dist)
	cmp "build/$name.tar.gz" "../$name.tar.gz"
	echo >>README.md
	make dist
	run ! cmp "build/$name.tar.gz" "../$name.tar.gz"
}

@test "the Debian packages have the version of the rest" {
	[ "$(head -n 1 packaging/debian/changelog)" = \
		"kctl (${name#kctl-}) unstable; urgency=medium" ]
}

@test "make dist: the files of git, and nothing else" {
	mkdir -p build
	touch build/built untracked kmod/genl.o
	make dist
	diff <(git ls-files | sed "s:^:$name/:" | LC_ALL=C sort) \
		<(tar -tf "build/$name.tar.gz" | LC_ALL=C sort)
}

@test "the tarball builds without git, and makes the same tarball" {
	make dist
	tar -x -C "$BATS_TEST_TMPDIR" -f "build/$name.tar.gz"
	cp "build/$name.tar.gz" "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR/$name"
	make -s CFLAGS=-O0 tool
	[ "$(build/kctl --version | head -n 1)" = "kctl ${name#kctl-}" ]
	make dist
	cmp "build/$name.tar.gz" "../$name.tar.gz"
}
