#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Wrong command lines: the tool exits with status 2 and prints one line on standard error that
# quotes the error, before it tries anything else.

# The variables of bats are unknown to shellcheck; quoted text is for another shell.
# shellcheck disable=SC2154,SC2016

load common

@test "unknown nouns and verbs suggest the nearest" {
	kctl sokopt
	usage_error "unknown command 'sokopt'" "did you mean 'sockopt'?"
	kctl netlnk watch-icmp
	usage_error "'netlnk'" "'netlink'"
	kctl frobnicate
	usage_error "'frobnicate'" 'kctl help'
	kctl sockopt gte
	usage_error "unknown verb 'gte' of sockopt" "did you mean 'get'?"
	kctl proto frobnicate
	usage_error "'frobnicate'" 'kctl help proto'
	kctl netlink watch-imcp
	usage_error "'watch-imcp'" "'watch-icmp'"
}

@test "names match exactly" {
	kctl sock get
	usage_error "'sock'"
	kctl sockopt ge
	usage_error "'ge'"
	kctl Status
	usage_error "'Status'" "'status'"
	kctl sockopt get --nam x
	usage_error "unknown option '--nam'" "'--name'"
	kctl --jso status
	usage_error "'--jso'" "'--json'"
	kctl ''
	usage_error "''"
}

@test "a verb is missing" {
	for noun in sockopt watch netlink proto; do
		kctl "$noun"
		usage_error "$noun needs a verb" "kctl help $noun"
	done
}

@test "unknown options of every command" {
	for command in "${COMMANDS[@]}"; do
		kctl_with "$command" --frobnicate
		usage_error "unknown option '--frobnicate'"
		kctl_with "$command" -x
		usage_error "unknown option '-x'"
	done
	kctl --frobnicate status
	usage_error "unknown option '--frobnicate'"
	kctl -x
	usage_error "'-x'"
}

@test "too many arguments to every command" {
	for command in "${COMMANDS[@]}" help\ a\ b; do
		kctl_with "$command" surplus
		usage_error "unexpected argument 'surplus'"
	done
}

@test "a name or number without its option suggests the option" {
	kctl sockopt set motd hello
	usage_error "unexpected argument 'hello'" "did you mean '--name motd'?"
	kctl sockopt set --name motd hello world
	usage_error "unexpected argument 'world'" 'kctl help sockopt set'
	for verb in get wait delete; do
		kctl sockopt $verb motd
		usage_error "did you mean '--name motd'?"
	done
	for host in 10.9.0.2 10.9.0.0/24 fe80::1; do
		kctl watch icmp $host
		usage_error "unexpected argument '$host'" "did you mean '--host $host'?"
	done
	kctl watch icmp lo
	usage_error "unexpected argument 'lo'" "did you mean '--dev lo'?"
	for word in no-such-if 10.9.0 '--host ::1 ::2' '--dev lo lo'; do
		# shellcheck disable=SC2086
		kctl watch icmp $word
		usage_error 'unexpected argument' 'kctl help watch icmp'
	done
	kctl proto send 5 hello
	usage_error 'option --channel CHANNEL is missing' "did you mean '--channel 5'?"
	kctl proto send jobs hello
	usage_error "did you mean '--channel jobs'?"
	for channel in 7 jobs; do
		kctl watch proto $channel
		usage_error "unexpected argument '$channel'" "did you mean '--channel $channel'?"
	done
	kctl watch proto --channel 7 8
	usage_error "unexpected argument '8'" 'kctl help watch proto'
	kctl proto send hello
	usage_error 'option --channel CHANNEL is missing' 'kctl help proto send'
	for verb in work bind; do
		kctl proto $verb 7 -- true
		usage_error 'option --channel CHANNEL is missing' "did you mean '--channel 7'?"
	done
	kctl proto work -- true
	usage_error 'option --channel CHANNEL is missing' 'kctl help proto work'
	kctl proto work --channel 7 8 -- true
	usage_error "unexpected argument '8'" 'kctl help proto work'
}

@test "no entry is deleted that the command does not name" {
	kctl sockopt delete
	usage_error 'option --name NAME is missing'
	kctl sockopt delete --if-generation 1
	usage_error 'option --name NAME is missing'
}

@test "an option that would replace an earlier one is an error" {
	for command in 'set x' wait; do
		# shellcheck disable=SC2086
		kctl sockopt $command --name a --name b
		usage_error 'option --name appears twice'
	done
	kctl watch icmp --src 10.0.0.1 --src 10.0.0.2
	usage_error 'option --src appears twice'
	kctl proto recv --channel 1 --channel 1
	usage_error 'option --channel appears twice'
	kctl -n a --netns b status
	usage_error 'option --netns appears twice'
	kctl watch icmp --type 8 --type none
	usage_error "'none'"
	kctl proto recv --channel 1 --raw --raw --hex
	usage_error 'exclude each other'
}

