#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Echo exchanges with a peer on a real link: --host, round trips and the summary.
#
#	this namespace                    kctl-w
#	kctl-d0 10.9.0.1 fd09::1 -------- kctl-d1 10.9.0.2 .3  fd09::2 ::3

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	ip netns add kctl-w
	ip link add kctl-d0 type veth peer name kctl-d1 netns kctl-w
	ip address add 10.9.0.1/24 brd + dev kctl-d0
	ip address add fd09::1/64 dev kctl-d0 nodad
	ip link set kctl-d0 up
	there ip address add 10.9.0.2/24 brd + dev kctl-d1
	there ip address add 10.9.0.3/24 brd + dev kctl-d1
	there ip address add fd09::2/64 dev kctl-d1 nodad
	there ip address add fd09::3/64 dev kctl-d1 nodad
	there ip link set kctl-d1 up
	eventually answers 10.9.0.2
	eventually answers fd09::2
}

teardown()
{
	kill_jobs
	ip netns delete kctl-x 2>/dev/null || :
	ip netns delete kctl-w 2>/dev/null || :
	ip link delete kctl-d0 2>/dev/null || :
}

# there CMD…: run CMD at the peer.
there()
{
	ip netns exec kctl-w "$@"
}

answers()
{
	ping -q -n -c 1 -W 1 "$1" >/dev/null
}

# packets_of FILE: print the echo messages and errors of a capture, without their times.
packets_of()
{
	tcpdump -n -t -r "$1" 2>/dev/null | grep -E 'echo|unreachable' | sort
}

captures_agree()
{
	packets_of dump.pcap >dump.txt
	packets_of watch.pcap >watch.txt
	[ -s dump.txt ] && cmp dump.txt watch.txt
}

# same_as_tcpdump FILTER OPTION…: a watch with these options must write the packets that tcpdump
# writes with FILTER.
same_as_tcpdump()
{
	start dump tcpdump -n -U --immediate-mode -i kctl-d0 -w dump.pcap \
		"(icmp or icmp6) and ($1)"
	shift
	eventually grep -q 'listening on' dump.err
	start watch kctl watch icmp --dev kctl-d0 -w watch.pcap "$@"
	eventually watchers_are 1
	exchanges
	eventually captures_agree || diff dump.txt watch.txt
	stop INT dump
	stop TERM watch
	ends 0 dump
	ends 143 watch
	captures_agree
}

# Pings from and to each of two addresses of the peer, and an error from one of them.
exchanges()
{
	local to
	for to in 10.9.0.2 10.9.0.3 fd09::2 fd09::3; do
		ping -q -n -c 2 -i 0.2 $to >/dev/null
	done
	for to in 10.9.0.2/10.9.0.1 10.9.0.3/10.9.0.1 fd09::2/fd09::1 fd09::3/fd09::1; do
		there ping -q -n -c 1 -I ${to%/*} ${to#*/} >/dev/null
	done
	echo x >/dev/udp/10.9.0.2/9 || :
	answers 10.9.0.3
}

@test "--host: the packets of tcpdump host, tcpdump net, and a host with a source" {
	same_as_tcpdump 'host 10.9.0.2' --host 10.9.0.2
	same_as_tcpdump 'host fd09::2' --host fd09::2
	same_as_tcpdump 'net 10.9.0.2/31' --host 10.9.0.2/31
	same_as_tcpdump 'host 10.9.0.2 and src 10.9.0.1' --host 10.9.0.2 --src 10.9.0.1
	same_as_tcpdump 'host fd09::1 and dst net fd09::3/128' --host fd09::1 --dst fd09::3
}

@test "watch list names the host" {
	start out kctl watch icmp --host 10.9.0.0/24
	eventually watchers_are 1
	kctl watch list >text
	grep -q '  inet host 10.9.0.0/24 snaplen 1500$' text
	kctl -j watch list | jq -e '.[0].host == "10.9.0.0/24"'
	stop TERM out
	ends 143 out
}

