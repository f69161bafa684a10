#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The examples of the store and of channels print what the documents say. watch_peer.bats
# has those of the watch, and examples.bats the longer ones.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	top=$BATS_TEST_DIRNAME/../../..
}

# prints FILE COMMAND: the example in FILE that begins with COMMAND must print what FILE says.
prints()
{
	python3 -S "$BATS_TEST_DIRNAME/lib/document.py" "$top/$1" "$2"
}

@test "README.md: the store and a channel" {
	prints README.md '# kctl sockopt set "hello"'
	prints README.md "# python3 -c '"
	prints README.md '# kctl proto send --channel 123 abc'
	kctl sockopt flush
}

@test "kctl(8), kctl-sockopt(8) and kctl-proto(8): the first examples" {
	prints man/kctl.8 '# kctl sockopt set hello'
	prints man/kctl.8 '# kctl proto send --channel 123 abc'
	prints man/kctl-proto.8 '# kctl proto send --channel 123 abc'
	kctl sockopt flush
}

@test "kctl-sockopt(8): compare-and-set, an editor, and a copy for another namespace" {
	kctl sockopt set --name motd 'Back at noon.'
	# shellcheck disable=SC2016 # the manual page has the quotes
	prints man/kctl-sockopt.8 '# g=$(kctl -j sockopt get --name motd | jq .generation)'
	says 'new text' kctl sockopt get --name motd
	kctl sockopt set --name motd 'Back at noon.'
	sed -n '/^# VISUAL=/s/^# //p' "$top/man/kctl-sockopt.8" >edit
	[ -s edit ]
	bash edit
	says 'Back at one.' kctl sockopt get --name motd
	ip netns add blue
	prints man/kctl-sockopt.8 '# kctl sockopt save | kctl -n blue sockopt restore'
	says 'Back at one.' kctl -n blue sockopt get --name motd
	ip netns delete blue
	kctl sockopt flush
}

@test "kctl-sockopt(8): the file of save is one, and comes back as it was" {
	sed -n '/^%kctl-store 1/,/^%end/ { s/\\e/\\/g; s/\\(\x27e/é/g; p }' \
		"$top/man/kctl-sockopt.8" >saved
	[ "$(wc -l <saved)" = 6 ]
	kctl sockopt restore saved
	kctl sockopt save again
	diff <(grep -v '^[%#]' saved) <(grep -v '^[%#]' again)
	says 3 grep -c '^[^%#]' again
	kctl sockopt flush
}
