#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A 32-bit build of the tool. It needs no 32-bit libraries: the compiler only checks the
# sources, and the program that prints text does not call libraries.

# shellcheck disable=SC2154 # bats sets it

load common

top=$BATS_TEST_DIRNAME/../..

gcc32()
{
	gcc -m32 -std=gnu11 -O2 -Wall -Wextra -Wformat=2 -Werror -D_GNU_SOURCE -DKCTL_VERSION='""' \
		-isystem "$top/kmod/uapi" -I"$top/src" "$@"
}

@test "all formats fit their values in a 32-bit build" {
	gcc32 -fsyntax-only "$top"/src/*.c "$top"/src/*/*.c
}

@test "64-bit numbers in a 32-bit build" {
	gcc32 -no-pie -Wl,--unresolved-symbols=ignore-all -o "$BATS_TEST_TMPDIR/bits" \
		"$BATS_TEST_DIRNAME/bits.c" "$top/src/cli/out.c" "$top/src/cli/hex.c"
	run "$BATS_TEST_TMPDIR/bits"
	[ "$status" -eq 0 ]
	[ "$output" = '18446744073709551615, 4294967297 of 4294967298, 7 and -9000000000' ]
}