@test "names of get and delete add up, to a limit, and have no generation" {
	local names=()
	kctl sockopt delete --name a --name b --if-generation 3
	usage_error '--if-generation is for a single --name'
	kctl sockopt delete --name a --if-generation 3 --if-generation 4
	usage_error 'option --if-generation appears twice'
	for i in {1..64}; do
		names+=(--name "a$i")
	done
	for verb in get delete; do
		kctl sockopt $verb "${names[@]}"
		[ "$status" -ne 2 ]
		kctl sockopt $verb "${names[@]}" --name a65
		usage_error "'a65'" 'at most 64 names expected'
	done
}

@test "too many files" {
	for command in save restore diff 'restore --test'; do
		# shellcheck disable=SC2086
		kctl sockopt $command a b
		usage_error "unexpected argument 'b'"
	done
	EDITOR='touch started' kctl sockopt edit a
	usage_error "unexpected argument 'a'"
}

@test "a global option behind the verb means the same as in front" {
	local command option
	for command in "${COMMANDS[@]}"; do
		for option in -j -p -q -v '--color always' '--netns there-is-none'; do
			# shellcheck disable=SC2086
			kctl $option $command
			front="$status $output $stderr"
			# shellcheck disable=SC2086
			kctl_with "$command" $option
			[ "$status $output $stderr" = "$front" ]
		done
	done
	kctl sockopt list --json --frobnicate
	exits 2
	jq -e '.error.message | contains("--frobnicate")' <<<"$stderr"
	kctl sockopt list --frobnicate -j
	exits 2
	jq -e '.error.message | contains("--frobnicate")' <<<"$stderr"
	kctl -n a status -n b
	usage_error 'option --netns appears twice'
	kctl sockopt set -- -j
	[[ $stderr == kctl:* ]]
	kctl sockopt list --version
	exits 0
	[[ ${lines[0]} == 'kctl '* ]]
}

@test "arguments of options that are missing, or too many" {
	kctl sockopt get --name
	usage_error "'--name' needs an argument"
	kctl sockopt get --raw=yes
	usage_error "'--raw=yes' takes no argument"
	kctl -n
	usage_error "'-n' needs an argument"
}

@test "names of channels are taken strictly" {
	local long
	printf -v long '%064d' 0
	for name in 'a b' a@b 'é' -jobs 9jobs "n${long:1}n"; do
		kctl proto set --channel 1 --name "$name"
		usage_error "--name" 'a name: 1 to 63 of'
		kctl proto recv --channel "$name"
		usage_error "--channel" 'or a name'
	done
}

@test "numbers are taken strictly, and quoted if not" {
	for channel in '' 0 -1 +1 ' 1' '1 ' 1x 0x 1.5 1e3 010 4294967296 99999999999999999999; do
		kctl proto recv --channel "$channel"
		usage_error "'$channel'" '--channel' 'from 1 to 4294967295, or a name'
	done
	kctl proto bind --channel -1
	usage_error 'a number from 0 to 4294967295'
	for seconds in '' -1 +1 1m . s 1. 1..2 inf nan 0x1 1000000001; do
		kctl proto recv --channel 1 --timeout "$seconds"
		usage_error "'$seconds'" '--timeout' 'seconds from 0 to 1000000000 expected'
	done
	kctl watch icmp --duration 0
	usage_error "'0'" '--duration'
	kctl watch icmp --count 0
	usage_error "'0'" '--count'
	kctl watch icmp --snaplen 65500
	usage_error "'65500'" 'to 65499'
	for command in 'set value' flush restore; do
		# shellcheck disable=SC2086
		kctl sockopt $command --if-generation 0
		usage_error "'0'" '--if-generation'
	done
	kctl sockopt wait --generation 18446744073709551615
	usage_error "'18446744073709551615'" '--generation'
	kctl watch store --count 0
	usage_error "'0'" '--count'
	kctl proto send --channel 1 --repeat 0 x
	usage_error "'0'" '--repeat'
	kctl proto send --channel 1 --repeat 2 --interval 1ms x
	usage_error "'1ms'" '--interval'
	kctl sockopt wait --timeout -1
	usage_error "'-1'" '--timeout'
}

@test "missing arguments, and options that exclude each other" {
	kctl sockopt set
	usage_error 'value is missing'
	kctl sockopt set --file x value
	usage_error 'exclude'
	kctl proto send --channel 1
	usage_error 'message is missing'
	kctl proto send --channel 1 --file x message
	usage_error 'exclude'
	kctl proto send --channel 1 --nonblock --timeout 1 message
	usage_error 'exclude'
	kctl proto recv --channel 1 --follow --count 2
	usage_error 'exclude'
	kctl proto send --channel 1 --lines --repeat 2 -
	usage_error '--lines and --repeat exclude'
	kctl proto send --channel 1 --lines message
	usage_error '--lines requires - or --file'
	kctl proto send --channel 1 --interval 1 message
	usage_error '--interval requires --repeat'
	for formats in '--raw --hex' '--raw -0' '--hex --null'; do
		for verb in recv bind tap; do
			# shellcheck disable=SC2086
			kctl proto $verb --channel 1 $formats
			usage_error '--raw, --hex and -0 exclude each other'
		done
	done
	kctl proto bind --channel 1 --to 2
	usage_error '--to requires -- CMD'
	for option in --raw --hex -0; do
		kctl proto bind --channel 1 $option -- cat
		usage_error 'CMD takes the messages'
	done
	for command in 'send message' recv bind work tap set delete flush; do
		# shellcheck disable=SC2086
		kctl proto $command
		usage_error '--channel CHANNEL is missing'
	done
}

