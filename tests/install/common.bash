# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the tests of the installation. They install into a directory of the test, and
# need neither root nor a guest.

bats_require_minimum_version 1.5.0

PATH=$PATH:/usr/sbin:/sbin
top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL

# The kernel for which the module was built, and its headers.
headers=$("$top/tests/vm/kernel" 6.12)/build
# shellcheck disable=SC2034
release=$(cat "${headers%/build}/release")

# shellcheck disable=SC2034
version=$(cat "$top/kmod/VERSION")

# make_in_root ARGS…: run make with the root directory of the test.
make_in_root()
{
	make -s -C "$top" DESTDIR="$BATS_TEST_TMPDIR/root" KMOD=build/kmod/6.12 \
		KDIR="$headers" "$@"
}

# files FOLDER: print the files in a folder of the root directory of the test.
files()
{
	(cd "$BATS_TEST_TMPDIR/root" && find "$1" ! -type d | sed 's:^\./::' | sort)
}

# installed_are: the files on standard input are installed, and no others.
installed_are()
{
	diff <(sort) <(files .)
}
