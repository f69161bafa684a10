# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Every file of the suite loads this one. Its tests run as root in a guest that has the
# module loaded, and leave the guest as they found it: each file fails if it leaves
# anything behind.

bats_require_minimum_version 1.7.0

setup_file()
{
	sysctl net.kctl >"$BATS_FILE_TMPDIR/sysctls"
	expect_nothing_left
}

teardown_file()
{
	expect_nothing_left
}

# A test that fails must not make the next one fail.
teardown()
{
	local name
	kill_jobs
	[ -z "${BATS_TEST_COMPLETED-}" ] || return 0
	sysctl -q -p "$BATS_FILE_TMPDIR/sysctls" || :
	for name in default a; do
		kctl sockopt delete --name $name || :
	done
	for name in $(kctl -j proto list | jq .[].channel); do
		kctl proto delete --channel "$name" || :
	done
}

# cases TOPIC CASE…: run cases of lib/cases_TOPIC.py, each in a network namespace of its own.
cases()
{
	python3 -S "$BATS_TEST_DIRNAME/lib/run.py" "$@"
}

# program NAME: build a test program if necessary, and print its path.
program()
{
	local top=$BATS_TEST_DIRNAME/../../.. build
	build=${KCTL_BUILD:-$top/build}
	[ -e "$build/test/$1" ] || make -s -C "$top" test-programs >&2
	echo "$build/test/$1"
}

# Let Python programs import the module kctl of this tree, with its library.
use_python()
{
	top=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
	LD_LIBRARY_PATH=$(dirname "$(program libkctl.so.0)")
	export LD_LIBRARY_PATH PYTHONPATH=$top/src/python PYTHONDONTWRITEBYTECODE=1
}

# ---- what is left ----------------------------------------------------------

# Print the lines of the status whose number should be zero, but is not.
left_in_status()
{
	kctl status | awk '
		$1 ~ /^(entries|bytes|watchers|hooks|sockets|channels|memory)$/ && $2 != "0"'
}

# Print the number of objects of a slab cache, unless it is merged with another cache.
objects_of()
{
	local cache=/sys/kernel/slab/$1 count
	[ -e "$cache/objects" ] && [ "$(<"$cache/aliases")" = 0 ] || return 0
	echo 1 >"$cache/shrink"
	read -r count _ <"$cache/objects"
	echo "$count"
}

left_in_slab()
{
	local cache count
	for cache in KCTL kctl_message; do
		count=$(objects_of $cache)
		[ "${count:-0}" -eq 0 ] || echo "$count objects of $cache"
	done
}

# Since 6.12 the kernel frees the memory of the last namespaces when the next one ends.
let_a_namespace_go()
{
	unshare --net true
}

# Report more network namespaces than there were before the first file.
left_of_namespaces()
{
	local count
	count=$(objects_of net_namespace)
	[ "${count:-0}" -gt "${KCTL_NAMESPACES:-0}" ] || return 0
	echo "$count network namespaces, not $KCTL_NAMESPACES"
	let_a_namespace_go
}

left()
{
	left_in_status
	left_in_slab
	left_of_namespaces
	[ "$(</sys/module/kctl/refcnt)" = 0 ] || echo "the module is in use"
}

# Killed processes, RCU and namespaces may take a moment.
expect_nothing_left()
{
	local deadline=$((SECONDS + 60)) found
	while found=$(left) && [ -n "$found" ]; do
		# A command that fails does not end teardown_file by itself.
		[ $SECONDS -lt $deadline ] || fail "left behind: $found" || return
		sleep 0.1
	done
}

# ---- commands --------------------------------------------------------------

# says TEXT CMD…: CMD must succeed, print TEXT and a newline, and nothing on stderr.
says()
{
	local expected=$1 got
	shift
	got=$("$@" 2>&1 && echo .) || fail "'$*' fails and prints: $got"
	[ "$got" = "$expected"$'\n.' ] || fail "'$*' prints: ${got%.}instead of: $expected"
}

# silent CMD…: CMD must succeed and print nothing.
silent()
{
	local got
	got=$("$@" 2>&1) || fail "'$*' fails and prints: $got"
	[ -z "$got" ] || fail "'$*' prints: $got"
}

