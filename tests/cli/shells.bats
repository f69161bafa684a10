#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion in bash, zsh and fish: the tests type into the shells.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	PATH=${KCTL%/*}:$PATH
	printf x >unique-file
}

# types WORDS LINE…: each LINE is "TYPED -> RESULT": in each shell, TYPED becomes RESULT.
types()
{
	local shell line
	local -a typed=() becomes=()

	for line; do
		typed+=("${line%% -> *}")
		becomes+=("${line##* -> }")
	done
	for shell in bash zsh fish; do
		diff <(printf '%s\n' "${becomes[@]}") \
			<("$BATS_TEST_DIRNAME/type.py" $shell "${typed[@]}" | sed 's/ $//') || {
			echo "in $shell" && return 1
		}
	done
}

@test "in each shell: nouns, verbs, options, arguments, --option=argument" {
	types 'kctl sock\t -> kctl sockopt' \
		'kctl sockopt res\t -> kctl sockopt restore' \
		'kctl sockopt get --n\t -> kctl sockopt get --name' \
		'kctl -j proto l\t -> kctl -j proto list' \
		'kctl watch icmp --dur\t -> kctl watch icmp --duration' \
		'kctl watch icmp --type redi\t -> kctl watch icmp --type redirect' \
		'kctl watch icmp --type=8,time-e\t -> kctl watch icmp --type=8,time-exceeded' \
		'kctl watch icmp --code port-u\t -> kctl watch icmp --code port-unreachable' \
		'kctl watch icmp --time=el\t -> kctl watch icmp --time=elapsed' \
		'kctl status --format=o\t -> kctl status --format=openmetrics' \
		'kctl help doct\t -> kctl help doctor'
}

@test "in each shell: what does not need the module" {
	types 'kctl watch icmp --dev l\t -> kctl watch icmp --dev lo' \
		'kctl watch icmp --dev=l\t -> kctl watch icmp --dev=lo' \
		'kctl proto set --owner=nobo\t -> kctl proto set --owner=nobody' \
		'kctl proto set --group nogr\t -> kctl proto set --group nogroup' \
		'kctl sockopt restore uniq\t -> kctl sockopt restore unique-file' \
		'kctl sockopt set --file=uniq\t -> kctl sockopt set --file=unique-file' \
		'kctl watch icmp -r uniq\t -> kctl watch icmp -r unique-file' \
		'kctl proto bind --channel 1 -- sha256su\t -> kctl proto bind --channel 1 -- sha256sum'
}

@test "in each shell: without the module there are no names, and nothing is printed" {
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded'
	types 'kctl sockopt get --name a\t -> kctl sockopt get --name a' \
		'kctl proto recv --channel 1\t -> kctl proto recv --channel 1'
	local shell
	for shell in bash zsh fish; do
		"$BATS_TEST_DIRNAME/type.py" $shell --screen 'kctl proto recv --channel \t\t' >screen
		run ! grep -i -e modprobe -e answer -e error -e unknown screen
	done
}

@test "in each shell: what there is to choose from" {
	local shell
	for shell in bash zsh fish; do
		"$BATS_TEST_DIRNAME/type.py" $shell --screen 'kctl proto \t\t' >screen
		for verb in bind delete flush list recv send set tap work; do
			grep -q "$verb" screen
		done
	done
}

@test "in each shell: a name that others chose is text, and no command" {
	# shellcheck disable=SC2016 # for the shell that completes
	printf '#!/bin/sh\n[ "$1" != __list ] || echo '\''$(touch${IFS}made)'\''\n' >kctl
	chmod +x kctl
	PATH=$PWD:$PATH
	for shell in bash zsh fish; do
		"$BATS_TEST_DIRNAME/type.py" $shell 'kctl watch icmp --dev \t' >line
		grep -qF '\$\(touch' line || { echo "$shell: $(<line)" && return 1; }
	done
}
