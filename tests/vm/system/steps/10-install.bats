#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install the packages on a system without compiler and headers, and configure them.

# shellcheck source=tests/vm/system/common.bash
. "$BATS_TEST_DIRNAME/../common.bash"

@test "a system without kctl" {
	booted
	[ "$(uname -r)" = "$first_kernel" ]
	[ "$(cat /proc/sys/kernel/tainted)" -eq 0 ]
	[ ! -e "/lib/modules/$first_kernel/build" ]
	run ! own_files
}

@test "apt installs the packages with DKMS and the headers, and the module is built" {
	apt-get update
	apt-get install -y /built/now/*.deb
	built "$now" "$first_kernel"
	[ "$(modinfo -F signer kctl)" = 'DKMS module signing key' ]
	not_loaded
	healthy
}

@test "what apt has installed is neither enabled nor started" {
	[ "$(systemctl is-enabled kctl kctl-watch@lo kctl-work@job | sort -u)" = disabled ]
	[ -z "$(instances)" ]
	[ "$(systemctl is-active kctl)" = inactive ]
}

@test "sockopt set and get: the first command loads the module" {
	kctl sockopt set "hello"
	[ "$(kctl sockopt get)" = hello ]
	loaded "$now"
	kctl doctor
	healthy
}

@test "kctl.service restores what was saved" {
	mkdir /etc/kctl
	kctl sockopt save /etc/kctl/store.kctl
	systemctl enable kctl
	kctl sockopt set "changed"
	systemctl start kctl
	[ "$(kctl sockopt get)" = hello ]
	systemctl stop kctl
	[ "$(kctl sockopt get)" = hello ]
	stopped kctl
}

@test "kctl-watch@ prints packets into the journal, and stops" {
	echo 'WATCH="icmp --dev lo --time none"' >/etc/default/kctl-watch-lo
	systemctl enable --now kctl-watch@lo
	watch_works
	systemctl stop kctl-watch@lo
	stopped kctl-watch@lo
	healthy
}

@test "kctl-work@ runs a command for each message, as a user without a name" {
	install /tests/job /usr/local/bin/job
	echo 'WORK="--channel 25 -- /usr/local/bin/job"' >/etc/default/kctl-work-job
	systemctl enable --now kctl-work@job
	work_works first
	run ! in_journal kctl-work@job 'uid: 0'
	healthy
}

@test "kctl-work@ lets the command that runs finish before it stops" {
	touch /run/hold
	kctl proto send --channel 25 slow
	until_true in_journal kctl-work@job 'begin: slow'
	systemctl stop --no-block kctl-work@job
	until_true in_state deactivating kctl-work@job
	kctl proto send --channel 25 later
	rm /run/hold
	until_true stopped kctl-work@job
	in_journal kctl-work@job 'done: slow'
	run ! in_journal kctl-work@job 'begin: later'
	systemctl start kctl-work@job
	until_true in_journal kctl-work@job 'done: later'
	healthy
}

@test "the example of limits, for the next boot" {
	sed 's/^#\(net.kctl.channels_max\) .*/\1 = 77/' /usr/share/doc/kctl/examples/sysctl.conf \
		>/etc/sysctl.d/kctl.conf
	grep 77 /etc/sysctl.d/kctl.conf
	echo kctl >/etc/modules-load.d/kctl.conf
}
