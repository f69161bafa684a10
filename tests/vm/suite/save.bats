#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Save the channels, and the whole state of kctl, to files, and restore them after the
# module is reloaded.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	sysctl -qw net.kctl.channel_max_messages=5000 net.kctl.channel_max_bytes=67108864
}

teardown()
{
	local name
	kill_jobs
	[ -e /sys/module/kctl ] || insmod "$KCTL_KO"
	sysctl -q -p "$BATS_FILE_TMPDIR/sysctls"
	kctl sockopt flush
	for name in $(kctl -j proto list | jq .[].channel); do
		kctl proto delete --channel "$name" || :
	done
	! mountpoint -q small || umount small
}

messages()
{
	python3 -S "$BATS_TEST_DIRNAME/lib/saved.py" "$@"
}

# hold CHANNEL COUNT: hold messages until SIGTERM.
hold()
{
	start held python3 -S "$BATS_TEST_DIRNAME/lib/saved.py" hold "$@"
	eventually grep -q held held
}

# Remove what differs from one save to the next: the date and the generation.
undated()
{
	sed -E 's/^(%kctl-[a-z]+ 1) .*/\1/; /^# generation/d' "$@"
}

# renew: reload the module, as after a boot, with the limits of this file.
renew()
{
	sysctl net.kctl >sysctls
	silent rmmod kctl
	silent insmod "$KCTL_KO"
	sysctl -q -p sysctls
}

configure()
{
	silent kctl proto set --channel 7 --owner 1000 --group 1001 --mode 0622
	silent kctl proto set --channel 70000 --mode 0660
	silent kctl proto set --channel 5
}

# unchanged CMD…: CMD must not change anything that can be saved.
unchanged()
{
	kctl save --messages | undated >before
	"$@"
	kctl save --messages | undated | diff before - >difference || fail "$(cat difference)"
}

@test "the configuration of channels comes back" {
	configure
	# A channel that is not persistent is not saved.
	silent kctl proto send --channel 9 x
	silent kctl proto save file
	undated file | diff - <(printf '%s\n' '%kctl-channels 1' \
		'channel 5 owner=0 group=0 mode=0600' \
		'channel 7 owner=1000 group=1001 mode=0622' \
		'channel 70000 owner=0 group=0 mode=0660' '%end 3')
	[ "$(stat -c %a file)" = 600 ]
	renew
	silent kctl proto restore --test file
	kctl -j proto list | jq -e '. == []'
	silent kctl proto restore file
	kctl -j proto list | jq -e 'map([.channel, .uid, .gid, .mode, .configured]) ==
		[[5, 0, 0, "0600", true], [7, 1000, 1001, "0622", true], [70000, 0, 0, "0660", true]]'
	kctl proto save | undated | diff - <(undated file)
	# Another restore changes nothing, and settings that are not in the file stay.
	silent kctl proto set --channel 8
	sed -i 's/ mode=0660$//; s/%end 3/%end/' file
	silent kctl proto set --channel 70000 --mode 0606
	silent kctl proto restore - <file
	kctl -j proto list | jq -e 'map([.channel, .mode]) ==
		[[5, "0600"], [7, "0622"], [8, "0600"], [70000, "0606"]]'
}

