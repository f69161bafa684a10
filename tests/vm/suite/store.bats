#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The store as a whole: tables, the save file, waiting, events, limits.

# What bats sets shellcheck does not know.
# shellcheck disable=SC2154

bats_require_minimum_version 1.5.0

# A kernel that checks itself takes ten times as long.
if [ "${KCTL_KERNEL:-}" = debug ]; then
	: "${KCTL_STORE_INCREMENTS:=50}" "${KCTL_STORE_FLIPS:=100}"
	: "${KCTL_STORE_KILLS:=20}" "${KCTL_STORE_CHANGES:=50}"
fi

# The file system of the guest is slow, its memory is not.
setup_file()
{
	: "${KCTL:=$BATS_TEST_DIRNAME/../../../build/kctl}"
	ldd "$KCTL" | awk '/lib(mnl|jansson)/ { print $3 }' |
		xargs cp -t "$BATS_FILE_TMPDIR" "$KCTL"
	export KCTL=$BATS_FILE_TMPDIR/kctl LD_LIBRARY_PATH=$BATS_FILE_TMPDIR
}

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	sysctl -qw net.kctl.store_max_bytes=16777216 net.kctl.store_max_entries=65536
	"$KCTL" sockopt flush
}

teardown()
{
	[ ! -w /sys/kernel/rcu_expedited ] || echo 0 >/sys/kernel/rcu_expedited
}

kctl()
{
	run --separate-stderr timeout 300 "$KCTL" "$@"
}

as_nobody()
{
	chmod 755 "$BATS_FILE_TMPDIR"
	run --separate-stderr timeout 10 setpriv --reuid nobody --regid nogroup \
		--clear-groups --no-new-privs --inh-caps=-all "$@"
}

exits()
{
	[ "$status" -eq "$1" ] && return
	printf 'status %s, not %s\nstdout: %.500s\nstderr: %s\n' \
		"$status" "$1" "$output" "$stderr" >&2
	return 1
}

stress()
{
	timeout 300 python3 "$BATS_TEST_DIRNAME/lib/store_stress.py" "$@"
}

generation()
{
	"$KCTL" -j status | jq .store.generation
}

# table COUNT SIZE: a file of so many entries, sorted by name.
table()
{
	awk -v count="$1" -v size="$2" 'BEGIN {
		print "%kctl-store 1"
		for (i = 0; i < count; i++)
			printf "name/%06d \"%0*d\"\n", i, size, i
		print "%end " count
	}'
}

# What of a saved file is about its entries.
entries()
{
	grep -v '^#\|^%kctl-store'
}

@test "list: sorted, with size, generation, age and flags" {
	kctl sockopt set --name b --public 12345
	kctl sockopt set --name a ''
	kctl sockopt list
	exits 0
	[[ ${lines[0]} =~ ^NAME\ +SIZE\ +GENERATION\ +AGE\ +FLAGS$ ]]
	[[ ${lines[1]} =~ ^a\ +0\ +[0-9]+\ +[0-9]+s$ ]]
	[[ ${lines[2]} =~ ^b\ +5\ +[0-9]+\ +[0-9]+s\ public$ ]]
	kctl -j sockopt list
	jq -e 'length == 2 and .[0].name == "a" and .[1].size == 5 and
		.[1].generation + 1 == .[0].generation and .[1].public and
		(.[0].public | not) and .[0].changed > 1e18' <<<"$output"
	as_nobody "$KCTL" sockopt list
	exits 4
}

@test "set -v prints the generation, if-generation takes it" {
	kctl -v sockopt set --name x 1
	exits 0
	[ "$output" = "$(generation)" ]
	g=$output
	kctl -v -j sockopt set --name x --if-generation "$g" 2
	[ "$output" = "{\"name\":\"x\",\"generation\":$((g + 1))}" ]
	kctl sockopt set --name x --if-generation "$g" 3
	exits 1
	[[ $stderr == *'not of that generation'* ]]
}

@test "8 processes, 500 compare-and-set increments each: none is lost" {
	stress counter 8 "${KCTL_STORE_INCREMENTS:-500}"
}

@test "8 readers beside 2,000 replaces never see a mixture" {
	# Beside so many readers a usual grace period takes 30 ms.
	[ ! -w /sys/kernel/rcu_expedited ] || echo 1 >/sys/kernel/rcu_expedited
	stress flip 8 "${KCTL_STORE_FLIPS:-2000}"
}

@test "restore killed at 200 random points leaves the old table or the new one" {
	stress kill "$KCTL" "${KCTL_STORE_KILLS:-200}"
}

