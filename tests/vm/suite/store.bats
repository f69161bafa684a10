#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The store as a whole: tables, the save file, waiting, events, limits.

load lib/common

# The debug kernel takes ten times as long: KCTL_STORE_FULL=1 runs everything on it.
if [ -n "${KCTL_DEBUG-}" ] && [ -z "${KCTL_STORE_FULL-}" ]; then
	increments=50 flips=100 kills=20 changes=50
else
	increments=500 flips=2000 kills=200 changes=300
fi

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

teardown()
{
	kill_jobs
	[ ! -w /sys/kernel/rcu_expedited ] || echo 0 >/sys/kernel/rcu_expedited
	sysctl -q -p "$BATS_FILE_TMPDIR/sysctls"
	kctl sockopt flush
}

stress()
{
	timeout 1200 python3 "$BATS_TEST_DIRNAME/lib/store_stress.py" "$@"
}

generation()
{
	kctl -j status | jq .store.generation
}

# unchanged CMD…: CMD must not change the generation of the store.
unchanged()
{
	local before
	before=$(generation)
	"$@"
	[ "$(generation)" = "$before" ] || fail "'$*' changes the store"
}

# table COUNT SIZE: print a save file of COUNT entries, sorted by name.
table()
{
	awk -v count="$1" -v size="$2" 'BEGIN {
		print "%kctl-store 1"
		for (i = 0; i < count; i++)
			printf "name/%06d \"%0*d\"\n", i, size, i
		print "%end " count
	}'
}

# The lines of a saved file that describe entries.
entries()
{
	grep -v '^#\|^%kctl-store'
}

@test "list: sorted, with size, generation, age and flags" {
	silent kctl sockopt set --name b --public 12345
	silent kctl sockopt set --name a ''
	kctl sockopt list >out
	mapfile -t lines <out
	[[ ${lines[0]} =~ ^NAME\ +SIZE\ +GENERATION\ +AGE\ +FLAGS$ ]]
	[[ ${lines[1]} =~ ^a\ +0\ +[0-9]+\ +[0-9]+s$ ]]
	[[ ${lines[2]} =~ ^b\ +5\ +[0-9]+\ +[0-9]+s\ public$ ]]
	kctl -j sockopt list | jq -e 'length == 2 and .[0].name == "a" and .[1].size == 5 and
		.[1].generation + 1 == .[0].generation and .[1].public and
		(.[0].public | not) and .[0].changed > 1e18'
	refuses 4 '' nobody kctl sockopt list
}

@test "set -v prints the generation, if-generation takes it" {
	local g
	g=$(kctl -v sockopt set --name x 1)
	[ "$g" = "$(generation)" ]
	says "{\"name\":\"x\",\"generation\":$((g + 1))}" \
		kctl -v -j sockopt set --name x --if-generation "$g" 2
	unchanged refuses 1 "has generation $((g + 1)), not $g, nothing was changed" \
		kctl sockopt set --name x --if-generation "$g" 3
}

@test "set --create and --public, delete --if-generation, an entry that is not there" {
	silent kctl sockopt set --name a --create 1
	unchanged refuses 1 "entry 'a' already exists" kctl sockopt set --name a --create 2
	refuses 4 'not permitted' nobody kctl sockopt get --name a
	silent kctl sockopt set --name a --public 5
	says 5 nobody kctl sockopt get --name a
	unchanged refuses 1 'nothing was changed' \
		kctl sockopt delete --name a --if-generation $(($(generation) - 1))
	silent kctl sockopt delete --name a
	refuses 1 "entry 'a' does not exist" kctl sockopt delete --name a
	refuses 1 "entry 'a' does not exist" kctl sockopt get --name a
}

@test "a name that the kernel refuses is quoted" {
	refuses 1 "'a b'" kctl sockopt set --name 'a b' x
	refuses 1 "''" kctl sockopt set --name '' x
	refuses 1 'the kernel rejects the name' kctl sockopt get --name "$(printf 'n%.0s' {1..64})"
}

@test "get -j: text, bytes, an empty value" {
	silent kctl sockopt set --public $'tab\t"quote" \\ é'
	kctl -j sockopt get | jq -e '.name == "default" and .size == 16 and .public and
		.value == "tab\t\"quote\" \\ é" and .changed > 1600000000000000000'
	printf '\0\377' | kctl sockopt set -
	kctl -j sockopt get | jq -e '.value_base64 == "AP8=" and (.public | not) and .size == 2'
	silent kctl sockopt set ''
	kctl -j sockopt get | jq -e '.value == "" and .size == 0'
	says '' kctl sockopt get
	silent kctl sockopt delete --name default
}