@test "names and dead letter channels come back, whatever their order in the file" {
	silent kctl proto set --channel 9 --name dead
	silent kctl proto set --channel 8 --name work
	silent kctl proto set --channel 7 --name jobs --max-deliveries 3 --dead-letter 9 --retry-delay 1.5 --hold-time-max 60 --ttl 604800
	silent kctl proto save file
	undated file | diff - <(printf '%s\n' '%kctl-channels 1' \
		'channel 7 owner=0 group=0 mode=0600 max-deliveries=3 dead-letter=9 retry-delay-ms=1500 hold-time-max-ms=60000 ttl-ms=604800000 name=jobs' \
		'channel 8 owner=0 group=0 mode=0600 name=work' \
		'channel 9 owner=0 group=0 mode=0600 name=dead' '%end 3')
	renew
	silent kctl proto restore file
	kctl proto save | undated | diff - <(undated file)
	# Channels exchange their names and dead letter channels.
	silent kctl proto set --channel 7 --name '' --dead-letter 0
	silent kctl proto set --channel 8 --name jobs
	silent kctl proto set --channel 9 --name work
	silent kctl proto set --channel 7 --name dead --dead-letter 8
	silent kctl proto restore file
	kctl proto save | undated | diff - <(undated file)
	# A channel that is not in the file does not lose its name.
	sed -i '/^channel 8/s/name=work/name=kept/' file
	silent kctl proto set --channel 6 --name kept
	unchanged refuses 1 'channel 6 has the name of a saved channel, nothing was changed' kctl proto restore file
}

@test "1,000 binary messages survive a new module: bytes, order and senders" {
	local count
	count=$(scaled 1000)
	configure
	messages send 7 "$count"
	messages look 7 >sent
	[ "$(wc -l <sent)" = "$count" ]
	cut -d' ' -f1 sent | sort -u | diff - <(printf '%s\n' 0 5 7 70000)
	silent kctl sockopt set kept
	silent kctl save --messages file
	messages look 7 | diff sent -
	renew
	silent kctl restore --test file
	silent kctl restore file
	says kept kctl sockopt get
	messages look 7 | diff sent - || fail 'other messages come back'
	# A second save is the same, so the first one was complete.
	kctl save --messages | undated | cmp - <(undated file)
}