@test "--summary of a peer that answers: no loss, and what --out hides is not lost" {
	start host kctl -j watch icmp --host 10.9.0.2 --summary=0.2
	start out kctl -j watch icmp --out --dst 10.9.0.2 --summary=0.2
	start text kctl watch icmp --type echo-request --summary=0.2
	eventually watchers_are 3
	ping -q -n -c 3 -i 0.2 10.9.0.2 >/dev/null
	eventually grep -q '"requests":3' host
	eventually grep -q '"requests":3' out
	eventually grep -q 'echo request  *3 ' text
	stop TERM host out text
	ends 143 host
	ends 143 out
	ends 143 text
	jq -se 'map(select(.event == "summary"))[-1].rows[] | select(.type == 8) |
		.unanswered == 0 and .rtt_min_ns > 0 and (has("hidden_by") | not)' host
	jq -se 'map(select(.event == "summary"))[-1].rows[] | select(.type == 8) |
		.hidden_by == "--out" and (has("unanswered") or has("rtt_min_ns") | not)' out
	grep -q 'echo request  *3 .* - ' text
	grep -q 'round trips of echo-request: --type can hide one side' text.err
}

@test "a member of a group that replies: its round trip, and no loss" {
	there sysctl -q -w net.ipv4.icmp_echo_ignore_broadcasts=0
	start out kctl -j watch icmp --dev kctl-d0 --type echo-request,echo-reply
	start summary kctl -j watch icmp --dev kctl-d0 --summary=0.2
	start host kctl -j watch icmp --host 10.9.0.255 --summary=0.2
	eventually watchers_are 3
	ping -q -n -b -c 1 10.9.0.255 >/dev/null 2>&1
	ping -q -n -c 1 -I kctl-d0 ff02::1 >/dev/null
	eventually grep -q '"src":"10.9.0.2".*"rtt_ns":' out
	eventually grep -q '"type":129.*"rtt_ns":' out
	stop TERM out summary host
	ends 143 out
	ends 143 summary
	ends 143 host
	# The members of the broadcast domain reply from their own addresses, which this filter
	# hides.
	jq -se 'map(select(.event == "summary"))[-1].rows[] |
		select(.peer == "10.9.0.255") |
		.hidden_by == "--host" and (has("unanswered") | not)' host
	grep -q 'omit --host, or use the prefix' host.err
	jq -se 'map(select(.event == "summary"))[-1].rows |
		map(select(.peer == "10.9.0.255" or .peer == "ff02::1")) |
		length == 2 and all(.unanswered == 0 and .rtt_min_ns > 0)' summary
}

@test "a reply from another address, as to an anycast address: its round trip, and no loss" {
	# A router replies to the anycast address of its subnet.
	there sysctl -q -w net.ipv6.conf.all.forwarding=1
	eventually answers fd09::
	start out kctl watch icmp --type echo-request,echo-reply
	start summary kctl -j watch icmp -6 --summary=0.2
	eventually watchers_are 2
	ping -q -n -c 2 -i 0.2 fd09:: >/dev/null
	eventually grep -qE 'fd09::[23] > fd09::1: echo reply, .* seq 2,.* rtt ' out
	eventually grep -q '"peer":"fd09::".*"count":2' summary
	stop TERM out summary
	ends 143 out
	ends 143 summary
	jq -se 'map(select(.event == "summary"))[-1].rows[] | select(.peer == "fd09::") |
		.requests == 2 and .unanswered == 0 and .rtt_min_ns > 0' summary
}

# This host is the router of another one, 10.8.0.7.
forward()
{
	ip netns add kctl-x
	ip link add kctl-e0 type veth peer name kctl-e1 netns kctl-x
	ip address add 10.8.0.1/24 dev kctl-e0
	ip link set kctl-e0 up
	ip netns exec kctl-x ip address add 10.8.0.7/24 dev kctl-e1
	ip netns exec kctl-x ip link set kctl-e1 up
	ip netns exec kctl-x ip route add default via 10.8.0.1
	sysctl -q -w net.ipv4.ip_forward=1
}

