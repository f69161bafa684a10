#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sockopt restore --test, which needs neither the module nor privilege.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' '%kctl-store 1 2026-11-22T10:15:00Z' '# comment' '' 'a "b\n"' \
		'c public "\x00"' '%end 2' >good
}

@test "a good file: silence, as nobody and from standard input too" {
	for args in good ''; do
		# shellcheck disable=SC2086
		kctl sockopt restore --test $args <good
		exits 0
		[ -z "$output$stderr" ]
	done
	kctl_as_nobody sockopt restore --test - <good
	exits 0
}

@test "a bad file: one line with file, line and reason" {
	sed '5s/public/pulbic/' good >bad
	kctl sockopt restore --test bad
	exits 1
	[ -z "$output" ]
	[ "$stderr" = "kctl: sockopt restore: bad:5: unknown flag 'pulbic'" ]
	kctl sockopt restore --test <bad
	exits 1
	[[ $stderr == *": standard input:5: unknown flag 'pulbic'" ]]
	kctl -j sockopt restore --test bad
	exits 1
	jq -e '.error.message == "bad:5: unknown flag \u0027pulbic\u0027"' <<<"$stderr"
}

@test "without --test a bad file is reported before a missing module" {
	head -n 5 good >bad
	kctl sockopt restore bad
	exits 1
	[[ $stderr == *'bad:5: the file is truncated'* ]]
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded here'
	kctl sockopt restore good
	exits 3
	kctl sockopt save file
	exits 3
	[ ! -e file ]
}

@test "control characters of a bad file do not reach the terminal" {
	printf '%%kctl-store 1\na \033[2J "b"\n' >bad
	kctl sockopt restore --test bad
	exits 1
	[[ $stderr == *"bad:2: unknown flag '\\x1b[2J'" ]]
}

@test "an endless file is refused at the first line that is wrong, in little memory" {
	local line text endless
	while read -r line text endless; do
		run --separate-stderr bash -c "ulimit -v 60000; { printf '%%kctl-store 1\n'; $endless; } |
			timeout 60 \$KCTL sockopt restore --test"
		exits 1
		[[ $stderr == *'standard input:'$line": ${text//_/ }"* ]]
	done <<-'EOF'
	2 unknown_flag yes this is no save file
	3 entry_'a'_is_already yes 'a "b"'
	2 NUL_byte cat /dev/zero
	2 the_line_has_more_than_524288_bytes tr '\0' x </dev/zero
	[0-9]* comments_and_empty_lines_have_more_than_16777216_bytes yes '# comment'
	[0-9]* comments_and_empty_lines_have_more_than_16777216_bytes yes ''
	EOF
	kctl sockopt restore --test /dev/zero
	exits 1
	[[ $stderr == *'/dev/zero:1: NUL byte' ]]
}

@test "diff: a bad file is trouble, not a difference" {
	sed '5s/public/pulbic/' good >bad
	kctl sockopt diff bad
	exits 2
	[[ $stderr == *"bad:5: unknown flag 'pulbic'" ]]
	kctl sockopt diff nowhere
	exits 2
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded here'
	kctl sockopt diff good
	exits 3
}

@test "--if-unchanged needs the generation of the file" {
	kctl sockopt restore --test --if-unchanged good
	exits 1
	[[ $stderr == *"good does not name the generation of the store; --if-unchanged is for files of kctl save and kctl sockopt save" ]]
	sed '2s/.*/# generation 7/' good >saved
	kctl sockopt restore --test --if-unchanged saved
	exits 0
	# A store that was never changed has generation 0.
	sed '2s/.*/# generation 0/' good >saved
	kctl sockopt restore --test --if-unchanged saved
	exits 0
	kctl sockopt restore --if-unchanged --if-generation 3 saved
	usage_error '--if-unchanged and --if-generation exclude each other'
}

@test "a byte order mark is named" {
	{
		printf '\xef\xbb\xbf'
		cat good
	} >bad
	kctl sockopt restore --test bad
	exits 1
	[[ $stderr == *'bad:1: the file begins with a byte order mark of UTF-8'* ]]
	iconv -t UTF-16 good >bad
	kctl sockopt restore --test bad
	exits 1
	[[ $stderr == *'bad:1: the file is encoded in UTF-16'* ]]
}

@test "a file that is not there" {
	kctl sockopt restore --test nowhere
	exits 1
	[[ $stderr == *"cannot read 'nowhere': No such file or directory"* ]]
}
