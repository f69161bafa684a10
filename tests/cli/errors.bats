#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Errors of valid command lines, on a machine without the module.

# The variables of bats are unknown to shellcheck; quoted text is for another shell.
# shellcheck disable=SC2154,SC2016

load common

setup()
{
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded here'
}

no_module()
{
	exits 3 && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] &&
		[[ $stderr == *'modprobe kctl'* ]]
}

@test "no module: every command exits 3 and names the next step" {
	for command in "${COMMANDS[@]}"; do
		# shellcheck disable=SC2086
		kctl $command
		no_module
		[[ $stderr == "kctl: "*": "* ]]
	done
	kctl
	no_module
}

@test "no module: no editor is started" {
	EDITOR="touch '$BATS_TEST_TMPDIR/started' #" kctl sockopt edit
	no_module
	EDITOR="touch '$BATS_TEST_TMPDIR/started' #" kctl -n there-is-none sockopt edit
	exits 1
	[ ! -e "$BATS_TEST_TMPDIR/started" ]
}

@test "no module: the same as nobody" {
	for command in "${COMMANDS[@]}"; do
		# shellcheck disable=SC2086
		kctl_as_nobody $command
		no_module
	done
}

@test "no module: an alias fails in the name of its command" {
	kctl netlink watch-icmp
	[[ $stderr == 'kctl: watch icmp: '* ]]
}

@test "with -j errors are one JSON object on stderr" {
	for command in "${COMMANDS[@]}"; do
		# shellcheck disable=SC2086
		kctl -j $command
		exits 3
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		jq -e '.error | .operation and .message and .name == "ENOPROTOOPT" and
			.errno == 92 and (.hint | contains("modprobe kctl"))' <<<"$stderr"
	done
}

@test "a network namespace that is not there" {
	kctl -n there-is-none status
	exits 1
	[ -z "$output" ]
	[[ $stderr == *"'there-is-none'"*'ip netns list'* ]]
	kctl -j --netns there-is-none status
	exits 1
	jq -e '.error.name == "ENOENT"' <<<"$stderr"
	kctl -n 99999999 status
	exits 1
	[[ $stderr == *"there is no network namespace '99999999'"* ]]
}

@test "files that are no network namespace: nothing is opened for long" {
	local file
	cd "$BATS_TEST_TMPDIR" && mkfifo fifo
	for file in ./fifo /dev/null /proc/self/ns/mnt /; do
		kctl -n "$file" status
		exits 1
		[[ $stderr == *"'$file' is not a network namespace"* ]]
	done
	kctl -n ./missing status
	exits 1
	[[ $stderr == *"there is no network namespace './missing'"* ]]
}

@test "a value that begins with -, and an empty one, get as far as the kernel" {
	kctl sockopt set -- -x
	no_module
	kctl sockopt set --name a -- --raw
	no_module
	kctl sockopt set ''
	no_module
	kctl proto send --channel 0x7b -- -1
	no_module
}

@test "a file that cannot be read" {
	kctl sockopt set --file /nonexistent
	exits 1
	[[ $stderr == *"cannot read '/nonexistent': No such file or directory"* ]]
	kctl proto send --channel 1 --file /
	exits 1
	[[ $stderr == *"cannot read '/'"* ]]
	touch "$BATS_TEST_TMPDIR/secret"
	chmod 0 "$BATS_TEST_TMPDIR/secret"
	chmod 755 "$BATS_TEST_TMPDIR"
	kctl_as_nobody sockopt set --file "$BATS_TEST_TMPDIR/secret"
	exits 4
}

@test "lines are read one by one" {
	kctl proto send --channel 1 --lines --file /nonexistent
	exits 1
	[[ $stderr == *"cannot read '/nonexistent'"* ]]
	kctl proto send --channel 1 --lines --hex --file /etc/hostname
	no_module
}

@test "more input than the limit is refused with a reason" {
	run --separate-stderr timeout 20 "$KCTL" sockopt set - </dev/zero
	exits 1
	[[ $stderr == *'standard input has more than 4194304 bytes'* ]]
	kctl proto send --channel 1 --file /dev/zero
	exits 1
	[[ $stderr == *"'/dev/zero' has more than 4194304 bytes"* ]]
}