@test "the summary of a router shows the target of what it forwards" {
	forward
	there ip route add default via 10.9.0.1
	eventually there ping -q -n -c 1 -W 1 10.8.0.7 >/dev/null
	start text kctl watch icmp --summary=0.2 --type echo-request,echo-reply
	start summary kctl -j watch icmp --host 10.8.0.7 --summary=0.2
	eventually watchers_are 2
	there ping -q -n -c 3 -i 0.2 10.8.0.7 >/dev/null
	there ping -q -n -c 2 -i 0.2 10.9.0.1 >/dev/null
	eventually grep -q '^10.9.0.2 > 10.8.0.7 echo request  *3 ' text
	eventually grep -q '^10.9.0.2  *echo request  *2 ' text
	eventually grep -q '"target":"10.8.0.7".*"count":3' summary
	stop TERM text summary
	ends 143 text
	ends 143 summary
	sysctl -q -w net.ipv4.ip_forward=0
	jq -se 'map(select(.event == "summary"))[-1].rows |
		map({peer, target, requests, unanswered, avg: (.rtt_avg_ns > 0)}) ==
		[{peer: "10.9.0.2", target: "10.8.0.7", requests: 3, unanswered: 0, avg: true},
		 {peer: "10.8.0.7", target: "10.9.0.2", requests: null, unanswered: null,
		  avg: false}]' summary
}

@test "--summary of a router that masquerades: the replies match, and no loss is invented" {
	modprobe -q nft_masq || skip 'this kernel does not masquerade'
	forward
	nft add table ip kctl-nat
	nft add chain ip kctl-nat out '{ type nat hook postrouting priority srcnat; }'
	nft add rule ip kctl-nat out ip saddr 10.8.0.0/24 masquerade
	start summary kctl -j watch icmp --summary=0.2
	# A router's own packets use one interface.
	start own kctl -j watch icmp --dev kctl-d0 --summary=0.2
	eventually watchers_are 2
	ip netns exec kctl-x ping -q -n -c 3 -i 0.2 -W 5 10.9.0.2
	ping -q -n -c 2 -i 0.2 10.9.0.2
	eventually grep -q '"peer":"10.8.0.7","target":"10.9.0.2".*"count":3' summary
	eventually grep -q '"peer":"10.9.0.2","family":"inet","type":8.*"requests":2' own
	stop TERM summary own
	ends 143 summary
	ends 143 own
	sysctl -q -w net.ipv4.ip_forward=0
	nft delete table ip kctl-nat
	for file in summary own; do
		jq -se 'map(select(.event == "summary"))[-1].rows | map(select(.type == 8)) |
			length > 0 and all(.unanswered == 0 and .rtt_avg_ns > 0)' $file
	done
}

# settled SENT: check that the last summary counts all requests, and has given up those without
# a reply.
settled()
{
	local received
	received=$(grep -oP '[0-9]+(?= received)' pinged)
	tail -n 1 json | jq -e ".rows[] | select(.type == 8) |
		.requests == $1 and .unanswered == $1 - $received" >/dev/null
}

all_dumped()
{
	[ "$(grep -c 'ICMP echo reply' dump)" = "$(grep -oP '[0-9]+(?= received)' pinged)" ]
}

# The program in the manual page plots the JSON of the watch.
plots()
{
	cp json pings.json
	sed -n '/^set terminal/,/^\.Ed/ { s/\\e/\\/; /^\.Ed/!p }' \
		"$BATS_TEST_DIRNAME/../../../man/kctl-watch.8" >pings.gp
	[ "$(wc -l <pings.gp)" = 5 ]
	silent gnuplot pings.gp
	[ "$(head -c 8 pings.png | od -A n -t x1)" = ' 89 50 4e 47 0d 0a 1a 0a' ]
	# The plot has two curves and the frame: a plot of one point, or of none, is smaller.
	mv pings.png plot.png
	jq -c 'select(.rows | length > 0)' json | head -n 1 >pings.json
	gnuplot pings.gp
	[ "$(stat -c %s plot.png)" -gt "$(($(stat -c %s pings.png) + 300))" ]
}