@test "more messages than a socket can hold" {
	seq 3000 | kctl proto send --channel 9 --lines -
	silent kctl proto save --messages file
	[ "$(grep -c '^message uid=0 "' file)" = 3000 ]
	silent kctl proto delete --channel 9
	silent kctl proto restore file
	kctl proto recv --channel 9 --count 3000 | diff - <(seq 3000)
	kctl -j proto list | jq -e 'map([.channel, .configured]) == [[9, true]]'
}

@test "an empty message, and the largest one" {
	silent kctl proto send --channel 9 ''
	head -c 1048576 /dev/urandom >large
	silent kctl proto send --channel 9 --file large
	silent kctl proto save --messages file
	silent kctl proto delete --channel 9
	silent kctl proto restore file
	kctl proto recv --channel 9 --raw | cmp - /dev/null
	kctl proto recv --channel 9 --raw | cmp - large
}

@test "a channel that is not empty is refused, or appended to" {
	printf '%s\n' '%kctl-store 1' 'new "x"' '%end 1' '%kctl-channels 1' 'channel 6 mode=0606' \
		'message "c"' 'channel 7' 'message "b"' '%end 4' >file
	silent kctl proto send --channel 7 a
	unchanged refuses 1 'channel 7 is not empty, nothing was changed; to append the messages' \
		kctl restore file
	silent kctl restore --append file
	says $'a\nb' kctl proto recv --channel 7 --count 2
	says c kctl proto recv --channel 6
	says x kctl sockopt get --name new
	# A channel with a held message is not empty either.
	silent kctl proto send --channel 7 a
	hold 7 1
	unchanged refuses 1 'channel 7 is not empty' kctl restore file
	sysctl -qw net.kctl.channel_max_messages=1
	unchanged refuses 1 'channel 7 has no space for the messages, nothing was changed' \
		kctl restore --append file
	stop TERM held
	ends 0 held
}

@test "what is held, delayed, for exclusive receivers or ephemeral is counted, not saved" {
	for channel in 7 8; do
		seq 3 | kctl proto send --channel $channel --lines -
	done
	hold 7 2
	kctl proto save --messages file 2>err
	diff err - <<-'END'
	kctl: proto save: not saved: messages that are held or delayed: 2
	END
	undated file | diff - <(printf '%s\n' '%kctl-channels 1' \
		'channel 7 owner=0 group=0 mode=0600' 'message uid=0 "3"' \
		'channel 8 owner=0 group=0 mode=0600' \
		'message uid=0 "1"' 'message uid=0 "2"' 'message uid=0 "3"' \
		'# not saved: messages that are held or delayed: 2' '%end 6')
	silent kctl proto restore --test file
	stop TERM held
	ends 0 held
	[ "$(messages look 7 | cut -d' ' -f4)" = $'1\n1\n1' ]
}

@test "senders that are ephemeral by then send from no channel" {
	printf '%s\n' '%kctl-channels 1' 'channel 7' 'message from=2147483648 "a"' \
		'message from=9 "b"' '%end 3' >file
	silent kctl proto restore file
	[ "$(messages look 7 | cut -d' ' -f1)" = $'0\n9' ]
	# The channel of a sender is not created.
	kctl -j proto list | jq -e 'map(.channel) == [7]'
}

@test "a wrong file changes nothing" {
	configure
	messages send 7 9
	kctl save --messages >good
	silent kctl proto flush --channel 7
	local line
	while read -r line; do
		LC_ALL=C sed "${line}s/\$/ x/" good >bad
		unchanged refuses 1 "bad:$line: " kctl restore bad
	done < <(grep -n '^[^#]' good | cut -d: -f1)
	sed '/^%end/d' good >bad
	unchanged refuses 1 'bad:' kctl restore bad
	sysctl -qw net.kctl.channel_max_bytes=65535
	unchanged refuses 1 'has no space for more than 65535 bytes' kctl restore good
	sysctl -qw net.kctl.channel_max_messages=8 net.kctl.channel_max_bytes=67108864
	unchanged refuses 1 'channel 7 has no space for more than 8 messages' kctl restore good
}

@test "a full disk at save: the old file stays, and no message is lost" {
	configure
	messages send 7 100
	messages look 7 >sent
	mkdir small
	mount -t tmpfs -o size=64k none small
	echo old >small/file
	refuses 1 'No space left on device' kctl save --messages small/file
	says old cat small/file
	[ "$(ls small)" = file ]
	kctl save --messages >/dev/full 2>err && fail 'it does not notice'
	grep -q 'No space left on device' err
	messages look 7 | diff sent -
}

@test "killed while it saves: each message is there, and not counted as delivered" {
	local signal
	configure
	messages send 7 400
	messages look 7 >sent
	[ "$(cut -d' ' -f4 sent | sort -u)" = 1 ]
	# KILL, TERM and INT
	for signal in 9 15 2; do
		messages interrupt $signal kctl save --messages file
		messages look 7 | diff sent - || fail "signal $signal changes messages"
	done
}

@test "receivers that wait meanwhile get all messages, in order" {
	local count
	count=$(scaled 1000)
	seq "$count" | kctl proto send --channel 7 --lines -
	silent kctl proto save --messages file
	start received kctl proto recv --channel 7 --count "$((2 * count))"
	eventually test -s received
	seq "$count" | kctl proto send --channel 7 --lines - &
	while kctl proto save --messages file && kill -0 $! 2>/dev/null; do
		:
	done
	ends 0 received
	sort -n received | uniq -c | awk '$1 != 2' | diff - /dev/null
}

@test "users: refused, or their own channels" {
	configure
	messages send 7 5
	messages look 7 >sent
	refuses 4 'not permitted' nobody kctl proto save --messages
	refuses 4 'not permitted' nobody kctl save
	kctl proto save --messages >file
	chmod 644 file
	unchanged refuses 4 'not permitted' nobody kctl proto restore file
	silent nobody kctl proto restore --test file
	sysctl -qw net.kctl.unprivileged=1
	silent kctl proto set --channel 8 --owner 65534 --group 65534
	silent nobody kctl proto send --channel 8 mine
	nobody kctl proto save --messages | undated >own
	diff own - <<-'END'
	%kctl-channels 1
	channel 8 owner=65534 group=65534 mode=0600
	message uid=65534 "mine"
	%end 2
	END
	silent kctl proto delete --channel 8
	silent nobody kctl proto restore own
	says mine nobody kctl proto recv --channel 8
	unchanged refuses 4 'messages of other users, nothing was changed' nobody kctl proto restore file
	messages look 7 | diff sent -
	# A message that root restores keeps the user of its sender.
	silent kctl proto delete --channel 8
	silent kctl proto restore own
	kctl -j proto recv --channel 8 | jq -e '.uid == 65534'
}

@test "-n: what is saved of one network namespace is restored in another" {
	ip netns add kctl-a
	ip netns add kctl-b
	silent kctl -n kctl-a proto set --channel 7 --mode 0660
	silent kctl -n kctl-a proto send --channel 7 hello
	silent kctl -n kctl-a sockopt set x
	silent kctl -n kctl-a save --messages file
	silent kctl -n kctl-b restore file
	says hello kctl -n kctl-b proto recv --channel 7
	says x kctl -n kctl-b sockopt get
	kctl -n kctl-b -j proto list | jq -e 'map([.channel, .mode]) == [[7, "0660"]]'
	kctl -j proto list | jq -e '. == []'
	says hello kctl -n kctl-a proto recv --channel 7
	ip netns delete kctl-a
	ip netns delete kctl-b
}

@test "--if-unchanged is about the store, and goes before the channels" {
	silent kctl sockopt set a
	configure
	silent kctl save file
	silent kctl proto delete --channel 5
	silent kctl sockopt set b
	unchanged refuses 1 'the store has generation' kctl restore --if-unchanged file
	silent kctl restore file
	says a kctl sockopt get
	kctl -j proto list | jq -e 'map(.channel) == [5, 7, 70000]'
}

@test "a file of one interface is restored alone" {
	silent kctl sockopt set a
	configure
	silent kctl sockopt save store
	silent kctl proto save channels
	silent kctl sockopt flush
	silent kctl restore channels
	refuses 1 "entry 'default' does not exist" kctl sockopt get
	silent kctl proto delete --channel 5
	silent kctl restore store
	says a kctl sockopt get
	kctl -j proto list | jq -e 'map(.channel) == [7, 70000]'
	refuses 1 'channels:1: the file does not begin with %kctl-store 1' \
		kctl sockopt restore channels
	cat store channels >both
	refuses 1 'both:5: the file continues after %end' kctl sockopt restore both
}

# The tap ends after a number of messages, so it must not miss any.
@test "replay: what a tap recorded, byte for byte, at its pace or another" {
	local began took
	start journal kctl -j proto tap --channel 9 --count 5
	eventually grep -q bound journal
	printf 'a\0\377' | silent kctl proto send --channel 9 -
	silent kctl proto send --channel 9 ''
	silent kctl proto send --channel 9 --repeat 3 --interval 1 $'é"\\\n'
	ends 0 journal
	kctl proto recv --channel 9 --count 5 --hex >first
	began=$(date +%s%N)
	silent kctl proto replay journal
	took=$(($(date +%s%N) - began))
	kctl proto recv --channel 9 --count 5 --hex --timeout 0 | diff first -
	[ "$took" -ge 2000000000 ]
	kctl proto set --channel 7 --name copies
	began=$(date +%s%N)
	silent kctl proto replay --speed 4 --channel copies journal
	took=$(($(date +%s%N) - began))
	[ "$took" -ge 500000000 ]
	kctl proto recv --channel 7 --count 5 --hex --timeout 0 | diff first -
	silent timeout 60 kctl proto replay --speed 0 - <journal
	kctl proto recv --channel 9 --count 5 --hex --timeout 0 | diff first -
	refuses 1 'line 2: not a JSON object (1 message was sent)' \
		kctl proto replay - < <(sed -n 2p journal && echo oops)
	kctl proto delete --channel 7
	kctl proto flush --channel 9
}