@test "65,536 entries of 64 bytes: restore, list, save, flush" {
	table 65536 64 >file
	kctl sockopt restore file
	exits 0
	"$KCTL" -j status | jq -e '.store.entries == 65536 and .store.bytes == 65536 * 64'
	"$KCTL" sockopt list >listed
	[ "$(wc -l <listed)" -eq 65537 ]
	"$KCTL" -j sockopt list | jq -e 'length == 65536 and .[65535].name == "name/065535"'
	kctl sockopt save saved
	exits 0
	cmp <(entries <file) <(entries <saved)
	# One more, in a file and alone.
	table 65537 64 >over
	before=$(generation)
	kctl sockopt restore over
	exits 1
	[[ $stderr == *'no room in the store for 65537 entries'*'nothing was changed'* ]]
	kctl sockopt set --name one-more x
	exits 1
	[[ $stderr == *'no room in the store'* ]]
	[ "$(generation)" = "$before" ]
	"$KCTL" sockopt save | entries | cmp - <(entries <file)
	kctl sockopt flush
	exits 0
	"$KCTL" -j status | jq -e '.store.entries == 0 and .store.bytes == 0'
}

@test "one byte over the limit: refused in words, unchanged" {
	table 100 64 >file
	sysctl -qw net.kctl.store_max_bytes=6400
	kctl sockopt restore file
	exits 0
	before=$(generation)
	sed 's/^name.000099 "/&x/' file >over
	kctl sockopt restore over
	exits 1
	[[ $stderr == *'no room in the store for 100 entries'*'kctl status'* ]]
	[ "$(generation)" = "$before" ]
	"$KCTL" sockopt save | entries | cmp - <(entries <file)
}

@test "save | restore is the identity for every byte, name and size" {
	python3 - >all <<-'END'
		import sys
		out = sys.stdout.buffer
		out.write(b"%kctl-store 1\n")
		for size in (0, 1, 7, 8, 9, 255, 256, 65535):
		    value = b"".join(b"\\x%02x" % (i * 7 % 256) for i in range(size))
		    out.write(b'size-%05d public "%s"\n' % (size, value))
		for byte in range(256):
		    out.write(b'x%02x "\\x%02x"\n' % (byte, byte))
		out.write(b'%s ""\n%%end\n' % (b"z" * 63))
	END
	"$KCTL" sockopt restore all
	for byte in 00 0a 22 5c 80 ff; do
		[ "$("$KCTL" sockopt get --raw --name "x$byte" | xxd -p)" = "$byte" ]
	done
	"$KCTL" sockopt get --raw --name size-65535 >value
	python3 -c 'import sys; sys.exit(open("value", "rb").read() !=
		bytes(i * 7 % 256 for i in range(65535)))'
	"$KCTL" sockopt save one
	"$KCTL" sockopt flush
	"$KCTL" sockopt save empty
	"$KCTL" sockopt restore <one
	"$KCTL" sockopt save - >two
	cmp <(entries <one) <(entries <two)
	"$KCTL" sockopt restore empty
	"$KCTL" -j sockopt list | jq -e '. == []'
}

@test "one bad line out of 10,000: FILE:LINE: reason, nothing changes" {
	kctl sockopt set --name keep me
	before=$(generation)
	table 10000 64 >good
	while IFS='|' read -r edit line reason; do
		sed "$edit" good >bad
		for test in '' --test; do
			# shellcheck disable=SC2086
			kctl sockopt restore $test bad
			exits 1
			[[ $stderr == "kctl: sockopt restore: bad:$line: "*"$reason"* ]]
		done
	done <<-'END'
		5000s/"$//|5000|no closing quote
		7s/000005/000003/|7|is in line 5 already
		9s/"/"\\q/|9|unknown escape
		10000s/^.*$/name "\x00"/|10000|NUL byte
		1s/1/2/|1|newer than this tool
		10002d|10001|truncated
		10001d|10001|10000 entries
	END
	head -c 500000 good >bad
	kctl sockopt restore bad
	exits 1
	[[ $stderr == *truncated* ]]
	[ "$(generation)" = "$before" ]
	[ "$("$KCTL" sockopt get --name keep)" = me ]
	kctl sockopt restore --test good
	exits 0
	[ "$(generation)" = "$before" ]
}

@test "flush and restore with --if-generation" {
	kctl sockopt set 1
	"$KCTL" sockopt save file
	g=$(sed -n 's/^# generation //p' file)
	[ "$g" = "$(generation)" ]
	kctl sockopt set 2
	for command in flush 'restore file'; do
		# shellcheck disable=SC2086
		kctl sockopt $command --if-generation "$g"
		exits 1
		[[ $stderr == *'the store is not of that generation'* ]]
		[ "$(generation)" = $((g + 1)) ]
	done
	kctl sockopt restore --if-generation $((g + 1)) file
	exits 0
	[ "$("$KCTL" sockopt get)" = 1 ]
	kctl sockopt flush --if-generation $((g + 2))
	exits 0
}