# To run it for an hour:
#	KCTL_PINGS=3600 KCTL_PING_INTERVAL=1 tests/vm/run --timeout 5400 -- bats \
#		--print-output-on-failure -f 'agrees with ping' tests/vm/suite/watch_peer.bats
@test "--summary agrees with ping and tcpdump through 50 ms and 10 ms more or less, and 3 % of loss" {
	local pings=${KCTL_PINGS:-300}
	# The replies are delayed: tcpdump sees a request after the delay of its own device.
	there tc qdisc add dev kctl-d1 root netem delay 50ms 10ms loss 3%
	start dump tcpdump -tt -n -l --immediate-mode -s 128 -B 4096 -i kctl-d0 icmp
	eventually grep -q 'listening on' dump.err
	start json kctl -j watch icmp --host 10.9.0.2 --summary=1
	start text kctl watch icmp --host 10.9.0.2 --summary=1
	eventually watchers_are 2
	ping -U -n -c "$pings" -i "${KCTL_PING_INTERVAL:-0.05}" 10.9.0.2 >pinged
	eventually settled "$pings" || :
	eventually all_dumped || :
	stop TERM dump json text
	ends 0 dump
	ends 143 json
	ends 143 text
	python3 -S "$BATS_TEST_DIRNAME/lib/pings.py" pinged dump json text >compared || {
		cat compared
		return 1
	}
	[ -z "${KCTL_PINGS-}" ] || sed 's/^/# /' compared >&3
	plots
}

# ---- what the documents print ----------------------------------------------

# Create a link with the names and addresses in the documents, in a namespace of its own.
document_link()
{
	ip netns add kctl-x
	# No other packets than those of the examples: no neighbour discovery, no group reports.
	at_home sysctl -q net.ipv6.conf.all.disable_ipv6=1
	ip link add eth0 netns kctl-x type veth peer name kctl-d2 netns kctl-w
	at_home ip address add 10.0.0.1/24 dev eth0
	at_home ip link set eth0 up
	there ip address add 10.0.0.2/24 dev kctl-d2
	there ip link set kctl-d2 up
	eventually at_home ping -q -n -c 1 -W 1 10.0.0.2 >/dev/null
}

at_home()
{
	ip netns exec kctl-x "$@"
}

watched_at_home()
{
	at_home kctl status | grep -qE '^  watchers +1 of'
}

# masked FILE: print it without what differs from one run to the next.
masked()
{
	sed -E 's/[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}/TIME/; s/ id [0-9]+/ id N/
		s/rtt [0-9.]+ ms/rtt N ms/; s/10\.0\.0\.1:[0-9]+/10.0.0.1:PORT/' "$1"
}

# example FILE COMMAND: start a command that FILE must have in exactly this form.
example()
{
	grep -qxF -e "# $2" "$BATS_TEST_DIRNAME/../../../$1" || fail "$1 has no '$2'"
	start out ip netns exec kctl-x bash -c "$2"
	eventually watched_at_home
}

# as_written FILE COMMAND: likewise, as any user, and wait for its end.
as_written()
{
	grep -qxF -e "\$ $2" "$BATS_TEST_DIRNAME/../../../$1" || fail "$1 has no '$2'"
	bash -c "$2" >out 2>err
}

@test "README.md: a ping and an error on a link are printed as it says" {
	document_link
	example README.md 'kctl watch icmp --count 3'
	at_home ping -q -n -c 1 10.0.0.2 >/dev/null
	at_home bash -c 'echo -n x >/dev/udp/10.0.0.2/53'
	ends 0 out
	# shellcheck disable=SC2016 # the quotes of Markdown
	sed -n '/^# kctl watch icmp --count 3/,/^```/ { /^[#`]/!p }' \
		"$BATS_TEST_DIRNAME/../../../README.md" >printed
	[ "$(wc -l <printed)" = 3 ]
	diff <(masked printed) <(masked out)
	ip netns delete kctl-x
}

@test "kctl-watch(8): the examples work on a link" {
	local page=man/kctl-watch.8
	document_link
	example $page 'kctl watch icmp --in --type echo-request --count 1 --timeout 5'
	there ping -q -n -c 1 10.0.0.1 >/dev/null
	ends 0 out
	grep -q ' in  eth0 10.0.0.2 > 10.0.0.1: echo request' out
	example $page "kctl -j watch icmp --host 10.0.0.2 | jq --unbuffered 'select(.rtt_ns).rtt_ns / 1e6'"
	at_home ping -q -n -c 1 10.0.0.2 >/dev/null
	eventually grep -qE '^[0-9.]+$' out
	# shellcheck disable=SC2154 # process is from common.bash
	pkill -TERM -P "${process[out]}" kctl
	ends 0 out
	[ "$(wc -l <out)" = 1 ]
	example $page 'kctl watch icmp --snaplen 65499 -w - | tcpdump -n -r -'
	at_home ping -q -n -c 1 10.0.0.2 >/dev/null
	pkill -TERM -P "${process[out]}" kctl
	ends 0 out
	grep -q 'IP 10.0.0.2 > 10.0.0.1: ICMP echo reply' out
	ip netns delete kctl-x
}

