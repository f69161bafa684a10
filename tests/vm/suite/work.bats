#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl proto work: a command for each message, and no message is lost.

# The quoted text is for other shells.
# shellcheck disable=SC2016

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

# number CHANNEL MEMBER: print a number of the channel in the list, or 0 if there is none.
number()
{
	kctl -j proto list | jq -r "map(select(.channel == $1)) | .[0].$2 // 0"
}

number_is()
{
	[ "$(number 9 "$1")" = "$2" ]
}

# all_is_done: check that no message waits, is held or is delayed in channel 9.
all_is_done()
{
	kctl -j proto list | jq -e 'all(.channel != 9 or
		(.messages + .held + (.delayed // 0) == 0))' >/dev/null
}

lines_are()
{
	[ -e "$2" ] && [ "$(wc -l <"$2")" = "$1" ]
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# job NAME: create a program NAME from the lines on standard input.
job()
{
	{
		echo '#!/bin/bash'
		cat
	} >"$1"
	chmod +x "$1"
}

numbers()
{
	seq "$1" | silent kctl proto send --channel 9 --lines -
}

@test "work runs a command for each message, with the message as its input" {
	job show <<<'printf "%s %s %s <%s>\n" $KCTL_CHANNEL $KCTL_DELIVERIES $KCTL_FROM "$(tr "\0" 0)"'
	silent kctl proto send --channel 9 first
	printf 'a\0\nb' | silent kctl proto send --channel 9 -
	silent kctl proto send --channel 9 ''
	kctl proto bind --channel 78 --to 9 -- printf bound
	kctl proto work --channel 9 --timeout 0 -- ./show >out 2>err && fail 'no timeout'
	diff out - <<-'EOT'
	9 1 0 <first>
	9 1 0 <a0
	b>
	9 1 0 <>
	9 1 78 <bound>
	EOT
	[ "$(<err)" = 'kctl: proto work: no message on channel 9 within 0 s' ]
	all_is_done
	# The largest message, for a command that seeks in it, and cannot write to it.
	head -c 1048576 /dev/urandom >largest
	silent kctl proto send --channel 9 --file largest
	job compare <<-'EOT'
	tail -c 5 | cmp - <(tail -c 5 largest) && cmp /dev/stdin largest || exit
	! { : >/dev/stdin; } 2>/dev/null || exit
	EOT
	refuses 5 'no message' kctl proto work --channel 9 --timeout 0 -- ./compare
	all_is_done
}

@test "work with a command that does not read its input" {
	head -c 500000 /dev/zero | silent kctl proto send --channel 9 -
	numbers 20
	refuses 5 'no message' kctl proto work --channel 9 --jobs 4 --timeout 0 -- true
	all_is_done
}

@test "work holds as many messages as it has jobs" {
	numbers 5
	job wait_here <<<'read -r n; echo $n >>begun; until [ -e "go$n" ]; do sleep 0.05; done'
	start work kctl -v proto work --channel 9 --jobs 3 -- ./wait_here
	eventually lines_are 3 begun
	number_is held 3
	number_is messages 2
	: >go2
	eventually grep -qx 4 begun
	number_is held 3
	: >go1
	: >go3
	: >go4
	: >go5
	eventually all_is_done
	stop TERM work
	ends 143 work
	[ "$(<work.err)" = 'kctl: proto work: bound to channel 9' ]
}

# Job 2 always fails, and job 4 reports that it cannot be done.
@test "work: what cannot be done is in the dead letter channel, and the rest is done" {
	kctl proto set --channel 10
	kctl proto set --channel 9 --max-deliveries 3 --dead-letter 10
	refuses 1 'can neither have a dead letter channel' kctl proto set --channel 10 --dead-letter 9
	refuses 1 'is not configured' kctl proto set --channel 9 --dead-letter 11
	job some <<-'EOT'
	read -r n
	echo "$n $KCTL_DELIVERIES$KCTL_DEAD_FROM" >>log
	[ $n != 4 ] || exit 67
	[ $n != 2 ]
	EOT
	numbers 5
	start work kctl proto work --channel 9 --jobs 2 --backoff 0.05 --dead-status 67 -- ./some
	until all_is_done; do
		sleep 0.1
	done
	stop INT work
	ends 130 work
	sort -n log | diff - <(printf '%s\n' '1 1' '2 1' '2 2' '2 3' '3 1' '4 1' '5 1')
	grep -q "'./some' exited with status 67 (delivery 1), the message is dead" work.err
	[ "$(number 9 max_deliveries) $(number 9 dead_letter)" = '3 10' ]
	[ "$(number 9 dead) $(number 9 dropped)" = '2 0' ]
	job show <<<'echo "$(cat) $KCTL_DELIVERIES $KCTL_DEAD_FROM $KCTL_DEAD_DELIVERIES $KCTL_DEAD_WHY"'
	kctl proto recv --channel 10 --peek -v | grep -q 'dead in channel 9 after [13] deliveries ('
	kctl -j proto recv --channel 10 --peek | jq -e .dead_from==9
	kctl proto work --channel 10 --timeout 0 -- ./show >out && fail 'no timeout'
	sort out | diff - <(printf '%s\n' '2 1 9 3 deliveries' '4 1 9 1 settled')
	kctl proto delete --channel 10
	[ "$(number 9 dead_letter)" = 0 ]
	kctl proto delete --channel 9
}

# Each job fails until its third delivery.
@test "work delivers a message again until its command succeeds" {
	numbers 5
	job third <<-'EOT'
	read -r n
	echo "$n $KCTL_DELIVERIES" >>log
	[ $KCTL_DELIVERIES -ge 3 ] || exit 7
	EOT
	start work kctl proto work --channel 9 --jobs 3 --backoff 0.05 -- ./third
	# This takes long on a slow machine.
	until all_is_done; do
		sleep 0.1
	done
	stop INT work
	ends 130 work
	sort -n log | diff - <(for n in {1..5}; do printf "$n %d\n" 1 2 3; done)
	[ "$(grep -c "'./third' exited with status 7 (delivery 1), again in 0.0" work.err)" = 5 ]
	[ "$(wc -l <work.err)" = 10 ]
}

@test "work: a message that fails waits its delay, and occupies nothing" {
	silent kctl proto send --channel 9 bad
	job only_good <<<'read -r word; echo "$word" >>log; [ "$word" = good ]'
	start work kctl -q proto work --channel 9 --backoff 10000 --max-backoff 10000 -- ./only_good
	eventually number_is held 0
	eventually grep -qx bad log
	silent kctl proto send --channel 9 good
	eventually grep -qx good log
	eventually number_is held 0
	stop TERM work
	ends 143 work
	[ ! -s work.err ]
	[ "$(wc -l <log)" = 2 ]
	silent kctl proto flush --channel 9
}

@test "work: a command that cannot be run gives its message back uncounted, and ends work" {
	silent kctl proto send --channel 9 x
	refuses 127 "cannot run './nowhere': No such file" \
		kctl proto work --channel 9 -- ./nowhere
	refuses 126 "cannot run '/': " kctl proto work --channel 9 -- /
	kctl proto work --channel 9 --timeout 0 -- sh -c 'echo $KCTL_DELIVERIES' >out 2>err || [ $? = 5 ]
	[ "$(<out)" = 1 ]
	# The other command is not disturbed.
	numbers 2
	job until_go <<<'read -r n; echo $n >>begun; until [ -e go ]; do sleep 0.05; done; echo end'
	start work kctl proto work --channel 9 --jobs 2 -- ./until_go
	eventually lines_are 2 begun
	rm until_go
	: >go
	eventually all_is_done
	silent kctl proto send --channel 9 last
	ends 127 work
	[ "$(<work)" = $'end\nend' ]
	says last kctl proto recv --channel 9 --timeout 0
}

@test "work: after a signal it finishes, after a second one it ends its commands" {
	local signal status
	job slow <<-'EOT'
	trap 'echo told >>log; exit 3' TERM
	echo begun >>log
	until [ -e go ]; do sleep 0.05; done
	echo done >>log
	EOT
	while read -r signal status; do
		rm -f go log
		numbers 2
		start work kctl proto work --channel 9 -- ./slow
		eventually grep -qs begun log
		stop "$signal" work
		: >go
		ends "$status" work
		[ "$(<log)" = $'begun\ndone' ]
		number_is messages 1
		says 2 kctl proto recv --channel 9
	done <<<$'INT 130\nTERM 143'
	rm -f go log
	numbers 2
	start work kctl proto work --channel 9 --jobs 2 -- ./slow
	eventually lines_are 2 log
	stop INT work
	eventually no_longer_pending
	stop TERM work
	ends 130 work
	[ "$(grep -c told log)" = 2 ]
	run ! grep kctl work.err
	# The messages have returned uncounted, in their order.
	kctl proto work --channel 9 --timeout 0 -- sh -c 'echo $(cat) $KCTL_DELIVERIES' >out 2>err || [ $? = 5 ]
	[ "$(<out)" = $'1 1\n2 1' ]
}

# The signal was read. A second one that is sent while the first is pending would be lost.
no_longer_pending()
{
	# shellcheck disable=SC2154 # process is from common.bash
	grep -qE '^ShdPnd:\s+0+$' "/proc/${process[work]}/status"
}

@test "work: a command that ignores SIGTERM is killed, with its process group" {
	silent kctl proto send --channel 9 x
	job deaf <<-'EOT'
	trap '' TERM
	sleep 1000 &
	echo $! >child
	wait
	EOT
	start work kctl proto work --channel 9 --kill-after 0.2 -- ./deaf
	eventually test -s child
	stop TERM work
	eventually no_longer_pending
	stop TERM work
	ends 143 work
	eventually gone "$(<child)"
	says x kctl proto recv --channel 9 --timeout 0
}

@test "work that is killed takes its command with it, and the message is another's" {
	silent kctl proto send --channel 9 x
	job stay <<<'echo $$ $KCTL_DELIVERIES >>log; [ $KCTL_DELIVERIES = 2 ] || exec sleep 1000'
	start one kctl proto work --channel 9 -- ./stay
	eventually test -s log
	start two kctl proto work --channel 9 -- ./stay
	stop KILL one
	ends 137 one
	eventually lines_are 2 log
	read -r pid _ <log
	eventually gone "$pid"
	eventually all_is_done
	stop TERM two
	ends 143 two
	cut -d' ' -f2 log | diff - <(printf '1\n2\n')
}

@test "work --hold-time: a worker that is stopped loses its message, one that is alive does not" {
	silent kctl proto send --channel 9 x
	job stay <<-'EOT'
	echo $KCTL_DELIVERIES $$ >>log
	[ $KCTL_DELIVERIES = 2 ] || exec sleep 1000
	EOT
	start one kctl proto work --channel 9 --hold-time 2 -- ./stay
	eventually test -s log
	stop STOP one
	start two kctl proto work --channel 9 -- ./stay
	eventually all_is_done
	stop CONT one
	eventually grep -q "hold time is over, './stay' is ended" one.err
	read -r _ pid <log
	eventually gone "$pid"
	stop TERM one two
	ends 143 one
	ends 143 two
	cut -d' ' -f1 log | diff - <(printf '1\n2\n')
	# A command that takes longer than the hold time, which its worker extends.
	silent kctl proto send --channel 9 x
	refuses 5 'no message' kctl proto work --channel 9 --hold-time 1 --timeout 0 -- sleep 3
	all_is_done
}

@test "work on a channel whose owner limits the hold time gives signs of life" {
	silent kctl proto set --channel 9 --hold-time-max 1
	silent kctl proto send --channel 9 x
	refuses 5 'no message' kctl proto work --channel 9 --timeout 0 -- sleep 3
	all_is_done
	silent kctl proto send --channel 9 x
	refuses 5 'no message' kctl proto work --channel 9 --hold-time 60 --timeout 0 -- sleep 3
	all_is_done
}

# The commands use only builtins of the shell: they need no further process.
@test "work at a limit of processes waits until one has ended, and gives back uncounted" {
	local group=/sys/fs/cgroup/kctl-work
	mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
	echo +pids >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $group
	echo 4 >$group/pids.max
	mkfifo gate
	exec 7<>gate
	job at_the_gate <<<'read -r n; echo "$n $KCTL_DELIVERIES" >>begun; read -r -u 7'
	numbers 8
	start work bash -c "echo \$\$ >$group/cgroup.procs
		exec kctl proto work --channel 9 --jobs 8 -- ./at_the_gate"
	eventually lines_are 3 begun
	number_is held 3
	seq 8 >&7
	eventually all_is_done
	stop TERM work
	ends 143 work
	exec 7>&-
	rmdir $group
	[ ! -s work.err ]
	sort begun | diff - <(for n in {1..8}; do echo "$n 1"; done)
}

@test "work goes on when nobody reads its messages" {
	mkfifo err
	exec 7<>err
	timeout 1 cat /dev/zero >&7 || :
	numbers 1
	job failing <<<'echo >>tried; exit 1'
	start work bash -c 'exec kctl proto work --channel 9 --backoff 0.01 -- ./failing 2>&7'
	eventually lines_are 5 tried
	stop TERM work
	ends 143 work
	exec 7>&-
	silent kctl proto flush --channel 9
}

@test "work: the socket and the message are for nobody else" {
	silent kctl proto send --channel 9 x
	kctl proto work --channel 9 --timeout 0 -- ls -l /proc/self/fd >out 2>err || [ $? = 5 ]
	[ "$(grep -c socket: out)" = 0 ]
	grep -q '0 -> /memfd:message' out
	[ "$(grep -c memfd out)" = 1 ]
}

@test "work without permission to send is refused, and takes nothing" {
	echo 1 >/proc/sys/net/kctl/unprivileged
	silent kctl proto set --channel 9 --group nogroup --mode 0640
	silent kctl proto send --channel 9 x
	refuses 4 'not permitted to send to channel 9, which holding' \
		nobody kctl proto work --channel 9 -- true
	silent kctl proto set --channel 9 --mode 0620
	refuses 4 'not permitted to receive from channel 9' nobody kctl proto work --channel 9 -- true
	silent kctl proto set --channel 9 --mode 0660
	refuses 5 'no message' nobody kctl -q proto work --channel 9 --timeout 0 -- true
	all_is_done
	silent kctl proto delete --channel 9
	echo 0 >/proc/sys/net/kctl/unprivileged
}

worker()
{
	start "worker$1" kctl -q proto work --channel 9 -- ./append
}

# KCTL_WORK_JOBS=20000 takes an evening. After each tenth line in the log, one of eight workers,
# selected at random with a fixed seed, is killed and replaced by another one.
@test "eight workers that are killed now and then do every job at least once" {
	local jobs=${KCTL_WORK_JOBS:-$(scaled 500)} n next=10 i kills=0
	job append <<<'read -r n; echo $n >>log'
	: >log
	RANDOM=${KCTL_WORK_SEED:-7}
	for i in {0..7}; do
		worker "$i"
	done
	seq "$jobs" >all
	start send kctl proto send --channel 9 --lines --file all
	until [ "$(wc -l <log)" -ge "$jobs" ] && all_is_done; do
		n=$(wc -l <log)
		[ "$n" -ge $next ] || continue
		next=$((n + 10))
		i=$((RANDOM % 8))
		stop KILL "worker$i"
		ends 137 "worker$i"
		worker "$i"
		kills=$((kills + 1))
	done
	ends 0 send
	for i in {0..7}; do
		stop TERM "worker$i"
		ends 143 "worker$i"
	done
	all_is_done
	sort -nu log | diff - all
	echo "# $jobs jobs, $kills workers killed, $(($(wc -l <log) - jobs)) jobs done twice" >&3
	[ $kills -gt 0 ]
}
