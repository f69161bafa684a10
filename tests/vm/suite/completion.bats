#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of names that only the kernel knows, typed into bash, zsh and fish.
# tests/cli/shells.bats tests completion that needs no module.

load lib/common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	type=$BATS_TEST_DIRNAME/../../cli/type.py
	silent kctl sockopt set --name app:color/main red
	silent kctl sockopt set --name limits x
	silent kctl proto set --channel 4711
	ip netns add blue
	ip -n blue link add wire0 type dummy
	silent kctl -n blue sockopt set --name inside x
}

teardown()
{
	kctl sockopt flush
	kctl proto delete --channel 4711 || :
	ip netns del blue || :
}

# becomes SHELL: type command lines, and check what they become.
becomes()
{
	cat <<-'EOF' >pairs
		kctl sockopt get --name lim\t -> kctl sockopt get --name limits
		kctl sockopt get --name=lim\t -> kctl sockopt get --name=limits
		kctl sockopt get --name app:col\t -> kctl sockopt get --name app:color/main
		kctl sockopt delete --name=app:col\t -> kctl sockopt delete --name=app:color/main
		kctl sockopt list app\t -> kctl sockopt list app:color/main
		kctl proto recv --channel 4\t -> kctl proto recv --channel 4711
		kctl proto bind --channel 1 --to=4\t -> kctl proto bind --channel 1 --to=4711
		kctl -n bl\t -> kctl -n blue
		kctl --netns=bl\t -> kctl --netns=blue
		kctl -n blue sockopt get --name in\t -> kctl -n blue sockopt get --name inside
		kctl sockopt get --netns=blue --name=in\t -> kctl sockopt get --netns=blue --name=inside
		kctl -n blue watch icmp --dev=wi\t -> kctl -n blue watch icmp --dev=wire0
		kctl watch icmp --dev wi\t -> kctl watch icmp --dev wi
		kctl -n none sockopt get --name l\t -> kctl -n none sockopt get --name l
	EOF
	local -a typed
	mapfile -t typed < <(sed 's/ -> .*//' pairs)
	diff <(sed 's/.* -> //' pairs) <("$type" "$1" "${typed[@]}" | sed 's/ $//')
}

@test "names in the kernel, in bash" {
	becomes bash
}

@test "names in the kernel, in zsh" {
	becomes zsh
}

@test "names in the kernel, in fish" {
	becomes fish
}

@test "names to choose from, in each shell" {
	local shell
	for shell in bash zsh fish; do
		"$type" $shell --screen 'kctl sockopt get --name \t\t' >screen
		grep -q limits screen
		grep -q app:color/main screen || grep -q 'app:color' screen
	done
}

@test "without permission there are no names, and nothing is printed" {
	silent nobody kctl __list -- sockopt get --name ''
	silent nobody kctl __list -- proto recv --channel ''
}