@test "a Python one-liner sets and gets the entry that kctl gets" {
	python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(0, 999, b"abc"); print(s.getsockopt(0, 999, 64))' >out
	[ "$(<out)" = "b'abc'" ]
	says abc kctl sockopt get
}

@test "set - and set --file: NUL bytes, newlines, 65535 bytes, none; 65536 are refused" {
	printf 'a\0b\n\nc' >nul
	head -c 65535 /dev/urandom >largest
	head -c 65536 /dev/urandom >huge
	: >empty
	local file
	for file in nul empty largest; do
		silent kctl sockopt set - <$file
		kctl sockopt get --raw | cmp - $file
		silent kctl sockopt set --file $file --name other
		kctl sockopt get --raw --name other | cmp - $file
	done
	unchanged refuses 1 'value is 65536 bytes, the limit is 65535' kctl sockopt set --file huge
	unchanged refuses 1 'value is 65536 bytes, the limit is 65535' kctl sockopt set - <huge
	unchanged refuses 1 'the limit is 65535' kctl sockopt set --name third --file huge
	kctl sockopt get --raw | cmp - largest
	kctl status | grep -qE '^  entries +2 of'
}

@test "8 processes, 500 compare-and-set increments each: none is lost" {
	stress counter 8 $increments
}

@test "8 readers beside 2,000 replaces never see a mixture" {
	# With 8 readers, a normal grace period takes 30 ms.
	[ ! -w /sys/kernel/rcu_expedited ] || echo 1 >/sys/kernel/rcu_expedited
	stress flip 8 $flips
}

@test "restore killed at 200 random points leaves the old table or the new one" {
	stress kill "$(command -v kctl)" $kills
}

@test "65,536 entries of 64 bytes: restore, list, save, flush" {
	table 65536 64 >file
	silent kctl sockopt restore file
	kctl -j status | jq -e '.store.entries == 65536 and .store.bytes == 65536 * 64'
	kctl sockopt list >listed
	[ "$(wc -l <listed)" -eq 65537 ]
	kctl -j sockopt list | jq -e 'length == 65536 and .[65535].name == "name/065535"'
	silent kctl sockopt save saved
	cmp <(entries <file) <(entries <saved)
	# One more entry, in a file and alone.
	table 65537 64 >over
	unchanged refuses 1 'the store has no space for more than 65536 entries' \
		kctl sockopt restore over
	unchanged refuses 1 'the store has no space for' kctl sockopt set --name one-more x
	kctl sockopt save | entries | cmp - <(entries <file)
	silent kctl sockopt flush
	kctl -j status | jq -e '.store.entries == 0 and .store.bytes == 0'
}

@test "one byte over the limit: refused with a reason, unchanged" {
	table 100 64 >file
	sysctl -qw net.kctl.store_max_bytes=6400
	silent kctl sockopt restore file
	sed 's/^name.000099 "/&x/' file >over
	unchanged refuses 1 'the store has no space for more than 6400 bytes' \
		kctl sockopt restore over
	unchanged refuses 1 'net.kctl.store_max_bytes' kctl sockopt restore --test over
	kctl sockopt save | entries | cmp - <(entries <file)
}

@test "save | restore is the identity for every byte, name and size" {
	python3 - >all <<-'END'
		import sys
		out = sys.stdout.buffer
		out.write(b"%kctl-store 1\n")
		for size in (0, 1, 7, 8, 9, 111, 112, 113, 255, 256, 65535):
		    value = b"".join(b"\\x%02x" % (i * 7 % 256) for i in range(size))
		    out.write(b'size-%05d public "%s"\n' % (size, value))
		for byte in range(256):
		    out.write(b'x%02x "\\x%02x"\n' % (byte, byte))
		out.write(b'%s ""\n%%end\n' % (b"z" * 63))
	END
	silent kctl sockopt restore all
	local byte
	for byte in 00 0a 22 5c 80 ff; do
		[ "$(kctl sockopt get --raw --name "x$byte" | xxd -p)" = "$byte" ]
	done
	kctl sockopt get --raw --name size-65535 >value
	python3 -c 'import sys; sys.exit(open("value", "rb").read() !=
		bytes(i * 7 % 256 for i in range(65535)))'
	silent kctl sockopt save one
	silent kctl sockopt flush
	silent kctl sockopt save empty
	kctl sockopt restore <one
	kctl sockopt save - >two
	cmp <(entries <one) <(entries <two)
	silent kctl sockopt restore empty
	says '[]' kctl -j sockopt list
}