@test "wait: exits 5 at its timeout" {
	kctl sockopt set 1
	kctl sockopt wait --timeout 0.2
	exits 5
	[ -z "$output" ]
	[[ $stderr == *"'default' did not change within 0.2 s"* ]]
	kctl sockopt wait --name other --generation 0 --timeout 0
	exits 5
}

@test "wait: wakes at the change, not some time later" {
	stress wake "$KCTL"
}

@test "wait --generation: misses no change" {
	stress miss "$KCTL" "${KCTL_STORE_CHANGES:-300}"
}

@test "wait: set, delete, replace and flush of the entry, nothing else" {
	for change in 'set --name e 2' 'delete --name e' flush 'restore file'; do
		printf '%%kctl-store 1\ne "3"\n%%end\n' >file
		kctl sockopt set --name e 1
		timeout 20 "$KCTL" -v sockopt wait --name e >waited &
		sleep 0.5
		kctl sockopt set --name other 1
		sleep 0.2
		kill -0 $!
		# shellcheck disable=SC2086
		kctl sockopt $change
		wait $!
		now=$("$KCTL" -j sockopt list | jq '[.[] | select(.name == "e").generation] | add // 0')
		[ "$(cat waited)" = "$now" ]
	done
	kctl -j sockopt wait --name e --generation 1
	exits 0
	jq -e '.name == "e" and .generation > 1' <<<"$output"
}

@test "watch store: every change, in order" {
	"$KCTL" -j watch store --count 3 >events &
	until grep -q ready events; do sleep 0.1; done
	g=$(generation)
	kctl sockopt set --name a 1
	kctl sockopt delete --name a
	kctl sockopt flush
	wait $!
	jq -se --argjson g "$g" '. == [
		{event: "ready", generation: $g},
		{event: "store", generation: ($g + 1), action: "set", name: "a"},
		{event: "store", generation: ($g + 2), action: "delete", name: "a"},
		{event: "store", generation: ($g + 3), action: "replace"},
		{event: "end", received: 3, lost: 0}]' events
}

@test "watch store: what an overrun lost is counted exactly" {
	"$KCTL" -j watch store >events 2>summary &
	until grep -q ready events; do sleep 0.1; done
	kill -STOP $!
	stress many 30000
	kill -CONT $!
	sleep 0.5
	stress many 10
	kill -TERM $!
	wait $! || [ $? -eq 143 ]
	jq -se '(map(select(.event == "store")) | length) as $received |
		(map(select(.event == "lost").count) | add) as $lost |
		$lost > 0 and $received + $lost == 30010 and
		.[-1] == {event: "end", received: $received, lost: $lost}' events
}

@test "group store and whole tables: not for nobody" {
	kctl sockopt set 1
	for command in 'watch store' 'sockopt wait' 'sockopt list' 'sockopt save' \
		'sockopt flush'; do
		# shellcheck disable=SC2086
		as_nobody "$KCTL" $command
		exits 4
	done
	printf '%%kctl-store 1\n%%end\n' >file
	as_nobody "$KCTL" sockopt restore <file
	exits 4
	as_nobody "$KCTL" sockopt restore --test <file
	exits 0
	[ "$("$KCTL" sockopt get)" = 1 ]
}

@test "tracepoints kctl:store_*" {
	trace=$BATS_TEST_TMPDIR/trace
	mkdir "$trace"
	mount -t tracefs none "$trace" || skip 'no tracefs'
	[ -d "$trace/events/kctl" ] || {
		umount "$trace"
		skip 'no tracepoints in this kernel'
	}
	echo 1 >"$trace/events/kctl/enable"
	kctl sockopt set --name traced 1
	kctl sockopt delete --name traced
	kctl sockopt flush
	echo 0 >"$trace/events/kctl/enable"
	cp "$trace/trace" seen
	umount "$trace"
	grep 'kctl.*store_set: name=traced generation=[0-9]* size=1' seen
	grep 'store_delete: name=traced' seen
	grep 'store_replace: entries=0 bytes=0' seen
}

@test "save: whole or not at all, and no file is left behind" {
	mkdir d
	mount -t tmpfs -o size=64k none d
	kctl sockopt set 1
	kctl sockopt save d/file
	exits 0
	[ "$(stat -c %a d/file)" = 600 ]
	chmod 640 d/file
	cp d/file old
	table 1000 64 >big
	kctl sockopt restore big
	kctl sockopt save d/file
	exits 1
	[[ $stderr == *"cannot write 'd/file': No space left on device"* ]]
	cmp old d/file
	[ "$(ls -A d)" = file ]
	kctl sockopt set --name b 1
	kctl sockopt flush
	ln -s file d/link
	kctl sockopt save d/link
	[ -L d/link ]
	[ "$(stat -c %a d/file)" = 640 ]
	umount d
	kctl sockopt save /dev/full
	exits 1
	[ -c /dev/full ]
	kctl sockopt save nowhere/file
	exits 1
}