# refuses STATUS TEXT CMD…: CMD must fail with STATUS, print one line with TEXT in it on stderr,
# and nothing on stdout.
refuses()
{
	local expected=$1 text=$2 status=0 out err
	shift 2
	out=$("$@" 2>"$BATS_TEST_TMPDIR/err") || status=$?
	err=$(<"$BATS_TEST_TMPDIR/err")
	[ $status = "$expected" ] || fail "'$*' exits $status, not $expected: $err"
	[ -z "$out" ] || fail "'$*' prints on stdout: $out"
	[[ $err == *"$text"* ]] || fail "'$*' says: $err"
	[[ $err != *$'\n'* ]] || fail "'$*' says more than a line: $err"
}

fail()
{
	printf '%s\n' "$*"
	return 1
}

nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# Print a line for each verb. After the comma are arguments with which it would do something.
verbs()
{
	cat <<-EOF
	status
	doctor
	save
	restore, empty
	sockopt set, x
	sockopt get
	sockopt delete, --name default
	sockopt list
	sockopt flush
	sockopt save
	sockopt restore, empty
	sockopt diff, empty
	sockopt edit
	sockopt wait, --timeout 1
	watch store, --duration 1
	watch proto, --duration 1
	watch list
	watch icmp
	netlink watch-icmp
	proto send, --channel 5 x
	proto recv, --channel 5
	proto bind, --channel 5
	proto work, --channel 5 -- true
	proto tap, --channel 5
	proto replay, empty.journal
	proto list
	proto set, --channel 5
	proto delete, --channel 5
	proto flush, --channel 5
	proto save
	proto restore, empty.channels
	EOF
}

# empty_store FILE: create a saved store without entries, FILE.channels without channels, and
# FILE.journal without messages.
empty_store()
{
	printf '%%kctl-store 1 2026-11-21T00:00:00Z\n%%end 0\n' >"$1"
	printf '%%kctl-channels 1 2026-11-21T00:00:00Z\n%%end 0\n' >"$1.channels"
	echo '{"event":"bound","channel":5}' >"$1.journal"
}

# scaled COUNT: print COUNT, or a twentieth of it on the debug kernel.
scaled()
{
	[ -n "${KCTL_DEBUG-}" ] && echo $(($1 / 20)) || echo "$1"
}

# traced FILE CMD…: run CMD, and write the tracepoints of kctl that it hit to FILE.
traced()
{
	local file=$1 trace=$BATS_TEST_TMPDIR/trace status=0
	shift
	mkdir -p "$trace"
	mount -t tracefs none "$trace" || skip 'no tracefs'
	if [ ! -d "$trace/events/kctl" ]; then
		umount "$trace"
		skip 'no tracepoints in this kernel'
	fi
	: >"$trace/trace"
	echo 1 >"$trace/events/kctl/enable"
	"$@" || status=$?
	echo 0 >"$trace/events/kctl/enable"
	cp "$trace/trace" "$file"
	umount "$trace"
	return $status
}

# ---- background jobs -------------------------------------------------------

declare -gA process

# start NAME CMD…: run the program CMD in the background, with its output in the files NAME and
# NAME.err. SIGINT works as in a terminal.
start()
{
	local name=$1
	shift
	(trap - INT && exec "$@") >"$name" 2>"$name.err" 3>&- &
	process[$name]=$!
}

# stop SIGNAL NAME…: send SIGNAL to jobs.
stop()
{
	local signal=$1 name
	shift
	for name; do
		kill "-$signal" "${process[$name]}"
	done
}

kill_jobs()
{
	stop KILL "${!process[@]}" 2>/dev/null || :
}

# ends STATUS NAME: wait for a job, which must end with STATUS.
ends()
{
	local status=0
	wait "${process[$2]}" || status=$?
	[ $status = "$1" ] || fail "$2 exits $status, not $1: $(<"$2.err")"
}

# asleep_in_poll NAME: check that kctl sleeps in poll(2), so it has subscribed to its events.
asleep_in_poll()
{
	grep -q poll "/proc/${process[$1]}/wchan"
}

# eventually CMD…: wait until CMD succeeds, for at most $patience seconds, by default 20.
eventually()
{
	local deadline=$((SECONDS + ${patience:-20}))
	until "$@"; do
		[ $SECONDS -lt $deadline ] || fail "never: $*" || return
		sleep 0.05
	done
}

watchers_are()
{
	kctl status | grep -qE "^  watchers +$1 of"
}