@test "one bad line out of 10,000: FILE:LINE: reason, nothing changes" {
	local edit line reason test before
	silent kctl sockopt set --name keep me
	before=$(generation)
	table 10000 64 >good
	while IFS='|' read -r edit line reason; do
		sed "$edit" good >bad
		for test in '' --test; do
			# shellcheck disable=SC2086 # nothing, or an option
			refuses 1 "kctl: sockopt restore: bad:$line: $reason" kctl sockopt restore $test bad
		done
	done <<-'END'
		5000s/"$//|5000|the value has no closing quote
		7s/000005/000003/|7|entry 'name/000003' is already in line 5
		9s/"/"\\q/|9|unknown escape
		10000s/^.*$/name "\x00"/|10000|NUL byte
		1s/1/2/|1|format version 2 is newer than this tool
		10002d|10001|the file is truncated
		10001d|10001|%end says 10000 entries
	END
	head -c 500000 good >bad
	refuses 1 truncated kctl sockopt restore bad
	says me kctl sockopt get --name keep
	silent kctl sockopt restore --test good
	[ "$(generation)" = "$before" ]
}

@test "flush and restore with --if-generation" {
	local g command
	silent kctl sockopt set 1
	silent kctl sockopt save file
	g=$(sed -n 's/^# generation //p' file)
	[ "$g" = "$(generation)" ]
	silent kctl sockopt set 2
	for command in flush 'restore file'; do
		# shellcheck disable=SC2086 # words
		unchanged refuses 1 "the store has generation $((g + 1)), not $g, nothing was changed" \
			kctl sockopt $command --if-generation "$g"
	done
	unchanged refuses 1 "the store has generation $((g + 1)), not $g" \
		kctl sockopt restore --if-unchanged file
	run kctl sockopt diff file
	[ "$status" -eq 1 ]
	[ "$output" = $'-default "2"\n+default "1"' ]
	silent kctl sockopt restore --if-generation $((g + 1)) file
	silent kctl sockopt diff file
	silent kctl sockopt save file
	silent kctl sockopt restore --if-unchanged file
	says 1 kctl sockopt get
	silent kctl sockopt flush --if-generation $((g + 3))
}

@test "restore --if-unchanged of a store that nobody had changed yet" {
	unshare -n sh -ec '
		kctl sockopt save file
		grep -qx "# generation 0" file
		kctl sockopt restore --if-unchanged file
		kctl sockopt set x
		kctl sockopt restore --if-unchanged file && exit 1
		kctl sockopt get | grep -qx x' 2>err
	grep -qE 'the store has generation [12], not 0, nothing was changed' err
}

@test "edit: a change, none, and one by somebody else meanwhile" {
	local before
	unset VISUAL
	export TMPDIR=$PWD
	silent kctl sockopt set --name a 1
	EDITOR="sed -i '/^a /s/1/2/'" silent kctl sockopt edit
	says 2 kctl sockopt get --name a
	before=$(generation)
	EDITOR=true says 'kctl: sockopt edit: nothing was changed' kctl sockopt edit
	[ "$(generation)" = "$before" ]
	EDITOR="kctl sockopt set --name b x; sed -i '/^a /s/2/3/'" \
		refuses 1 "the store has generation $((before + 1)), not $before, nothing was changed (the" \
		kctl sockopt edit
	says $'2\nx' kctl sockopt get --name a --name b
	silent kctl sockopt restore kctl-??????.kctl
	says 3 kctl sockopt get --name a
	refuses 1 "entry 'b' does not exist (1 entry was deleted before)" \
		kctl sockopt delete --name a --name b
	silent kctl sockopt flush
}

@test "a program of 32 bits and one of 64 read each other's entries" {
	local write read
	[ "$(uname -m)" != s390x ] || skip 'Debian has no programs of 31 bits'
	cp "$(program exchange-32)" "$(program exchange-64)" .
	./exchange-32 layout >expected
	./exchange-64 layout | cmp - expected
	for write in 32 64; do
		read=$((96 - write))
		silent ./exchange-$write set name-$write "by $write bits"
		./exchange-$write get name-$write >expected
		grep -q "^name-$write [0-9]* [0-9]* 0 by $write bits$" expected
		./exchange-$read get name-$write | cmp - expected
		silent ./exchange-$write replace table-$write "table by $write bits"
		./exchange-$write table >expected
		grep -q "^table-$write [0-9]* [0-9]* 0 table by $write bits$" expected
		./exchange-$read table | cmp - expected
	done
}