# Send an error as from a router with a smaller MTU, about a packet that was never sent.
too_big()
{
	there python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.sendto(bytes.fromhex("0304f78300000578") + bytes(28), ("10.0.0.1", 0))'
}

# shown TEXT: the example must print TEXT, and end after SIGTERM.
shown()
{
	eventually grep -qE "$1" out
	stop TERM out
	ends 143 out
}

@test "kctl-watch(8): the examples of errors and of the summary work on a link" {
	local page=man/kctl-watch.8
	document_link
	example $page 'kctl watch icmp --in --type destination-unreachable --duration 10'
	at_home bash -c 'echo -n x >/dev/udp/10.0.0.2/53'
	shown ' in  eth0 10.0.0.2 > 10.0.0.1: destination unreachable, port unreachable'
	example $page 'kctl watch icmp --in --code fragmentation-needed'
	at_home bash -c 'echo -n x >/dev/udp/10.0.0.2/53'
	too_big
	shown 'destination unreachable, fragmentation needed.*mtu 1400'
	run ! grep 'port unreachable' out
	example $page 'kctl watch icmp --host 10.0.0.2 --summary=10'
	at_home ping -q -n -c 2 -i 0.2 10.0.0.2 >/dev/null
	stop TERM out
	ends 143 out
	grep -qE '^10.0.0.2 +echo request +2 .* 0.0%' out
	example $page 'kctl -j watch icmp --host 10.0.0.2 --summary=10 --duration 3600 >pings.json'
	at_home ping -q -n -c 2 -i 0.2 10.0.0.2 >/dev/null
	pkill -TERM -P "${process[out]}" kctl
	ends 143 out
	jq -se 'map(select(.event == "summary"))[-1].rows | map(.period.unanswered) | contains([0])' \
		pings.json
}

@test "kctl-watch(8): the examples with files work on a link" {
	local page=man/kctl-watch.8
	document_link
	example $page 'kctl watch icmp -w icmp-%H.pcap -G 3600'
	at_home ping -q -n -c 1 10.0.0.2 >/dev/null
	stop TERM out
	ends 143 out
	[ "$(packets_of icmp-??.pcap | grep -c 'echo re')" = 2 ]
	example $page 'kctl watch icmp -w icmp.pcap -C 100 -W 10'
	at_home ping -q -n -c 1 10.0.0.2 >/dev/null
	at_home bash -c 'echo -n x >/dev/udp/10.0.0.2/53'
	stop TERM out
	ends 143 out
	mv icmp.pcap0 ping.pcap
	as_written $page 'kctl watch icmp -r ping.pcap --type destination-unreachable,time-exceeded'
	grep -q '10.0.0.2 > 10.0.0.1: destination unreachable, port unreachable' out
	[ "$(wc -l <out)" = 1 ]
	as_written $page 'kctl watch icmp -r ping.pcap --summary'
	grep -qE '^10.0.0.2 +echo request +1 .* 0.0%' out
	# The remote host is the namespace. Its kernel sends router solicitations, too.
	printf '#!/bin/sh\nshift 2\nexec ip netns exec kctl-x tcpdump -c 12 "$@"\n' >ssh
	chmod +x ssh
	start pings ip netns exec kctl-x ping -q -i 0.2 10.0.0.2
	PATH=$PWD:$PATH as_written $page \
		'ssh router tcpdump -U -w - icmp or icmp6 | kctl watch icmp -r -'
	stop INT pings
	ends 0 pings
	[ "$(grep -c ' 10.0.0.[12] > 10.0.0.[12]: echo re' out)" -ge 2 ]
}
