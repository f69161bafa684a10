#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl doctor: it distinguishes the reasons why kctl does not work, and the next command of each
# helps. For kernels that enforce signatures or are locked down, see tests/vm/strict.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	lib=$BATS_TEST_DIRNAME/lib
	modules=/lib/modules/$(uname -r)
	# The test itself may run in a container.
	rm -f /.dockerenv
}

teardown()
{
	kill_jobs
	rm -rf /usr/src/kctl-0 /etc/sysctl.d/k*.conf /.dockerenv
	[ -e /sys/module/kctl ] || insmod "$KCTL_KO"
}

# finds STATUS FINDING NEXT CMD…: CMD, which ends with kctl doctor, must exit with STATUS.
# FINDING must be its first problem or note, and NEXT its next command, the same in text and in
# JSON. $next is set to the next command.
finds()
{
	local expected=$1 finding=$2 said=$3 message
	shift 3
	status_of "$expected" "$@" >text
	status_of "$expected" "$@" -j >json
	jq -e --arg finding "$finding" '[.checks[] | select(.finding)][0].finding == $finding and
		.problems == ([.checks[] | select(.result == "problem")] | length)' json >/dev/null ||
		fail "not $finding: $(<text)"
	message=$(jq -r '[.checks[] | select(.finding)][0].message' json)
	next=$(jq -r '[.checks[] | select(.finding)][0].next' json)
	grep -qF "$message" text || fail "not '$message': $(<text)"
	grep -qxF "         next: $next" text || fail "not '$next': $(<text)"
	# shellcheck disable=SC2053 # a pattern
	[[ $next == $said ]] || fail "next: $next"
}

status_of()
{
	local expected=$1 status=0
	shift
	"$@" || status=$?
	[ $status = "$expected" ] || fail "'$*' exits $status, not $expected"
}

# fine CMD…: CMD, which ends with kctl doctor, must find nothing.
fine()
{
	status_of 0 "$@" -j >json
	jq -e '.problems == 0 and all(.checks[]; .result == "ok")' json >/dev/null ||
		fail "$(<json)"
}

# with_tree SETUP CMD…: run CMD after SETUP has changed the modules of this kernel in $modules.
# No other process sees the change.
with_tree()
{
	# shellcheck disable=SC2016 # for that shell
	modules=$modules unshare --mount sh -ec '
		mount -t tmpfs none "$modules/updates"
		eval "$1"
		shift
		"$@"' sh "$@"
}

# with_readable_modules CMD…: run CMD so that all users can read the modules of this kernel,
# wherever this tree is.
with_readable_modules()
{
	export -f nobody
	# shellcheck disable=SC2016 # for that shell
	modules=$modules unshare --mount bash -ec '
		mount -t tmpfs none /mnt
		cp -r "$(readlink -f "$modules")" /mnt
		mount --bind /mnt /lib/modules
		"$@"' bash "$@"
}

# patched OLD NEW: print a SETUP for with_tree that replaces OLD by NEW, of the same length, in
# the module.
patched()
{
	echo "sed 's/$1/$2/' $KCTL_KO >\$modules/updates/kctl.ko"
}

@test "nothing is wrong" {
	fine kctl doctor
	kctl doctor | grep -qxE 'ok +version +tool and module are version .*'
}

@test "not installed, not built, not indexed, or for other kernels" {
	local kernel
	kernel=$(uname -r)
	silent rmmod kctl
	finds 3 not-installed "apt install kctl-dkms linux-headers-$kernel" \
		with_tree '' kctl doctor
	finds 3 not-indexed "depmod $kernel" with_tree "$(patched x x)
		mount --bind /dev/null \$modules/modules.dep.bin
		mount --bind /dev/null \$modules/modules.dep" kctl doctor
	finds 3 kernel-gone reboot with_tree 'mount -t tmpfs none /lib/modules
		mkdir /lib/modules/6.0 && touch /lib/modules/6.0/modules.order' kctl doctor
	finds 3 other-kernel 'make install' with_tree 'mkdir -p /lib/modules/6.0/updates
		touch /lib/modules/6.0/updates/kctl.ko' kctl doctor
	rm -r /lib/modules/6.0
	mkdir /usr/src/kctl-0
	touch /usr/src/kctl-0/dkms.conf
	finds 3 no-headers "apt install linux-headers-$kernel" with_tree '' kctl doctor
	mkdir "$modules/build"
	finds 3 not-built "dkms autoinstall -k $kernel" with_tree '' kctl doctor
	rmdir "$modules/build"
}

