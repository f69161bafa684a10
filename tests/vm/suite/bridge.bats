#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Channels beyond one machine: the bridge to an MQTT broker, with Debian's mosquitto.

load lib/common

MESSAGES=1000

setup_file()
{
	sysctl -qw net.kctl.channel_max_messages=5000
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	[ -n "${KCTL_SERVERS-}" ] || skip "mosquitto is not in the cache"
	local top
	use_python
	PYTHONPATH+=:$KCTL_SERVERS/usr/lib/python3/dist-packages
	mqtt=(/usr/bin/python3 -W error "$top/tests/examples/mqtt.py")
	mkdir data
	cat >broker.conf <<-CONF
		listener 1883 127.0.0.1
		allow_anonymous true
		persistence true
		persistence_location $PWD/data/
		max_queued_messages 0
		user root
	CONF
}

teardown()
{
	kill_jobs
	kctl proto delete --channel 7 2>/dev/null || :
	kctl proto delete --channel 8 2>/dev/null || :
}

start_broker()
{
	start broker env "LD_LIBRARY_PATH=$KCTL_SERVERS/usr/lib/x86_64-linux-gnu" \
		"$KCTL_SERVERS/usr/sbin/mosquitto" -c broker.conf
}

# start_bridge NAME: start publish or subscribe, and wait until it is connected.
start_bridge()
{
	local channel=7
	[ "$1" = publish ] || channel=8
	start "$1" "${mqtt[@]}" "$1" $channel jobs/all --host 127.0.0.1
	eventually grep -q connected "$1.err"
}

begin()
{
	start_broker
	eventually grep -q running broker.err
	# The session of subscribe begins now.
	start_bridge subscribe
	start_bridge publish
}

# waiting CHANNEL: print the number of its waiting and held messages.
waiting()
{
	kctl -j proto list | jq "map(select(.channel == $1)) | .[0] | (.messages + .held) // 0"
}

at_least()
{
	[ "$(waiting "$1")" -ge "$2" ]
}

drained()
{
	[ "$(waiting "$1")" = 0 ]
}

@test "mqtt: any bytes, in order, and each is settled" {
	begin
	printf 'a\0\377\n' | silent kctl proto send --channel 7 -
	silent kctl proto send --channel 7 ''
	silent kctl proto send --channel 7 --lines - < <(seq 100)
	head -c 1000000 /dev/urandom >large
	silent kctl proto send --channel 7 --file large
	eventually at_least 8 103
	kctl proto recv --channel 8 --count 103 --hex >out
	{ printf '6100ff0a\n\n' && seq 100 | sed 's/./3&/g' && od -An -v -tx1 large | tr -d ' \n' && echo; } | cmp - out
	eventually drained 7
	stop TERM publish subscribe
	ends 0 publish
	ends 0 subscribe
}

# Print the number of different messages received so far.
distinct()
{
	sort -un received | wc -l
}

received()
{
	[ "$(distinct)" -ge "$1" ]
}

@test "mqtt: the broker ends and comes back, both bridges are killed: nothing is lost" {
	begin
	start received kctl proto recv --channel 8 --follow
	seq $MESSAGES >numbers
	start sent kctl proto send --channel 7 --lines --interval 0.005 --file numbers
	eventually received 100
	stop TERM broker
	ends 0 broker
	eventually grep -q again publish.err
	eventually grep -q again subscribe.err
	rm publish.err
	start_broker
	eventually received 300
	stop KILL publish
	ends 137 publish
	start_bridge publish
	eventually received 500
	stop KILL subscribe
	ends 137 subscribe
	ends 0 sent
	eventually drained 7
	start_bridge subscribe
	eventually received $MESSAGES
	sort -un received | diff - numbers
	echo "# $(($(wc -l <received) - MESSAGES)) of $MESSAGES came twice" >&3
}
