#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl watch, from its command line to its exit.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	packets=(python3 -S "$BATS_TEST_DIRNAME/lib/flood.py")
}

teardown()
{
	kill_jobs
	ip link delete kctl-d0 2>/dev/null || :
	ip netns delete kctl-w 2>/dev/null || :
}

# watching NAME: wait until a watch started with -j is ready.
watching()
{
	eventually grep -q '"ready"' "$1"
}

# ends_within SECONDS STATUS NAME: as ends, with a time limit.
ends_within()
{
	local deadline=$((SECONDS + $1))
	# shellcheck disable=SC2154 # process is from common.bash
	while [ -e "/proc/${process[$3]}/exe" ]; do
		[ $SECONDS -lt $deadline ] || fail "$3 goes on"
		sleep 0.02
	done
	ends "$2" "$3"
}

# ---- a ping ----------------------------------------------------------------

# watched TARGET CMD…: run CMD, a watch, while TARGET is pinged twice.
watched()
{
	local target=$1
	shift
	start out "$@"
	eventually watchers_are 1
	ping -q -n -i 0.2 -c 2 "$target" >/dev/null
	ends 0 out
}

@test "--count 4 prints a ping as four lines, in both families" {
	local target size line
	while read -r target size; do
		watched "$target" kctl watch icmp --count 4
		line="[0-9:.]+ (out|in ) lo $target > $target: echo (request|reply), id [0-9]+, seq 1, length $size(, rtt [0-9.]+ ms)?"
		[ "$(grep -cE "^$line$" out)" = 4 ]
		[ "$(wc -l <out)" = 4 ]
		[ ! -s out.err ]
	done <<<$'127.0.0.1 84\n::1 104'
}

@test "-j prints an object a line, from ready to end" {
	watched 127.0.0.1 kctl -j netlink watch-icmp --count 4
	[ "$(wc -l <out)" = 6 ]
	jq -se 'map(.event) == ["ready", "icmp", "icmp", "icmp", "icmp", "end"] and
		(.[1:5] | map(.direction) == ["out", "in", "out", "in"] and
			map(.type_name) == ["echo-request", "echo-request", "echo-reply", "echo-reply"] and
			map(.seq) == [1, 2, 3, 4] and all(.src == "127.0.0.1" and .interface == "lo" and
			.family == "inet" and .dst == .src and .length == 84 and .code == 0)) and
		.[5] == {"event": "end", "received": 4, "lost": 0}' out
}

@test "an error is printed with the packet that it quotes" {
	start out kctl watch icmp --in --count 1
	start json kctl -j watch icmp --in --count 1
	eventually watchers_are 2
	echo x >/dev/udp/127.0.0.1/9 || :
	ends 0 out
	ends 0 json
	grep -qE 'in  lo 127.0.0.1 > 127.0.0.1: destination unreachable, port unreachable, for 127.0.0.1:[0-9]+ > 127.0.0.1:9 udp' out
	jq -se '.[1].type_name == "destination-unreachable" and .[1].code == 3 and
		.[1].quoted != null' json
}

# ---- pipes and signals -----------------------------------------------------

@test "watch icmp -j | head -1 ends the watch at once" {
	start flood "${packets[@]}" forever 127.0.0.1
	local start=${EPOCHREALTIME/./}
	kctl watch icmp -j | head -1 >out
	[ $((${EPOCHREALTIME/./} - start)) -lt 5000000 ]
	[ "$(<out)" = '{"event":"ready"}' ]
	stop KILL flood
	# No packet is printed, so kctl must poll the pipe to notice that it was closed.
	kctl -j watch icmp --src 192.0.2.1 | head -1 >out
	[ "$(<out)" = '{"event":"ready"}' ]
	watchers_are 0
}

