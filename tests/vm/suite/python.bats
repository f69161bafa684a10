#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Python module kctl, and the programs of its manual page, word for word.

load lib/common

setup()
{
	local top
	cd "$BATS_TEST_TMPDIR" || return
	use_python
	tests=$top/tests/python
	page=$top/man/kctl-python.7
}

teardown()
{
	kill_jobs
}

# tested CLASS: run the tests of this class.
tested()
{
	/usr/bin/python3 -W error "$tests/test_kctl.py" -v "$1" 2>&1
}

# example NUMBER: write this program of the manual page to example.py.
example()
{
	"$BATS_TEST_DIRNAME/../../man-example" "$page" "$1" >example.py
}

watchers_are()
{
	[ "$(kctl -j watch list | jq length)" = "$1" ]
}

@test "kctl.Store and kctl.Changes" {
	tested StoreTest
}

@test "kctl.Watch" {
	tested WatchTest
}

@test "kctl.Channel" {
	tested ChannelTest
}

@test "kctl-python(7): an entry is written, and all are read" {
	example 1
	/usr/bin/python3 example.py >out
	grep -qE "^motd b'hello' [0-9]+$" out
	kctl sockopt delete --name motd
}

@test "kctl-python(7): four packets of a host" {
	example 2
	start out /usr/bin/python3 example.py
	eventually watchers_are 1
	ping -q -n -c 1 127.0.0.1
	ends 0 out
	[ "$(<out)" = "watching
127.0.0.1 127.0.0.1 8 0
127.0.0.1 127.0.0.1 8 0
127.0.0.1 127.0.0.1 0 0
127.0.0.1 127.0.0.1 0 0" ]
}

@test "kctl-python(7): messages are worked on until one is empty" {
	example 3
	start out /usr/bin/python3 example.py
	kctl proto send --channel 7 one
	kctl proto send --channel 7 two
	kctl proto send --channel 7 ''
	ends 0 out
	[ "$(<out)" = $'one 1\ntwo 1' ]
}
