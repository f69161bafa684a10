#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A message that kctl proto recv or bind has not written stays in its channel.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# waiting CHANNEL: print the number of its waiting messages, and of its held ones.
waiting()
{
	kctl -j proto list | jq -r "map(select(.channel == $1)) |
		\"\(.[0].messages // 0) \(.[0].held // 0)\""
}

waiting_is()
{
	[ "$(waiting 9)" = "$1" ]
}

five()
{
	silent kctl proto send --channel 9 --lines - <<<$'1\n2\n3\n4\n5'
}

# rest FIRST: check that the messages from FIRST to 5 wait in their order, and no others.
rest()
{
	kctl proto recv --channel 9 --count $((6 - $1)) --timeout 0 | diff - <(seq "$1" 5)
	waiting_is '0 0'
}

# The end of the reader is not an error: kctl ends by SIGPIPE.
@test "recv --follow | head -1 takes one message, and leaves the others" {
	local -a command
	while read -ra command; do
		five
		"${command[@]}" | head -1 >out
		eventually waiting_is '4 0'
		grep -q 1 out
		rest 2
	done <<-EOF
	kctl proto recv --channel 9 --follow
	kctl proto recv --channel 9 --follow --hex
	kctl -j proto recv --channel 9 --follow
	kctl proto bind --channel 9
	EOF
}

@test "recv --follow leaves what its reader has not read" {
	five
	kctl proto recv --channel 9 --follow | true
	eventually waiting_is '5 0'
	five
	kctl proto flush --channel 9
	# read takes one byte at a time, until the newline of each line.
	five
	kctl proto recv --channel 9 --follow | { read -r one && read -r two && echo "$one $two" >out; }
	[ "$(<out)" = '1 2' ]
	eventually waiting_is '3 0'
	rest 3
	# A message that was read in part was not received.
	head -c 100000 /dev/zero | tr '\0' x | silent kctl proto send --channel 9 -
	kctl proto recv --channel 9 --follow | head -c 50000 | wc -c >out
	eventually waiting_is '1 0'
	kctl proto recv --channel 9 --raw --timeout 0 | tr -d x | wc -c | grep -qx 0
}

@test "recv --follow is in step with its reader, and a pipe has its size again" {
	five
	mkfifo pipe
	exec 7<>pipe
	start recv bash -c 'exec kctl proto recv --channel 9 --follow >pipe'
	eventually waiting_is '4 1'
	read -r -u 7 line
	[ "$line" = 1 ]
	eventually waiting_is '3 1'
	python3 -c 'import fcntl; assert fcntl.fcntl(7, 1032) == 4096'
	stop TERM recv
	ends 143 recv
	# A message that was written before the signal and read after it arrives twice.
	read -r -u 7 line
	[ "$line" = 2 ]
	python3 -c 'import fcntl; assert fcntl.fcntl(7, 1032) == 65536'
	exec 7>&-
	rest 2
}

# If the other end is closed, poll(2) reports POLLHUP for a socket, and POLLERR for a pipe.
@test "recv --follow ends when the other end of its socket is closed" {
	five
	python3 - <<-'EOT'
	import socket, subprocess
	ours, its = socket.socketpair()
	with subprocess.Popen(["kctl", "proto", "recv", "--channel", "9", "--follow"],
	                      stdout=its, stderr=subprocess.PIPE) as recv:
	    its.close()
	    assert ours.makefile("rb").readline() == b"1\n"
	    ours.close()
	    status, text = recv.wait(20), recv.stderr.read()
	    assert status in (-13, 1) and b"within" not in text, (status, text)
	EOT
	# recv may have received all messages.
	kctl proto flush --channel 9 2>/dev/null || :
}

@test "recv --count is done when all is written, though nobody has read it" {
	five
	mkfifo pipe
	exec 7<>pipe
	silent bash -c 'exec kctl proto recv --channel 9 --count 5 >pipe'
	waiting_is '0 0'
	head -n 5 <&7 | diff - <(seq 5)
	exec 7>&-
}

@test "recv onto a full disk or a closed output fails, and the messages stay" {
	five
	local how
	for how in '' '--count 3' '--follow'; do
		refuses 1 'cannot write standard output: No space left on device' \
			bash -c "exec kctl proto recv --channel 9 $how >/dev/full"
		waiting_is '5 0'
	done
	refuses 1 'cannot write standard output' bash -c 'exec kctl proto recv --channel 9 >&-'
	waiting_is '5 0'
	refuses 1 'cannot write standard output' \
		bash -c 'exec kctl proto bind --channel 9 >/dev/full'
	waiting_is '5 0'
	rest 1
}

@test "recv that is killed before its reader has read loses nothing" {
	five
	mkfifo pipe
	exec 7<>pipe
	start recv bash -c 'exec kctl proto recv --channel 9 --follow >pipe'
	eventually waiting_is '4 1'
	stop KILL recv
	ends 137 recv
	exec 7>&-
	rest 1
	# Killed in the middle of a large message, which does not fit into the pipe.
	head -c 500000 /dev/zero | tr '\0' x | silent kctl proto send --channel 9 -
	exec 7<>pipe
	start recv bash -c 'exec kctl proto recv --channel 9 >pipe'
	eventually waiting_is '0 1'
	stop KILL recv
	ends 137 recv
	exec 7>&-
	kctl proto recv --channel 9 --raw --timeout 0 | wc -c | grep -qx 500000
}

@test "recv --peek prints a message and leaves it" {
	five
	says 1 kctl proto recv --channel 9 --peek
	says 31 kctl proto recv --channel 9 --peek --hex
	kctl -j proto recv --channel 9 --peek | jq -e '.data == "1" and .uid == 0'
	waiting_is '5 0'
	start peek kctl proto recv --channel 8 --peek
	eventually asleep_in_poll peek
	silent kctl proto send --channel 8 late
	ends 0 peek
	[ "$(<peek)" = late ]
	says late kctl proto recv --channel 8 --timeout 0
	refuses 5 'no message on channel 8' kctl proto recv --channel 8 --peek --timeout 0
	rest 1
}

# Holding messages requires permission to send; receiving does not.
@test "recv without permission to send receives, and holds nothing" {
	echo 1 >/proc/sys/net/kctl/unprivileged
	silent kctl proto set --channel 9 --group nogroup --mode 0640
	silent kctl proto send --channel 9 --lines - <<<$'1\n2\n3\n4\n5'
	says 1 nobody kctl proto recv --channel 9
	start recv setpriv --reuid 65534 --regid 65534 --clear-groups \
		kctl proto recv --channel 9 --follow
	eventually waiting_is '0 0'
	eventually grep -qx 5 recv
	stop TERM recv
	ends 143 recv
	silent kctl proto delete --channel 9
	echo 0 >/proc/sys/net/kctl/unprivileged
}