@test "watch icmp -j | jq prints each event as it happens" {
	mkfifo pipe
	# The shell must not open a pipe itself: it would wait for the other end.
	start jq sh -c 'exec jq --unbuffered -c "[.event, .type_name]" <pipe'
	start watch sh -c 'exec kctl -j watch icmp --in >pipe'
	eventually grep -q ready jq
	[ "$(wc -l <jq)" = 1 ]
	ping -q -n -c 1 127.0.0.1 >/dev/null
	eventually grep -q echo-reply jq
	[ "$(wc -l <jq)" = 3 ]
	stop TERM watch
	ends 143 watch
	ends 0 jq
	[ "$(tail -n 1 jq)" = '["end",null]' ]
}

@test "SIGTERM and SIGINT: an end record with totals, and the exit status of the signal" {
	local signal
	for signal in TERM:143 INT:130; do
		start out kctl -j watch icmp --in --type echo-request
		watching out
		"${packets[@]}" ping 127.0.0.1 5
		eventually grep -q '"echo_seq":5' out
		stop "${signal%:*}" out
		ends "${signal#*:}" out
		[ "$(tail -n 1 out)" = '{"event":"end","received":5,"lost":0}' ]
	done
}

# ---- filters ---------------------------------------------------------------

@test "64 watchers with 64 different filters: each gets exactly its own" {
	local i options
	for i in {01..64}; do
		filter "$i"
		# shellcheck disable=SC2086 # words
		start "w$i" kctl -j watch icmp $options
		echo "w$i $wanted"
	done >wanted
	eventually watchers_are 64
	"${packets[@]}" filters
	stop TERM "${!process[@]}"
	for i in {01..64}; do
		ends 143 "w$i"
	done
	jq -nr '[inputs | .file = input_filename] | group_by(.file)[] | [.[0].file] +
		(map(.dst | select(.)) | group_by(.) | map("\(.[0])*\(length)")) +
		[(.[-1] | .received, .lost)] | map(tostring) | join(" ")' w?? | diff wanted -
}

# filter I: set options to the filter of a watcher, and wanted to what it must get of the
# packets to 127.0.I.1 and 127.0.I.2: types 8 and 13, codes 0 and I, out and in.
filter()
{
	local i=$((10#$1))
	local one=127.0.$i.1 two=127.0.$i.2
	case $((i % 4)) in
	0) options="--dst 127.0.$i.0/24" wanted="$one*8 $two*8 16 0" ;;
	1) options="--dst $one --in" wanted="$one*4 4 0" ;;
	2) options="--src 127.0.0.0/8 --dst $two --out --type 13" wanted="$two*2 2 0" ;;
	3) options="--dst 127.0.$i.0/24 --code $i -4 --dev lo" wanted="$one*4 $two*4 8 0" ;;
	esac
}

@test "--sample lets about one in N through" {
	start out kctl -j watch icmp --in --type echo-request --sample 10 -q
	watching out
	"${packets[@]}" ping 127.0.0.1 2000
	stop TERM out
	ends 143 out
	jq -se '.[-1] | .lost == 0 and .received > 100 and .received < 320' out
}

@test "a packet of Ethernet, and the extensions of an error, are captured without --snaplen" {
	start out kctl watch icmp --in --type echo-request --count 1 -w file
	eventually watchers_are 1
	ping -q -n -c 1 -s 1472 127.0.0.1 >/dev/null
	ends 0 out
	# The headers of the file and of the packet have 24 and 16 bytes: pcap-savefile(5).
	[ "$(stat -c %s file)" -eq $((24 + 16 + 1500)) ]
	start out kctl -j watch icmp --in --count 2
	watching out
	"${packets[@]}" extended
	ends 0 out
	jq -se '.[1].extensions[0].labels | map(.label) == [16, 1048575]' out
	jq -se '.[2].extensions | map(.role) == ["incoming", "outgoing", "next-hop"]' out
}

# ---- loss ------------------------------------------------------------------

