#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Loading and unloading the module. These tests unload it, and load it again.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
}

teardown()
{
	kill_jobs
	[ ! -e modprobe ] || cat modprobe >/proc/sys/kernel/modprobe
	rm -f /etc/modprobe.d/kctl-test.conf
	[ -e /sys/module/kctl ] || insmod "$KCTL_KO"
}

@test "the list of verbs is complete" {
	kctl help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\( [a-z-]\+\)\?\)  .*/\1/p' |
		grep -v '^help$' | sort >have
	verbs | cut -d, -f1 | sort >tested
	diff have tested
}

# no_autoload: neither the kernel nor the tool has a program that loads modules on demand.
no_autoload()
{
	cat /proc/sys/kernel/modprobe >modprobe
	echo >/proc/sys/kernel/modprobe
}

@test "rmmod succeeds, and then each verb exits 3 and names modprobe" {
	no_autoload
	silent rmmod kctl
	empty_store empty
	local verb
	while read -r verb; do
		# shellcheck disable=SC2086 # words
		refuses 3 'modprobe kctl' kctl ${verb/,/}
	done < <(verbs | grep -vx doctor)
	says $'kctl '"$(kctl --version | sed -n 's/^kctl //p')"$'\nmodule not loaded' kctl --version
}

@test "modprobe kctl, as the hint says, loads it" {
	silent rmmod kctl
	silent modprobe kctl
	silent kctl sockopt set x
	silent rmmod kctl
}

not_loaded()
{
	"$@" || :
	[ ! -e /sys/module/kctl ] || fail "$* loaded the module"
}

@test "a command of root loads the module; status and doctor say that it is missing" {
	silent rmmod kctl
	not_loaded kctl status
	not_loaded kctl doctor
	not_loaded kctl --version
	not_loaded kctl help
	not_loaded kctl __list sockopt get ''
	not_loaded nobody kctl proto list
	not_loaded kctl proto send
	silent kctl sockopt set hello
	says hello kctl sockopt get
	silent rmmod kctl
	kctl -j proto list | jq -e '. == []'
	silent rmmod kctl
	start out kctl -j watch icmp --count 1
	eventually grep -q ready out
	ping -q -n -c 1 127.0.0.1 >/dev/null
	ends 0 out
	silent rmmod kctl
}

@test "a blacklist keeps a command of root from loading the module" {
	silent rmmod kctl
	echo 'blacklist kctl' >/etc/modprobe.d/kctl-test.conf
	refuses 3 'modprobe kctl' kctl sockopt get
	rm /etc/modprobe.d/kctl-test.conf
	refuses 1 'does not exist' kctl sockopt get
}

@test "rmmod is refused while a socket is open or somebody watches" {
	start out kctl -j watch icmp
	eventually grep -q ready out
	refuses 1 'is in use' rmmod kctl
	stop TERM out
	ends 143 out
	start out kctl -j proto bind --channel 7
	eventually grep -q bound out
	refuses 1 'is in use' rmmod kctl
	stop KILL out
	ends 137 out
	eventually rmmod kctl
	insmod "$KCTL_KO"
	cases module unload_refused
}

@test "20 times: load, use, unload; interfaces in use while they close" {
	dmesg --clear
	cases module load_use_unload unload_under_load
	dmesg | grep -cE 'WARNING|BUG|Oops|leak|refcount|still has|remaining' >splats || :
	[ "$(<splats)" = 0 ]
}

@test "loads and unloads in traffic leave nothing behind" {
	cases churn loads
}

@test "the protocol family as a parameter; one that is taken is refused cleanly" {
	cases module families
	silent rmmod kctl
	refuses 1 'Device or resource busy' insmod "$KCTL_KO" family=2
	[ ! -e /sys/module/kctl ]
	silent insmod "$KCTL_KO" family=45
	kctl status | grep -qE '^  family +45$'
	silent kctl proto send --channel 5 'by family 45'
	says 'by family 45' kctl proto recv --channel 5
	silent rmmod kctl
}

@test "a load that fails lets nobody watch, and runs nothing that it has freed" {
	dmesg --clear
	cases module watch_start_while_insmod_fails
	[ "$(dmesg | grep -cE 'WARNING|BUG|Oops|leak|refcount')" = 0 ]
}

@test "rmmod ends sockopt wait, watch store and watch proto: exit 3, modprobe is named" {
	start waiting kctl sockopt wait
	start watching kctl -j watch store
	start channels kctl -j watch proto
	eventually asleep_in_poll waiting
	eventually grep -q ready watching
	eventually grep -q ready channels
	# The channels end with the module, when there is no listener any more.
	for channel in {1..50}; do
		silent kctl proto send --channel "$channel" x
	done
	eventually rmmod kctl
	ends 3 waiting
	ends 3 watching
	ends 3 channels
	jq -se 'map(select(.event == "proto")) | group_by(.channel) |
		length == 50 and all(.[-1].action == "create")' channels
	grep -q 'modprobe kctl' channels.err
	grep -q 'modprobe kctl' waiting.err
	grep -q 'modprobe kctl' watching.err
}