@test "built for another kernel: a wrong vermagic" {
	local kernel flags
	kernel=$(uname -r)
	silent rmmod kctl
	flags=$(patched "\\(vermagic=[^ ]*\\) SMP" '\1 SMQ')
	finds 3 other-kernel 'make install' \
		with_tree "$(patched "vermagic=${kernel%%.*}" "vermagic=9")" kctl doctor
	grep -qF "for another kernel: 9${kernel#"${kernel%%.*}"}" text
	# The release is right: only the kernel knows the problem, and reports it in its log.
	finds 3 not-loaded 'modprobe kctl' with_tree "$flags" kctl doctor
	finds 3 other-kernel 'make install' with_tree "$flags
		! modprobe kctl 2>/dev/null" kctl doctor
	# The suite loads another module.
	finds 3 not-loaded 'modprobe kctl' kctl doctor
}

@test "installed, but not loaded: the next command loads it" {
	silent rmmod kctl
	finds 3 not-loaded 'modprobe kctl' kctl doctor
	eval "$next"
	fine kctl doctor
}

@test "the number of the family is taken: the next command takes another" {
	silent rmmod kctl
	modprobe kctl family=16 && fail 'netlink has 16'
	finds 3 family-taken 'modprobe kctl family=18' kctl doctor
	grep -q 'protocol family 16 is taken' text
	eval "$next"
	fine kctl doctor
	# Once the number is free, the problem is solved, whatever the log says.
	silent rmmod kctl
	echo 'kctl: cannot register protocol family 18: -EBUSY' >/dev/kmsg
	finds 3 not-loaded 'modprobe kctl' kctl doctor
}

@test "versions that do not fit" {
	local top=$BATS_TEST_DIRNAME/../../..
	[ -e "$top/build/test/skew.so" ] || make -s -C "$top" test-programs
	finds 3 abi 'apt install --only-upgrade kctl' \
		env SKEW=newer "LD_PRELOAD=$top/build/test/skew.so" kctl doctor
	grep -q 'newer than the tool, which does not show its new values' text
	finds 3 abi 'apt install --only-upgrade kctl-dkms' \
		env SKEW=older "LD_PRELOAD=$top/build/test/skew.so" kctl doctor
	finds 0 old-module "kctl save --messages kctl.saved && modprobe -r kctl && modprobe kctl \
&& kctl restore kctl.saved" \
		with_tree "$(patched '\(version=\)[0-9]\(\.[0-9.]*\)' '\19\2')" kctl doctor
}

@test "not root, or root without the capability" {
	finds 4 not-root 'sudo kctl doctor' nobody kctl doctor
	grep -q 'not permitted; run kctl as root or with CAP_NET_ADMIN' text
	sysctl -qw net.kctl.unprivileged=1
	finds 0 only-channels 'sudo kctl doctor' nobody kctl doctor
	sysctl -qw net.kctl.unprivileged=0
	local -a contained=(setpriv --inh-caps=-net_admin --bounding-set=-net_admin)
	finds 4 no-capability 'systemd-run --pty kctl doctor' "${contained[@]}" kctl doctor
	touch /.dockerenv
	finds 4 no-capability 'docker run --cap-add NET_ADMIN *' "${contained[@]}" kctl doctor
	silent rmmod kctl
	finds 3 not-loaded 'modprobe kctl' with_readable_modules nobody kctl doctor
	jq -e '.checks[1].finding == "not-root"' json
}

@test "a sandbox that denies netlink, socket options, or the family" {
	local -a deny=(python3 -S "$lib/deny.py")
	finds 4 sandbox-netlink 'grep Seccomp *' "${deny[@]}" 16 kctl doctor
	grep -q 'the sandbox of this process denies a socket' text
	finds 4 sandbox-sockopt 'grep Seccomp *' "${deny[@]}" 2 kctl doctor
	finds 4 sandbox-proto 'grep Seccomp *' "${deny[@]}" 18 kctl doctor
	touch /.dockerenv
	finds 4 sandbox-proto 'docker run --security-opt *' "${deny[@]}" 18 kctl doctor
}

@test "a foreign namespace" {
	finds 4 foreign-namespace 'unshare --net kctl status' unshare --user --map-root-user kctl doctor
	unshare --user --map-root-user sh -c "$next" >/dev/null
	finds 0 other-namespace 'kctl -n 1 doctor' unshare --net kctl doctor
	status_of 0 unshare --net sh -c "$next" >/dev/null
	ip netns add n
	fine kctl -n n doctor
	ip netns del n
}