@test "a flood overruns 16 KiB: losses are printed and add up, 20 of 20 times" {
	# Enough packets to overrun it, however few of them fit into a message.
	local i count=2000 runs=20
	[ -z "${KCTL_DEBUG-}" ] || runs=5
	for ((i = 1; i <= runs; i++)); do
		start out kctl -j watch icmp --in --type echo-request --rcvbuf 16384
		watching out
		stop STOP out
		"${packets[@]}" ping 127.0.0.1 $((count / 2))
		stop CONT out
		"${packets[@]}" ping 127.0.0.1 $((count / 2))
		stop TERM out
		ends 143 out
		jq -se --argjson sent $count '(map(select(.event == "icmp")) | length) as $got |
			(map(select(.event == "lost").count) | add) as $lost |
			$lost > 0 and .[-1] == {"event": "end", "received": $got, "lost": $lost} and
			$got + $lost == $sent and
			(reduce .[] as $e ({"seq": 0, "ok": true};
				if $e.event == "lost" then .seq += $e.count
				elif $e.event == "icmp" then .seq += 1 | .ok = (.ok and .seq == $e.seq)
				else . end) | .ok)' out ||
			fail "run $i: $(tail -n 1 out)"
	done
}

# At full speed without a pause, losses depend on the scheduler. "make bench" measures that, on
# a machine that counts instructions.
@test "100,000 packets in bursts with the defaults: nothing is lost" {
	local count option
	for option in '' -q '-w out.pcap'; do
		count=$(scaled "$([ -n "$option" ] && echo 20000 || echo 100000)")
		# shellcheck disable=SC2086 # words
		start out kctl watch icmp --in --type echo-request $option
		eventually watchers_are 1
		"${packets[@]}" bursts 127.0.0.1 "$count"
		stop TERM out
		ends 143 out
		grep -q "$count received, 0 lost" out out.err ||
			fail "$option: $(tail -n 1 out out.err)"
	done
	[ "$(tcpdump -n -r out.pcap 2>/dev/null | wc -l)" = "$count" ]
}

@test "a receive buffer smaller than --rcvbuf is reported" {
	unshare -Urn sh -c 'kctl watch icmp -q --duration 0.1 --rcvbuf 64M' >out 2>err
	grep -q "the receive buffer has $(</proc/sys/net/core/rmem_max) bytes, not 67108864" err
	kctl watch icmp -q --duration 0.1 --rcvbuf 64M >out 2>err
	[ ! -s err ]
}

# ended_with_packets NAME: check that the end record counts some packets.
ended_with_packets()
{
	tail -n 1 "$1" | jq -e '.event == "end" and .received > 0'
}

# ---- interfaces, namespaces and modules that go away -----------------------

@test "an interface that is deleted under flood: message, totals, exit 1" {
	local i runs=10
	[ -z "${KCTL_DEBUG-}" ] || runs=3
	for ((i = 1; i <= runs; i++)); do
		ip link add kctl-d0 type dummy
		ip address add 198.51.100.1/24 dev kctl-d0
		ip link set kctl-d0 up
		start out kctl -j watch icmp --dev kctl-d0
		start flood "${packets[@]}" forever 198.51.100.7
		watching out
		eventually grep -q '"event":"icmp"' out
		ip link delete kctl-d0
		ends_within 10 1 out
		stop KILL flood
		jq -e '.error.name == "EIDRM" and (.error.message | contains("kctl-d0"))' out.err
		ended_with_packets out
	done
	refuses 1 "interface 'kctl-d0' does not exist" kctl watch icmp --dev kctl-d0
}

@test "a watch follows a renamed interface, and ends when it moves to another namespace" {
	ip link add kctl-d0 type dummy
	ip link set kctl-d0 up
	ip netns add kctl-w
	start out kctl -j watch icmp --dev kctl-d0
	watching out
	# 6.1 cannot rename an interface that is up.
	ip link set kctl-d0 down
	ip link set kctl-d0 name kctl-d1 up
	ip address add 198.51.100.1/24 dev kctl-d1
	"${packets[@]}" ping 198.51.100.7 3
	eventually grep -q '"interface":"kctl-d1"' out
	ip link set kctl-d1 netns kctl-w
	ends_within 10 1 out
	grep -q "'kctl-d0' was removed" out.err
	ip netns delete kctl-w
}

