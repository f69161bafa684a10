#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/lint-includes on copies of the tree with files that break its rules.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

check_includes()
{
	run --separate-stderr "$BATS_TEST_DIRNAME/../lint-includes" "$BATS_TEST_TMPDIR"
}

# plant FILE NAME: write a file that includes "NAME"; NAME may also be <NAME>.
plant()
{
	local name=\"$2\"

	[[ $2 != '<'* ]] || name=$2
	mkdir -p "$(dirname "$BATS_TEST_TMPDIR/$1")"
	echo "#include $name" >"$BATS_TEST_TMPDIR/$1"
}

# The tree itself may break rules: only lines that planted files add are compared.
setup()
{
	cp -r "$BATS_TEST_DIRNAME/../../kmod" "$BATS_TEST_DIRNAME/../../src" "$BATS_TEST_TMPDIR"
	check_includes
	[ -z "$stderr" ]
	before=$output
}

# Print the lines that were not reported before, without their reasons.
added()
{
	diff <(echo "$before") <(echo "$output") | sed -n 's/^> \(.*\) (.*/\1/p' | sort
}

@test "include lines that break a rule are reported" {
	plant kmod/watch/planted.c ../net.h
	plant kmod/store/planted.c ../watch/watch.h
	plant kmod/channel/planted.h ../genl.h
	plant kmod/watch/genl_planted.c ../main.h
	plant kmod/planted.c main.h
	plant kmod/trace.c net.h
	plant kmod/store/planted2.c ../../src/lib/libkctl.h
	plant src/lib/planted.c cli/out.h
	plant src/cli/planted.c icmp/print.h
	plant src/icmp/planted.c ../lib/libkctl.h
	plant src/store/planted.c '<lib/genl.h>'
	plant src/planted.c lib/genl.h
	plant src/planted/planted.c cli/out.h
	plant src/watch/planted.c nowhere.h
	check_includes
	[ "$status" -eq 1 ]
	diff <(added) - <<-END
		kmod/channel/planted.h: may not include "../genl.h"
		kmod/planted.c: may not include "main.h"
		kmod/store/planted.c: may not include "../watch/watch.h"
		kmod/store/planted2.c: may not include "../../src/lib/libkctl.h"
		kmod/trace.c: may not include "net.h"
		kmod/watch/genl_planted.c: may not include "../main.h"
		kmod/watch/planted.c: may not include "../net.h"
		src/cli/planted.c: may not include "icmp/print.h"
		src/icmp/planted.c: may not include "../lib/libkctl.h"
		src/lib/planted.c: may not include "cli/out.h"
		src/planted.c: may not include "lib/genl.h"
		src/planted/planted.c: may not include "cli/out.h"
		src/store/planted.c: may not include "lib/genl.h"
		src/watch/planted.c: may not include "nowhere.h"
	END
}

@test "include lines that form a cycle are reported" {
	plant src/cli/planted1.c planted2.h
	plant src/cli/planted2.h planted3.h
	plant src/cli/planted2.c planted2.h
	plant src/cli/planted3.c planted1.h
	plant src/cli/planted3.h planted4.h
	plant src/cli/planted1.h planted4.h
	plant src/cli/planted4.h '<errno.h>'
	check_includes
	[ "$status" -eq 1 ]
	diff <(added) - <<-END
		src/cli/planted1.c: may not include "planted2.h"
		src/cli/planted2.h: may not include "planted3.h"
		src/cli/planted3.c: may not include "planted1.h"
	END
}

@test "include lines that keep the rules are not reported" {
	rm -r "$BATS_TEST_TMPDIR"/{kmod,src}
	plant kmod/net.h store/planted.h
	plant kmod/genl.h '<linux/kctl.h>'
	plant kmod/trace.h channel/planted.h
	plant kmod/store/planted.h '<linux/kctl.h>'
	plant kmod/store/planted.c ../trace.h
	plant kmod/store/sockopt_planted.c ../net.h
	plant kmod/watch/genl_planted.c ../genl.h
	plant kmod/channel/planted.h '<net/sock.h>'
	plant kmod/channel/proto.h ../net.h
	plant kmod/main.c channel/proto.h
	plant src/lib/libkctl.h '<linux/kctl.h>'
	plant src/cli/out.h lib/libkctl.h
	plant src/icmp/planted.h cli/out.h
	plant src/watch/planted.c icmp/planted.h
	plant src/store/planted.c lib/libkctl.h
	plant src/channel/planted.c '<cli/out.h>'
	plant src/main.c icmp/planted.h
	# A header that several files of the folder share, with a type of planted2.h.
	plant src/watch/planted2.c planted_parts.h
	plant src/watch/planted_parts.h planted2.h
	plant src/watch/planted2.h '<stdint.h>'
	check_includes
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
}

@test "a tree without sources fails" {
	rm -r "$BATS_TEST_TMPDIR"/{kmod,src}
	check_includes
	[ "$status" -eq 1 ]
	[ "$stderr" = 'nothing to check' ]
}
