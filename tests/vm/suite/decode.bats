#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The decoder compared with tshark: kctl watches the packets that arrive at the end of a
# veth, tcpdump captures them, and tshark decodes the capture.
#
#	injector, AF_PACKET ->  kctl-a ======= kctl-b  -> kctl watch icmp, tcpdump
#	                                       namespace kctl-decode
#
# No packet has the address of a host, so no host replies. Packets that the network stacks of
# both ends send themselves have other source addresses than those of the test.

load lib/common

setup()
{
	ip netns add kctl-decode
	ip link add kctl-a type veth peer name kctl-b netns kctl-decode
	ip link set kctl-a up
	ip -n kctl-decode link set kctl-b up
}

teardown()
{
	kill_jobs
	ip link delete kctl-a 2>/dev/null || :
	ip netns delete kctl-decode
}

@test "kctl and tshark decode packets to the same" {
	local mac sent last
	mac=$(ip -j -n kctl-decode link show kctl-b | jq -r '.[].address')
	start events kctl -n kctl-decode -j watch icmp --in --snaplen 65499
	start capture ip netns exec kctl-decode tcpdump -n -U --immediate-mode -B 16384 \
		-i kctl-b -w packets.pcap
	eventually grep -q ready events
	eventually grep -q 'listening on' capture.err
	read -r sent last < <(python3 -S "$BATS_TEST_DIRNAME/lib/oracle_packets.py" kctl-a "$mac")
	[ "$sent" -ge 400 ]
	eventually grep -qF "\"src\":\"$last\"" events
	eventually has_captured "$last"
	stop TERM events capture
	ends 143 events
	ends 0 capture
	jq -se 'last.event == "end" and last.lost == 0' events >/dev/null || fail "$(tail -n 1 events)"
	grep -q '^0 packets dropped by kernel$' capture.err || fail "$(<capture.err)"
	python3 -S "$BATS_TEST_DIRNAME/lib/oracle.py" events packets.pcap
}

# has_captured ADDRESS: check that the capture has a packet from this address.
has_captured()
{
	[ -n "$(tcpdump -n -r packets.pcap src host "$1" 2>/dev/null)" ]
}