@test "a command goes behind --" {
	kctl proto bind --channel 1 cat
	usage_error "unexpected argument 'cat'"
	kctl proto bind --channel 1 cat -- -n
	usage_error "unexpected argument 'cat'"
	kctl proto bind --channel 1 cat -x
	usage_error "unknown option '-x'"
}

@test "what proto work needs, and what it does not take" {
	kctl proto work --channel 1
	usage_error 'a command is missing: -- CMD'
	kctl proto work --channel 1 --
	usage_error 'a command is missing: -- CMD'
	kctl proto work --channel 1 cat
	usage_error "unexpected argument 'cat'"
	for jobs in 0 1025 -1 x; do
		kctl proto work --channel 1 --jobs "$jobs" -- cat
		usage_error "'$jobs' of --jobs" 'from 1 to 1024'
	done
	for option in backoff max-backoff hold-time kill-after timeout; do
		kctl proto work --channel 1 --$option x -- cat
		usage_error "'x' of --$option" seconds
	done
	kctl proto work --channel 1 --backoff 5 --max-backoff 4 -- cat
	usage_error '--max-backoff is shorter than --backoff'
	for option in backoff max-backoff hold-time; do
		kctl proto work --channel 1 --$option 86401 -- cat
		usage_error '86400 at most'
	done
	kctl proto work --channel 0 -- cat
	usage_error "'0'" '--channel' 'from 1 to'
}

@test "recv --peek is for one message" {
	for option in '--count 1' --follow; do
		# shellcheck disable=SC2086
		kctl proto recv --channel 1 --peek $option
		usage_error '--peek is for one message'
	done
}

@test "users, groups and modes" {
	for user in '' nobody-of-this-name -1 4294967295 0x; do
		kctl proto set --channel 1 --owner "$user"
		usage_error "'$user' of --owner: a user expected"
		kctl proto set --channel 1 --group "$user"
		usage_error "'$user' of --group: a group expected"
	done
	for mode in '' 8 0o600 00600 u+r 700 0777 0611 -1; do
		for verb in set bind; do
			kctl proto $verb --channel 1 --mode "$mode"
			usage_error "'$mode' of --mode: an octal mode from 0 to 0666 expected"
		done
	done
	for verb in set delete flush tap; do
		kctl proto $verb --channel 0
		usage_error "'0'" '--channel' 'from 1 to'
	done
	kctl proto bind --channel 1 --to 0 -- cat
	usage_error "'0'" '--to' 'from 1 to'
}

@test "hexadecimal digits are taken strictly, and a bad one is located" {
	local at text
	while read -r at text; do
		kctl proto send --channel 1 --hex -- "$text"
		usage_error --hex "character $at is"
	done <<-EOF
	1 x
	2 0x61
	3 61-62
	2 6 1
	6 61  6 1
	1 -61
	EOF
	kctl proto send --channel 1 --hex 616
	usage_error --hex 'lacks its second digit'
	kctl proto send --channel 1 --hex $'61\n6\a'
	usage_error 'line 2, character 2 is 0x07'
}

@test "--color and --netns" {
	kctl --color sometimes status
	usage_error "'sometimes'" 'auto, always or never'
	for name in '' . ..; do
		kctl -n "$name" status
		usage_error "'$name'" '--netns'
	done
}

@test "a usage error comes before the namespace, the file and the module" {
	kctl -n there-is-none sockopt set --file /nonexistent --frobnicate
	usage_error "'--frobnicate'"
}

@test "control characters in an argument do not reach the terminal" {
	kctl $'so\033[2Jck'
	usage_error "'so\x1b[2Jck'"
}

@test "with -j a usage error is JSON" {
	kctl -j sockopt set --frobnicate
	exits 2
	[ -z "$output" ]
	jq -e '.error.operation == "sockopt set" and .error.errno == null and
		(.error.message | contains("--frobnicate"))' <<<"$stderr"
	kctl -j frobnicate
	exits 2
	jq -e '.error | has("operation") | not' <<<"$stderr"
	kctl -j $'a\xff"b'
	exits 2
	jq -e '.error.message' <<<"$stderr"
}

@test "--all-netns is for verbs that print one document, and excludes --netns" {
	for args in 'watch icmp' 'watch store' 'sockopt get' 'sockopt flush' 'proto recv --channel 1' help; do
		# shellcheck disable=SC2086
		kctl --all-netns $args
		usage_error '--all-netns is for status and list'
	done
	kctl --all-netns -n 1
	usage_error '--netns and --all-netns exclude each other'
	kctl sockopt list --netns 1 --all-netns
	usage_error '--netns and --all-netns exclude each other'
}