@test "a bridge that loses a port does not end the watch of that port" {
	ip link add kctl-d0 type dummy
	ip link add kctl-b0 type bridge || skip 'no bridges here'
	ip link set kctl-d0 master kctl-b0 up
	start out kctl -j watch icmp --dev kctl-d0 --duration 2
	watching out
	ip link set kctl-d0 nomaster
	ip link delete kctl-b0
	ends 0 out
}

@test "a network namespace that is deleted under flood: the watch goes on to its end" {
	ip netns add kctl-w
	ip -n kctl-w link set lo up
	start out kctl -n kctl-w -j watch icmp
	start flood ip netns exec kctl-w "${packets[@]}" forever 127.0.0.1
	watching out
	eventually grep -q '"event":"icmp"' out
	ip netns delete kctl-w
	stop TERM out
	stop KILL flood
	ends 143 out
	ended_with_packets out
}

packets_matched()
{
	kctl -j watch list | jq -e '.[0].matched > 100'
}

@test "rmmod under flood is refused, and the watch goes on" {
	start out kctl -j watch icmp -q
	start flood "${packets[@]}" forever 127.0.0.1
	eventually packets_matched
	refuses 1 'is in use' rmmod kctl
	stop KILL flood
	stop TERM out
	ends 143 out
	ended_with_packets out
}

@test "100 watches that are started and killed leave nothing" {
	local count i
	count=$(scaled 100)
	start flood "${packets[@]}" forever 127.0.0.1
	for ((i = 0; i < count; i++)); do
		kctl watch icmp >/dev/null 2>&1 3>&- &
		# Some are killed before they begin, some while they print.
		[ $((i % 10)) != 0 ] || eventually watchers_at_least 1
		kill -KILL $!
		wait $! || :
	done
	stop KILL flood
	eventually watchers_are 0
	expect_nothing_left
}

watchers_at_least()
{
	[ "$(kctl -j status | jq .watch.watchers)" -ge "$1" ]
}

# ---- outputs ---------------------------------------------------------------

@test "-w is read by tcpdump, as a file and as it happens" {
	start out kctl watch icmp --in --count 4 -w file
	eventually watchers_are 1
	ping -q -n -i 0.2 -c 2 127.0.0.1 >/dev/null
	ends 0 out
	[ "$(<out.err)" = 'kctl: watch icmp: 4 received, 0 lost' ]
	tcpdump -n -r file >text 2>err
	grep -q 'link-type RAW' err
	[ "$(grep -cE 'IP 127.0.0.1 > 127.0.0.1: ICMP echo (request|reply), id [0-9]+, seq [12]' text)" = 4 ]

	mkfifo pipe
	start dump sh -c 'exec tcpdump -n -l -r - <pipe'
	start live sh -c 'exec kctl watch icmp --in -w - >pipe'
	eventually watchers_are 1
	ping -q -n -c 1 127.0.0.1 >/dev/null
	eventually grep -q 'echo reply' dump
	stop TERM live
	ends 143 live
	ends 0 dump
	[ "$(<live.err)" = 'kctl: watch icmp: 2 received, 0 lost' ]
}

@test "-w is read by tshark, and so by Wireshark" {
	start out kctl watch icmp --in --count 4 --snaplen 48 -w file
	eventually watchers_are 1
	ping -q -n -c 1 -s 8 127.0.0.1 >/dev/null
	ping -q -n -c 1 -s 100 ::1 >/dev/null
	ends 0 out
	tshark -n -r file -T fields -e frame.encap_type -e frame.cap_len -e frame.len \
		-e ip.src -e icmp.type -e ipv6.src -e icmpv6.type >seen 2>err
	# 7 is Wireshark's number of the link type RAW.
	printf '7\t%s\n' $'36\t36\t127.0.0.1\t8\t\t' $'36\t36\t127.0.0.1\t0\t\t' \
		$'48\t148\t\t\t::1\t128' $'48\t148\t\t\t::1\t129' | diff - seen
	[ "$(capinfos -T -r -t file)" = $'file\tnsecpcap' ]
}

@test "a full disk behind -w is an error" {
	refuses 1 "cannot write '/dev/full'" kctl watch icmp -w /dev/full --duration 1
}

