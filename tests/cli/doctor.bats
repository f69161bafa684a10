#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kctl doctor without the module: the file of the module, and why it cannot be loaded.

# The variables of bats are unknown to shellcheck; quoted text is for another shell.
# shellcheck disable=SC2154,SC2016

load common

setup()
{
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded'
	release=$(uname -r)
	tree=$BATS_TEST_TMPDIR/lib
	modules=$tree/modules/$release
	mkdir -p "$modules/updates" "$BATS_TEST_TMPDIR/src"
	touch "$modules/modules.order" "$modules/modules.builtin"
}

# in_tree ARGS…: run kctl ARGS with $tree on top of /lib and $BATS_TEST_TMPDIR/src as /usr/src.
in_tree()
{
	unshare --map-root-user --mount true 2>/dev/null || skip 'no user namespaces'
	run --separate-stderr unshare --map-root-user --mount sh -ec '
		mount -t overlay -o "lowerdir=$1/lib:/usr/lib" none /usr/lib 2>/dev/null || exit 77
		mount --bind "$1/src" /usr/src
		shift
		exec "$@"' sh "$BATS_TEST_TMPDIR" "$KCTL" "$@"
	[ "$status" -ne 77 ] || skip 'no overlays'
}

# says FINDING NEXT: the last run printed this finding and this next step.
says()
{
	exits 3
	jq -e --arg finding "$1" --arg next "$2" '.problems >= 1 and
		.checks[0].finding == $finding and .checks[0].next == $next' <<<"$output" >/dev/null &&
		return
	echo "$output" && return 1
}

# module VERMAGIC [VERSION]: put a module file in $modules/updates, where modprobe finds it.
module()
{
	local path=/usr/sbin:/sbin:$PATH
	printf 'const char info[] __attribute__((section(".modinfo"))) = "vermagic=%s SMP\\0%s";' \
		"$1" "version=${2:-1.0}" >"$BATS_TEST_TMPDIR/kctl.c"
	gcc -c -o "$modules/updates/kctl.ko" "$BATS_TEST_TMPDIR/kctl.c"
	PATH=$path depmod -b "$BATS_TEST_TMPDIR" "$release"
}

@test "the doctor without the module, as text and as JSON" {
	kctl doctor
	exits 3
	[ -z "$stderr" ]
	[[ $output == 'problem  module '* ]]
	[[ $output == *$'\n         next: '* ]]
	kctl_as_nobody -j doctor
	exits 3
	jq -e '.problems == 2 and .checks[1].finding == "not-root" and
		.checks[1].next == "sudo kctl doctor"' <<<"$output"
	kctl doctor x
	usage_error "unexpected argument 'x'" 'kctl help doctor'
	kctl status --format yaml
	usage_error "'yaml' of --format" 'text or openmetrics expected'
	kctl -j status --format openmetrics
	usage_error '--json exclude each other'
	kctl --all-netns status --format openmetrics
	usage_error '--all-netns exclude each other'
}

@test "there is no module, or DKMS has the source" {
	in_tree -j doctor
	says not-installed "apt install kctl-dkms linux-headers-$release"
	mkdir "$BATS_TEST_TMPDIR/src/kctl-1"
	touch "$BATS_TEST_TMPDIR/src/kctl-1/dkms.conf"
	in_tree -j doctor
	says no-headers "apt install linux-headers-$release"
	mkdir "$modules/build"
	in_tree -j doctor
	says not-built "dkms autoinstall -k $release"
	mv "$modules" "$tree/modules/1.0"
	in_tree -j doctor
	says kernel-gone reboot
}

@test "there is a module: not indexed, of another kernel, or of this one" {
	touch "$modules/updates/kctl.ko.xz"
	in_tree -j doctor
	says not-indexed "depmod $release"
	mkdir -p "$tree/modules/1.0/extra"
	mv "$modules/updates/kctl.ko.xz" "$tree/modules/1.0/extra"
	in_tree -j doctor
	says other-kernel 'make install'
	module 9.9
	in_tree -j doctor
	says other-kernel 'make install'
	[[ $output == *'another kernel: 9.9"'* ]]
	mkdir "$BATS_TEST_TMPDIR/src/kctl-1"
	touch "$BATS_TEST_TMPDIR/src/kctl-1/dkms.conf"
	in_tree -j doctor
	says other-kernel "dkms install --force kctl/1.0 -k $release"
	module "$release"
	in_tree -j doctor
	says not-loaded 'modprobe kctl'
}

@test "foreign text cannot control the terminal, in findings and in next steps" {
	mkdir "$BATS_TEST_TMPDIR/src/kctl-1"
	touch "$BATS_TEST_TMPDIR/src/kctl-1/dkms.conf"
	module '9.9\033[31m' '1\033[32m\r'
	in_tree doctor
	exits 3
	[[ $output != *$'\e'* && $output != *$'\r'* ]]
	[[ $output == *'another kernel: 9.9\x1b[31m'* ]]
	[[ $output == *'next: dkms install --force kctl/1\x1b[32m\r -k '* ]]
	in_tree -j doctor
	says other-kernel "dkms install --force kctl/1"$'\e[32m\r'" -k $release"
}