@test "input of exactly the limit is read" {
	head -c 4194304 /dev/zero >"$BATS_TEST_TMPDIR/most"
	kctl sockopt set --file "$BATS_TEST_TMPDIR/most"
	no_module
	echo >>"$BATS_TEST_TMPDIR/most"
	kctl sockopt set --file "$BATS_TEST_TMPDIR/most"
	exits 1
}

@test "a full disk behind standard output is an error" {
	for args in help 'help watch icmp' --version '-j --version'; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c "$KCTL $args >/dev/full"
		exits 1
		[[ $stderr == *'cannot write standard output: No space left on device'* ]]
		[[ $stderr != *': :'* && $stderr != *'"operation":""'* ]]
	done
}

# capture: print a capture of 500 echo requests, more than a buffer holds.
capture()
{
	local ip='\x45\x00\x00\x1c\x00\x00\x00\x00\x40\x01\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02'
	printf '\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00\x65'
	yes "\x65\x53\xf1\x00\x00\x00\x00\x01\x00\x00\x00\x1c\x00\x00\x00\x1c$ip\x08\x00\xf7\xf7\x00\x07\x00\x01" |
		head -n 500 | while read -r; do printf %b "$REPLY"; done
}

# The first write fails, or a later write in the middle of a packet.
@test "a watch reports once that standard output is full, and no totals" {
	local args file=$BATS_TEST_TMPDIR/file
	capture >"$file"
	for args in "-r $file" "-r $file -q" "-r $file --summary" "-r $file -w -"; do
		run --separate-stderr bash -c "\$KCTL watch icmp $args >/dev/full"
		exits 1
		[ "$stderr" = 'kctl: watch icmp: cannot write standard output: No space left on device' ]
	done
	for args in "-r $file" "-r $file -w -"; do
		run --separate-stderr bash -c \
			"trap '' XFSZ; ulimit -f 4; \$KCTL watch icmp $args >$file.out"
		exits 1
		[ "$stderr" = 'kctl: watch icmp: cannot write standard output: File too large' ]
	done
}

@test "a closed standard output is an error, not the next file that is opened" {
	run --separate-stderr bash -c '"$KCTL" --version >&-'
	exits 1
	[[ $stderr == *'cannot write standard output'* ]]
}

@test "a capture to /dev/stdout is not written to nowhere if that is closed" {
	printf '\xd4\xc3\xb2\xa1\x02\0\x04\0%08d' 0 | tr 0 '\0' >"$BATS_TEST_TMPDIR/empty"
	printf '\xff\xff\0\0\x65\0\0\0' >>"$BATS_TEST_TMPDIR/empty"
	run --separate-stderr bash -c '"$KCTL" watch icmp -r "$1" -w /dev/stdout >&-' - \
		"$BATS_TEST_TMPDIR/empty"
	exits 1
	[[ $stderr == *"cannot write '/dev/stdout': "* ]]
}

@test "a closed standard input is an error, not an empty value" {
	for args in 'sockopt set -' 'sockopt restore -' 'proto send --channel 1 -' \
		'proto send --channel 1 --hex -'; do
		run --separate-stderr bash -c "\$KCTL $args <&-"
		exits 1
		[[ $stderr == *'standard input: Bad file descriptor' ]]
	done
	for args in 'sockopt set --file /dev/stdin' 'sockopt restore --test /dev/stdin' \
		'watch icmp -r /dev/stdin'; do
		run --separate-stderr bash -c "\$KCTL $args <&-"
		exits 1
		[[ $stderr == *"cannot read '/dev/stdin': "* ]]
	done
}

@test "a closed pipe ends it by SIGPIPE, or with an error if that is ignored" {
	run --separate-stderr bash -c \
		'{ sleep 0.2; "$KCTL" help; echo "$?" >&2; } | true'
	[ "$stderr" = 141 ]
	run --separate-stderr env --ignore-signal=PIPE bash -c \
		'{ sleep 0.2; "$KCTL" help; echo "$?" >&2; } | true'
	[[ ${stderr_lines[0]} == *'standard output: Broken pipe' ]]
	[ "${stderr_lines[1]}" = 1 ]
}