@test "round trips: of requests that are sent, of those that are answered, of IPv6" {
	start out kctl -j watch icmp --count 8
	watching out
	ping -q -n -c 1 127.0.0.1 >/dev/null
	ping -q -n -c 1 ::1 >/dev/null
	ends 0 out
	jq -se '.[1:9] | (map(has("rtt_ns")) == [false, false, true, true, false, false, true, true]) and
		# Numbers that large jq rounds to 256.
		([.[2].time - .[1].time - .[2].rtt_ns, .[3].time - .[0].time - .[3].rtt_ns] |
			all(fabs < 1000))' out
}

@test "--timeout ends a watch to which nothing comes" {
	refuses 5 'no packet within 0.3 s' kctl watch icmp --src 192.0.2.1 --timeout 0.3
	refuses 5 'no packet within 0 s' kctl watch icmp --src 192.0.2.1 --timeout 0
}

@test "--summary: plain blocks, and an object a period" {
	start text kctl watch icmp --summary=0.5
	start json kctl -j watch icmp --summary=0.5
	eventually watchers_are 2
	"${packets[@]}" ping 127.0.0.1 10
	eventually grep -q 'echo reply  .* 20 ' text
	stop TERM text json
	ends 143 text
	ends 143 json
	[ "$(grep -c '^PEER' text)" -ge 2 ]
	grep -qE '^127.0.0.1 echo request +20 .* 0.0%( +[0-9.]+){3}' text
	jq -se 'map(select(.event == "summary"))[-1] | .received == 40 and .lost == 0 and
		.others.count == 0 and (.rows | map([.type_name, .count]) ==
		[["echo-request", 20], ["echo-reply", 20]]) and
		(.rows[0] | .requests == 10 and .unanswered == 0 and .rtt_min_ns > 0 and
		.rtt_min_ns <= .rtt_avg_ns and (.minute | length == 60 and add == 20))' json
}

@test "--summary on a terminal is one table, and leaves the terminal as it was" {
	local signal
	for signal in INT:130 TERM:143 KILL:137; do
		rm -f typescript
		TERM=xterm script -qfec "stty cols 100 rows 24; stty -a >before
			env --default-signal=INT kctl watch icmp --summary=0.1 &
			until [ \$(grep -c PEER typescript) -gt 2 ]; do sleep 0.05; done
			kill -${signal%:*} \$!
			wait \$!
			echo \$? >status
			stty -a >after" typescript >/dev/null
		[ "$(<status)" = "${signal#*:}" ]
		grep -q $'\033\\[2F\033\\[J' typescript
		# Nothing that would have to be undone: no alternate screen, no hidden cursor.
		grep -q $'\033\\[?' typescript && fail 'it changes the state of the terminal'
		diff before after
	done
}

@test "watch list: port, process, filter, counters" {
	start out kctl -j watch icmp -4 --in --dev lo --src 127.0.0.0/8 --type echo-request \
		--code 0 --snaplen 64 --coalesce 100
	start all kctl -j watch icmp
	watching out
	watching all
	"${packets[@]}" ping 127.0.0.1 3
	eventually grep -q '"seq":3' out
	kctl watch list >text
	grep -qE "^ +${process[out]} kctl +3 +3 +0  inet in dev lo src 127.0.0.0/8 icmp echo-request code 0 snaplen 64 coalesce 100$" text
	grep -qE "^ +${process[all]} kctl +12 +12 +0 " text
	kctl -j watch list | jq -e --argjson port "${process[out]}" 'length == 2 and
		(.[] | select(.port == $port) | .process == "kctl" and .family == "inet" and
		.direction == "in" and .interface == "lo" and .src == "127.0.0.0/8" and
		.types4 == [8] and .code == 0 and .snaplen == 64 and .coalesce == 100 and
		.matched == 3 and .delivered == 3 and .lost == 0)'
	stop TERM out all
	ends 143 out
	ends 143 all
	[ "$(kctl -j watch list)" = '[]' ]
}