@test "limits at zero, reached or near: the next command raises them, and status marks them" {
	local name
	for name in store_max_{entries,bytes} watchers_max watch_max_bytes channels_max \
		channel_max_{messages,bytes} proto_max_bytes; do
		value=$(sysctl -n "net.kctl.$name")
		sysctl -qw "net.kctl.$name=0"
		finds 1 zero "sysctl net.kctl.$name=$value" kctl doctor
		eval "$next" >/dev/null
		fine kctl doctor
	done
	silent kctl sockopt set 123456789
	sysctl -qw net.kctl.store_max_bytes=10
	finds 0 near 'sysctl net.kctl.store_max_bytes=20' kctl doctor
	grep -qF 'store_max_bytes is near: 9 of 10' text
	kctl status | grep -qxE '  bytes +9 of 10  near the limit'
	silent kctl sockopt set 1234567890
	finds 1 reached 'sysctl net.kctl.store_max_bytes=20' kctl doctor
	kctl status | grep -qxE '  bytes +10 of 10  limit reached'
	[ "$(kctl status | wc -l)" -le 24 ]
	eval "$next" >/dev/null
	fine kctl doctor
	sysctl -qw net.kctl.store_max_bytes=16777216
	silent kctl sockopt delete --name default
	sysctl -qw net.kctl.channel_max_messages=1
	silent kctl proto send --channel 5 x
	finds 1 full 'kctl proto list' kctl doctor
	eval "$next" | grep -q '^ *5 '
	says x kctl proto recv --channel 5
	fine kctl doctor
	sysctl -qw net.kctl.channel_max_messages=1024
}

@test "limits of another namespace: the next command changes those, not the own ones" {
	ip netns add kctl-d
	ip netns exec kctl-d sysctl -qw net.kctl.channels_max=0
	finds 1 zero 'ip netns exec kctl-d sysctl net.kctl.channels_max=4096' kctl -n kctl-d doctor
	eval "$next" >/dev/null
	fine kctl -n kctl-d doctor
	ip netns exec kctl-d sysctl -qw net.kctl.channel_max_messages=1
	kctl -n kctl-d proto send --channel 5 x
	finds 1 full 'kctl -n kctl-d proto list' kctl -n kctl-d doctor
	ip netns exec kctl-d sysctl -qw net.kctl.channels_max=0
	finds 1 zero 'nsenter --net=/run/netns/kctl-d sysctl net.kctl.channels_max=4096' \
		kctl -n /run/netns/kctl-d doctor
	ip netns delete kctl-d
}

@test "sysctl.d: a setting that is not in force, and one that does not exist" {
	printf '# %s\n-net/kctl/channels_max=7\n' net.kctl.channels_max >/etc/sysctl.d/k1.conf
	finds 1 stale-sysctl 'sysctl --load /etc/sysctl.d/k1.conf' kctl doctor
	grep -qF '/etc/sysctl.d/k1.conf:2 is not in effect: net.kctl.channels_max is 4096 instead of 7' text
	eval "$next" >/dev/null
	fine kctl doctor
	# The last file takes effect.
	echo 'net.kctl.channels_max = 4096' >/etc/sysctl.d/k2.conf
	finds 1 stale-sysctl 'sysctl --load /etc/sysctl.d/k2.conf' kctl doctor
	eval "$next" >/dev/null
	fine kctl doctor
	# Another namespace has limits of its own.
	status_of 0 unshare --net kctl doctor >/dev/null
	echo 'net.kctl.channel_max = 5' >/etc/sysctl.d/k2.conf
	sysctl -qw net.kctl.channels_max=7
	finds 1 unknown-sysctl 'sysctl --all *' kctl doctor
	eval "$next" | grep -q '^net.kctl.channels_max = 7$'
	sysctl -qw net.kctl.channels_max=4096
}

@test "sysctl.d: names and values cannot control the terminal" {
	local conf=/etc/sysctl.d/k$'\e[33m'.conf
	printf 'net.kctl.\033[31mxx = 3\nnet.kctl.channels_max = \033[32m5\n' >"$conf"
	status_of 1 kctl doctor >text
	rm "$conf"
	! grep -q $'\e' text || fail "$(cat -v text)"
	grep -qF '/etc/sysctl.d/k\x1b[33m.conf:1 sets net.kctl.\x1b[31mxx, which' text
	grep -qF 'channels_max is 4096 instead of \x1b[32m5' text
	grep -qF 'next: sysctl --load /etc/sysctl.d/k\x1b[33m.conf' text
}

@test "status as metrics" {
	silent kctl sockopt set hello
	kctl status --format openmetrics >metrics
	python3 "$lib/metrics.py" metrics >samples
	grep -qx 'kctl_store_bytes 5' samples
	grep -qx 'kctl_store_max_bytes 16777216' samples
	grep -qx "kctl_build abi=.* module=$(</sys/module/kctl/version) tool=.* 1" samples
	# Each number of the JSON is there, except the versions.
	diff <(cut -d' ' -f1 samples | grep -v build) <(kctl -j status | jq -r '
		del(.tool, .module) | to_entries[] | "kctl_\(.key)_\(.value | keys[])"' | sort)
	name=$'a"\\b\033\n'
	ip netns add "$name"
	kctl -n "$name" status --format openmetrics >metrics
	ip netns del "$name"
	python3 "$lib/metrics.py" metrics | grep -qxF 'kctl_store_bytes netns=a"\b\x1b'
	refuses 2 'exclude each other' kctl -j status --format openmetrics
	says "$(kctl status)" kctl status --format text
	silent kctl sockopt delete --name default
}
