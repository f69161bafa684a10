#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libkctl from the view of other programs: its exported symbols, and how to find it.

# The variables of bats and common.bash are unknown to shellcheck.
# shellcheck disable=SC2154

load common

setup()
{
	root=$BATS_TEST_TMPDIR/root/usr/local
	make_in_root install-tool
	# The copy is not in the directory that the .pc file names.
	export PKG_CONFIG_PATH=$root/lib/pkgconfig
	export PKG_CONFIG_SYSROOT_DIR=$BATS_TEST_TMPDIR/root
	cat >"$BATS_TEST_TMPDIR/program.c" <<-'END'
		#include <libkctl.h>
		#include <stdio.h>

		int main(void)
		{
			struct kctl_proto *proto;

			puts(kctl_strerror(kctl_proto_adopt(&proto, 0)));
			return proto || kctl_libkctl_version() != LIBKCTL_VERSION;
		}
	END
}

# build COMPILER [FLAG]…: build the program with the flags from pkg-config.
build()
{
	local compiler=$1
	shift
	# shellcheck disable=SC2046
	"$compiler" -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/program" \
		"$BATS_TEST_TMPDIR/program.c" $(pkg-config "$@" --cflags --libs libkctl)
}

exported()
{
	nm -D --defined-only "$root/lib/libkctl.so" | sed -n 's/.* T \(.*\)@@.*/\1/p' | sort
}

@test "libkctl exports what its headers declare, and nothing else" {
	[ "$(exported | wc -l)" -gt 60 ]
	run ! grep -v '^kctl_' <(exported)
	diff <(exported) <(sed '/^typedef/d' "$root"/include/libkctl*.h |
		grep -oE '^[a-z][^()]*\bkctl_[a-z_]+\(|^kctl_[a-z_]+\(' |
		grep -oE 'kctl_[a-z_]+\(' | tr -d '(' | sort -u)
	run ! grep ' [BDR] ' <(nm -D --defined-only "$root/lib/libkctl.so")
	diff <(exported) <(sed -n 's/^ \(kctl_[a-z_]*\)@.*/\1/p' \
		"$BATS_TEST_DIRNAME/../../packaging/debian/libkctl0.symbols" | sort)
}

@test "a static libkctl has no other names for programs to meet" {
	diff <(exported) <(nm -g --defined-only "$root/lib/libkctl.a" |
		sed -n 's/.* T //p' | sort)
}

@test "a static libkctl that is built for LTO has no other names either" {
	make -s -C "$top" BUILD="$BATS_TEST_TMPDIR/build" \
		CFLAGS='-O1 -flto=auto -ffat-lto-objects' library
	diff <(exported) <(nm -g --defined-only "$BATS_TEST_TMPDIR/build/libkctl.a" |
		sed -n 's/.* T //p' | sort)
}

@test "a program finds libkctl with pkg-config, and at start-up by its soname" {
	build gcc
	readelf -d "$BATS_TEST_TMPDIR/program" | grep -q 'NEEDED.*\[libkctl.so.0\]'
	run env LD_LIBRARY_PATH="$root/lib" "$BATS_TEST_TMPDIR/program" </dev/null
	[ "$status" -eq 0 ]
	[ "$output" = "Socket operation on non-socket" ]
	[ "$(pkg-config --modversion libkctl)" = "$version" ]
}

@test "the cache of shared libraries is updated, unless the root directory is another one" {
	local target
	for target in install-tool uninstall; do
		make -s -n -C "$top" DESTDIR='' "$target" | grep -qx 'ldconfig || :'
		run ! grep ldconfig <(make_in_root -n "$target")
	done
}

@test "a program in C++ can use it" {
	command -v g++ || skip "no g++"
	mv "$BATS_TEST_TMPDIR/program.c" "$BATS_TEST_TMPDIR/program.cc"
	ln -s program.cc "$BATS_TEST_TMPDIR/program.c"
	# shellcheck disable=SC2046
	g++ -x c++ -Wall -Wextra -Werror -o "$BATS_TEST_TMPDIR/program" \
		"$BATS_TEST_TMPDIR/program.c" -x none $(pkg-config --cflags --libs libkctl)
	LD_LIBRARY_PATH=$root/lib "$BATS_TEST_TMPDIR/program" </dev/null
}

@test "a static program needs no libkctl at start-up" {
	rm "$root"/lib/libkctl.so*
	build gcc --static
	run ! grep -q libkctl <(readelf -d "$BATS_TEST_TMPDIR/program")
	"$BATS_TEST_TMPDIR/program" </dev/null
}

@test "each header of libkctl compiles alone" {
	local header
	for header in "$root"/include/libkctl*.h; do
		gcc -Wall -Wextra -Werror -I "$root/include" -x c -fsyntax-only - \
			<<<"#include <${header##*/}>"
	done
}

@test "make runs no pkg-config if it is told the flags, as tests/vm/programs does" {
	called=$BATS_TEST_TMPDIR/called
	make -n -C "$top" BUILD="$BATS_TEST_TMPDIR/cross" \
		PKG_CONFIG="touch $called;:" LIB_CFLAGS= LIB_LIBS=-lmnl LIB_LIBMNL=-lmnl \
		tool library test-programs >"$BATS_TEST_TMPDIR/commands"
	grep -q -- '-shared.* -lmnl' "$BATS_TEST_TMPDIR/commands"
	[ ! -e "$called" ]
}

@test "each function of libkctl has a manual page" {
	diff <(exported) <(sed -n 's/^\.Fo //p' "$root"/share/man/man3/*.3 | sort)
}

@test "the programs of the manual pages compile as they are" {
	local page
	for page in "$root"/share/man/man3/libkctl_*.3; do
		"$top/tests/man-example" "$page" >"$BATS_TEST_TMPDIR/program.c"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/program.c")" -ge 20 ]
		build gcc
		# Without the module, the program reports that.
		run --separate-stderr env LD_LIBRARY_PATH="$root/lib" "$BATS_TEST_TMPDIR/program"
		[ "$status" -eq 1 ]
		[ "$stderr" = "the kctl module does not answer" ]
	done
}

@test "make check-abi fails if a function is removed, and if a structure changes" {
	command -v abidiff || skip "no abidiff"
	local copy=$BATS_TEST_TMPDIR/copy
	mkdir "$copy"
	cp -r "$top"/{Makefile,mk,src,kmod,man,tests} "$copy"
	cd "$copy"
	make -s check-abi BUILD=b
	sed -i '/kctl_store_delete;/d' src/lib/libkctl.map
	run --separate-stderr make -s check-abi BUILD=b
	[ "$status" -ne 0 ]
	[[ $output == *"[D] 'function int kctl_store_delete("* ]]
	run ! make -s abi BUILD=b
	cp "$top/src/lib/libkctl.map" src/lib
	sed -i '0,/uint32_t snaplen;/s//uint64_t snaplen;/' src/lib/libkctl_watch.h
	run --separate-stderr make -s check-abi BUILD=b
	[ "$status" -ne 0 ]
	[[ $output == *"'struct kctl_watch_filter'"* ]]
}