@test "wait exits 5 at its timeout" {
	silent kctl sockopt set 1
	refuses 5 "'default' did not change within 0.2 s" kctl sockopt wait --timeout 0.2
	refuses 5 '' kctl sockopt wait --name other --generation 0 --timeout 0
}

@test "wait wakes up at the change, not some time later" {
	stress wake "$(command -v kctl)"
}

@test "wait --generation misses no change" {
	stress miss "$(command -v kctl)" $changes
}

@test "wait: ends at set, delete, replace and flush of the entry, and at no other change" {
	local change now
	for change in 'set --name e 2' 'delete --name e' flush 'restore file'; do
		printf '%%kctl-store 1\ne "3"\n%%end\n' >file
		silent kctl sockopt set --name e 1
		start waited kctl -v sockopt wait --name e --timeout 60
		eventually asleep_in_poll waited
		silent kctl sockopt set --name other 1
		sleep 0.2
		# shellcheck disable=SC2154 # of common.bash
		kill -0 "${process[waited]}"
		# shellcheck disable=SC2086 # words
		silent kctl sockopt $change
		ends 0 waited
		now=$(kctl -j sockopt list | jq '[.[] | select(.name == "e").generation] | add // 0')
		[ "$(<waited)" = "$now" ]
	done
	kctl -j sockopt wait --name e --generation 1 |
		jq -e '.name == "e" and .generation > 1'
}

@test "watch store: every change, in order" {
	local g
	start events kctl -j watch store --count 3
	eventually grep -q ready events
	g=$(generation)
	silent kctl sockopt set --name a 1
	silent kctl sockopt delete --name a
	silent kctl sockopt flush
	ends 0 events
	jq -se --argjson g "$g" '. == [
		{event: "ready", generation: $g},
		{event: "store", generation: ($g + 1), action: "set", name: "a"},
		{event: "store", generation: ($g + 2), action: "delete", name: "a"},
		{event: "store", generation: ($g + 3), action: "replace"},
		{event: "end", received: 3, lost: 0}]' <(jq 'del(.uid, .pid, .command)' events)
	jq -se '.[1:-1] | all(.uid == 0 and .pid > 1 and .command == "kctl") and
		(map(.pid) | unique | length) == 3' events
}

@test "watch store: events lost in an overrun are counted exactly" {
	start events kctl -j watch store
	eventually grep -q ready events
	stop STOP events
	stress many 30000
	stop CONT events
	sleep 0.5
	stress many 10
	stop TERM events
	ends 143 events
	jq -se '(map(select(.event == "store")) | length) as $received |
		(map(select(.event == "lost").count) | add) as $lost |
		$lost > 0 and $received + $lost == 30010 and
		.[-1] == {event: "end", received: $received, lost: $lost}' events
}

changes_of_each_kind()
{
	kctl sockopt set --name traced 1
	kctl sockopt delete --name traced
	kctl sockopt flush
}

@test "tracepoints kctl:store_*" {
	traced seen changes_of_each_kind
	grep 'kctl.*store_set: name=traced generation=[0-9]* size=1' seen
	grep 'store_delete: name=traced' seen
	grep 'store_replace: entries=0 bytes=0' seen
}

@test "save: whole or not at all, and no file is left behind" {
	mkdir d
	mount -t tmpfs -o size=64k none d
	silent kctl sockopt set 1
	silent kctl sockopt save d/file
	[ "$(stat -c %a d/file)" = 600 ]
	chmod 640 d/file
	cp d/file old
	table 1000 64 >big
	silent kctl sockopt restore big
	refuses 1 "cannot write 'd/file': No space left on device" kctl sockopt save d/file
	cmp old d/file
	[ "$(ls -A d)" = file ]
	silent kctl sockopt set --name b 1
	silent kctl sockopt flush
	ln -s file d/link
	silent kctl sockopt save d/link
	[ -L d/link ]
	[ "$(stat -c %a d/file)" = 640 ]
	umount d
	refuses 1 '' kctl sockopt save /dev/full
	[ -c /dev/full ]
	refuses 1 '' kctl sockopt save nowhere/file
}
