#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read captures of kctl and of other programs, without the module.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

# capture FILE: write an echo request, a UDP packet and the reply, as tcpdump does on a host
# with the other byte order: link type RAW, microseconds, 1700000000.000001 and so on.
capture()
{
	local header='\x65\x53\xf1\x00\x00\x00\x00' size='\x00\x00\x00\x1c\x00\x00\x00\x1c'
	local ip='\x45\x00\x00\x1c\x00\x00\x00\x00\x40'
	local there='\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02'
	local back='\x00\x00\x0a\x00\x00\x02\x0a\x00\x00\x01'

	{
		printf '\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00'
		printf '\x00\x00\xff\xff\x00\x00\x00\x65'
		printf %b "$header\x01$size$ip\x01$there\x08\x00\xf7\xf7\x00\x07\x00\x01"
		printf %b "$header\x02$size$ip\x11$there\x00\x07\x00\x07\x00\x08\x00\x00"
		printf %b "$header\x03$size$ip\x01$back\x00\x00\xff\xf7\x00\x07\x00\x01"
	} >"$1"
}

setup()
{
	export TZ=UTC
	cd "$BATS_TEST_TMPDIR" || return
	chmod 755 .
	capture file
	expected='22:13:20.000001 -   - 10.0.0.1 > 10.0.0.2: echo request, id 7, seq 1, length 28
22:13:20.000003 -   - 10.0.0.2 > 10.0.0.1: echo reply, id 7, seq 1, length 28, rtt 0.002 ms'
}

@test "a capture needs neither the module nor a privilege" {
	run --separate-stderr timeout 10 setpriv --no-new-privs "$KCTL" watch icmp -r file
	exits 0
	[ "$output" = "$expected" ]
	[ "$stderr" = 'kctl: watch icmp: 2 received, 1 skipped' ]
	kctl_as_nobody watch icmp -r - <file
	exits 0
	[ "$output" = "$expected" ]
	kctl_as_nobody -j netlink watch-icmp -r - --type echo-reply <file
	exits 0
	jq -es 'map(.event) == ["ready", "icmp", "end"] and .[1].rtt_ns == null and
		.[1].checksum == "good" and (.[1] | has("direction") or has("interface") | not) and
		.[2] == {event: "end", received: 1, skipped: 1}' <<<"$output"
}

@test "a capture that tcpdump wrote reads the same, and tcpdump reads a copy" {
	tcpdump -r file -w other 2>/dev/null
	kctl watch icmp -r other
	exits 0
	[ "$output" = "$expected" ]
	kctl watch icmp -r file --dst 10.0.0.1 -w copy
	exits 0
	run tcpdump -tnr copy
	[ "${lines[-1]}" = 'IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id 7, seq 1, length 8' ]
	[ "$(tcpdump -tnr copy 2>/dev/null | wc -l)" -eq 1 ]
	cp copy again
	kctl watch icmp -r copy -w again
	cmp copy again
}

# names_and_sizes PREFIX: for each file with PREFIX, print the rest of its name, and its size.
names_and_sizes()
{
	local file

	for file in "$1".*; do
		echo "${file#"$1"} $(stat -c %s "$file")"
	done
}

@test "files of a rotation have the names and the sizes of tcpdump's" {
	tail -c +25 file >many
	for _ in {1..14}; do
		cat many many >double
		mv double many
	done
	# Packets that are not ICMP are not in the files of kctl.
	cat file many >all
	kctl -q watch icmp -r all -w whole
	exits 0
	for options in '-C 1' '-C 1 -W 1' '-C 1 -W 2' '-C 1 -W 12'; do
		# shellcheck disable=SC2086
		kctl -q watch icmp -r whole -w ours. $options
		exits 0
		# shellcheck disable=SC2086
		tcpdump --nano -r whole -w theirs. $options -Z "$(id -un)" 2>/dev/null
		names_and_sizes ours
		[ "$(names_and_sizes ours)" = "$(names_and_sizes theirs)" ]
		rm ours.* theirs.*
	done
}

@test "rotation: options that make no sense" {
	kctl watch icmp -C 1
	usage_error '-C needs -w'
	kctl watch icmp -G 1 -w -
	usage_error '-G needs the name of a file, not -w -'
	kctl watch icmp -w x -W 2
	usage_error '-W needs -C or -G'
	kctl watch icmp -r file -w x -G 2
	usage_error '-r and -G'
	for size in 0 '' k 1t -1 1.5 99999999999999g; do
		kctl watch icmp -w x -C "$size"
		usage_error "'$size' of -C" 'million bytes'
	done
	[ ! -e x ]
}

@test "editcap: pcapng is refused and named, and converted it is read" {
	editcap -F pcapng file file.pcapng
	kctl watch icmp -r file.pcapng
	exits 1
	[[ $stderr == *"'file.pcapng' is a pcapng file"*'tcpdump -r FILE -w NEW'* ]]
	tcpdump -r file.pcapng -w file.pcap 2>/dev/null
	kctl watch icmp -r file.pcap
	[ "$output" = "$expected" ]
	editcap -F nsecpcap file.pcapng file.nsec
	kctl watch icmp -r file.nsec
	[ "$output" = "$expected" ]
}

@test "a pipe is read as it is written" {
	mkfifo pipe
	timeout 20 "$KCTL" watch icmp -r - --count 1 <pipe >out &
	exec {writer}>pipe
	head -c 80 file >&"$writer"
	# The pipe stays open, so the end of the file does not end the watch.
	wait $!
	exec {writer}>&-
	[ "$(<out)" = "${expected%%$'\n'*}" ]
}

@test "a signal ends the wait for a pipe, with totals" {
	mkfifo pipe
	"$KCTL" watch icmp -r - <pipe >out 2>err &
	exec {writer}>pipe
	head -c 70 file >&"$writer"
	until [ -s out ]; do sleep 0.01; done
	kill -TERM $!
	run ! wait $!
	exec {writer}>&-
	[ "$(<err)" = 'kctl: watch icmp: 1 received, 0 skipped' ]
}

@test "a reader that is gone ends it" {
	tail -c +25 file >many
	for _ in {1..10}; do
		cat many many >double
		mv double many
	done
	cat file many >all
	run bash -c "'$KCTL' watch icmp -r all | head -n 1; exit \${PIPESTATUS[0]}"
	[ "$status" -eq 141 ]
}
