#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Help and versions go to standard output, with exit status 0, without a module.

# The variables of bats are unknown to shellcheck; quoted text is for another shell.
# shellcheck disable=SC2154,SC2016

load common

@test "kctl help lists every command" {
	for args in help --help -h; do
		kctl "$args"
		exits 0
		[ -z "$stderr" ]
		for name in status 'sockopt set' 'sockopt get' 'sockopt delete' \
			'sockopt list' 'sockopt flush' 'sockopt save' 'sockopt restore' 'sockopt diff' 'sockopt edit' \
			'sockopt wait' 'watch store' 'watch proto' 'watch list' 'watch icmp' 'netlink watch-icmp' \
			'proto send' 'proto recv' \
			'proto bind' 'proto work' 'proto tap' 'proto replay' 'proto list' 'proto set' 'proto delete' \
			'proto flush'; do
			[[ $output == *"$name"* ]]
		done
		for option in --json --pretty --netns --quiet --verbose --color --version; do
			[[ $output == *"$option"* ]]
		done
	done
}

@test "hidden commands are not in the help" {
	kctl help
	[[ $output != *__* ]]
	kctl __lst
	usage_error
	[[ $stderr != *__list* ]]
}

@test "help of every command, in every spelling" {
	for command in "${COMMANDS[@]}"; do
		read -r noun verb _ <<<"$command"
		kctl "$noun" ${verb:+"$verb"} --help
		exits 0
		[ -z "$stderr" ]
		[[ ${lines[0]} == "Usage: kctl "* ]]
		expected=$output
		kctl "$noun" ${verb:+"$verb"} -h
		[ "$output" = "$expected" ]
		kctl help "$noun" ${verb:+"$verb"}
		exits 0
		[ "$output" = "$expected" ]
		kctl_as_nobody help "$noun" ${verb:+"$verb"}
		exits 0
		[ "$output" = "$expected" ]
	done
}

@test "help of a command ends with an example that works and its page" {
	local page
	for command in "${COMMANDS[@]}" 'sockopt save' 'sockopt restore' 'sockopt diff' help; do
		read -r noun verb _ <<<"$command"
		kctl help "$noun" ${verb:+"$verb"}
		page=kctl-${noun/netlink/watch}
		[ -n "$verb" ] || page=kctl
		[ "${lines[-1]}" = "More: $page(8)" ]
		[ -e "$BATS_TEST_DIRNAME/../../man/$page.8" ]
		[[ ${lines[-2]} == 'Example: kctl '* ]]
		# shellcheck disable=SC2086 # words
		kctl ${lines[-2]#Example: kctl }
		[ "$status" -ne 2 ] || [[ $stderr == *'cannot read'* ]]
	done
}

@test "help of a noun" {
	for noun in sockopt watch netlink proto; do
		kctl "$noun" --help
		exits 0
		[[ ${lines[0]} == "Usage: kctl $noun VERB "* ]]
		[ "${lines[-1]}" = "More: kctl help $noun VERB, kctl-${noun/netlink/watch}(8)" ]
		expected=$output
		kctl help "$noun"
		exits 0
		[ "$output" = "$expected" ]
	done
}

@test "an alias has the help of its command" {
	kctl help netlink watch-icmp
	expected=$output
	kctl help watch icmp
	[ "$output" = "$expected" ]
}

@test "help needs no namespace, and comes before missing arguments" {
	kctl -n there-is-none help sockopt
	exits 0
	kctl -n there-is-none sockopt set --help
	exits 0
	kctl proto send --help --nonsense
	exits 0
}

@test "no line of help is wider than 80 columns" {
	kctl help
	narrow
	for command in "${COMMANDS[@]}"; do
		read -r noun verb _ <<<"$command"
		kctl help "$noun" ${verb:+"$verb"}
		narrow
	done
}

@test "help of unknown nouns and verbs" {
	kctl help sokopt
	usage_error "'sokopt'" "'sockopt'"
	kctl help sockopt gte
	usage_error "'gte'" "'get'"
	kctl help status now
	usage_error "'now'"
	kctl help sockopt get value
	usage_error "'value'"
}

@test "kctl --version: tool and module" {
	for args in --version -V; do
		kctl_as_nobody "$args"
		exits 0
		[ -z "$stderr" ]
		[ "${#lines[@]}" -eq 2 ]
		[[ ${lines[0]} =~ ^kctl\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
		[[ ${lines[1]} =~ ^module\ ([0-9]+\.[0-9]+\.[0-9]+|not\ loaded)$ ]]
	done
	kctl -j --version
	exits 0
	jq -e '.tool and has("module")' <<<"$output"
}
