#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion in bash, and the list that it uses.

# The variables of bats are unknown to shellcheck; quoted text is for another shell.
# shellcheck disable=SC2154,SC2016

load common

setup()
{
	# shellcheck source=completions/kctl.bash
	source "$BATS_TEST_DIRNAME/../../completions/kctl.bash"
}

# complete_words WORD…: sets offered to the sorted completions of the last word. Like bash,
# it splits --option=argument into three words.
complete_words()
{
	local word
	COMP_WORDS=("$KCTL")
	for word; do
		if [[ $word == --*=?* ]]; then
			COMP_WORDS+=("${word%%=*}" "=" "${word#*=}")
		elif [[ $word == --*= ]]; then
			COMP_WORDS+=("${word%=}" "=")
		else
			COMP_WORDS+=("$word")
		fi
	done
	COMP_LINE="$KCTL $*"
	COMP_POINT=${#COMP_LINE}
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_kctl
	offered=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd ' ')
}

@test "nouns" {
	complete_words ''
	[ "$offered" = 'doctor help netlink proto restore save sockopt status watch' ]
	complete_words s
	[ "$offered" = 'save sockopt status' ]
	complete_words -j -n somewhere pr
	[ "$offered" = proto ]
	complete_words help w
	[ "$offered" = watch ]
}

@test "verbs" {
	complete_words sockopt ''
	[ "$offered" = 'delete diff edit flush get list restore save set wait' ]
	complete_words netlink ''
	[ "$offered" = watch-icmp ]
	complete_words --color never proto re
	[ "$offered" = 'recv replay restore' ]
	complete_words help proto l
	[ "$offered" = list ]
	complete_words status ''
	[ -z "$offered" ]
	complete_words proto ''
	[ "$offered" = 'bind delete flush list recv replay restore save send set tap work' ]
}

@test "options of each level" {
	complete_words --ve
	[ "$offered" = '--verbose --version' ]
	complete_words sockopt set --
	[ "$offered" = '--create --file --help --if-generation --name --public' ]
	complete_words watch icmp -
	[[ " $offered " == *' -4 '* ]]
	[[ " $offered " == *' --duration '* ]]
	complete_words netlink watch-icmp --c
	[ "$offered" = '--coalesce --code --count' ]
	complete_words proto send --
	[ "$offered" = '--channel --file --help --hex --interval --lines --nonblock --repeat --timeout' ]
	complete_words proto recv --
	[ "$offered" = '--channel --count --follow --help --hex --null --peek --raw --timeout --verbose' ]
	complete_words proto bind --
	[ "$offered" = '--channel --exclusive --help --hex --mode --null --raw --to --verbose' ]
	complete_words proto work --
	[ "$offered" = '--backoff --channel --dead-status --help --hold-time --jobs --kill-after --max-backoff --timeout' ]
	complete_words proto set --
	[ "$offered" = '--channel --dead-letter --group --help --hold-time-max --max-deliveries --mode --name --owner --retry-delay --ttl' ]
	complete_words proto tap --
	[ "$offered" = '--channel --count --help --hex --null --raw --timeout --verbose' ]
	complete_words proto recv -
	[[ " $offered " == *' -0 '* ]]
	[[ " $offered " == *' -v '* ]]
	complete_words status -
	[ "$offered" = '--format --help' ]
	complete_words doctor --
	[ "$offered" = --help ]
	complete_words sockopt list --js
	[ "$offered" = --json ]
	complete_words proto list --color n
	[ "$offered" = never ]
}

@test "arguments of options" {
	complete_words --color ''
	[ "$offered" = 'always auto never' ]
	mkdir "$BATS_TEST_TMPDIR/d"
	touch "$BATS_TEST_TMPDIR/d/value"
	complete_words sockopt set --file "$BATS_TEST_TMPDIR/d/v"
	[ "$offered" = "$BATS_TEST_TMPDIR/d/value" ]
	complete_words sockopt restore --test "$BATS_TEST_TMPDIR/d/v"
	[ "$offered" = "$BATS_TEST_TMPDIR/d/value" ]
	complete_words sockopt restore --t
	[ "$offered" = --test ]
	complete_words watch icmp -w "$BATS_TEST_TMPDIR/d/v"
	[ "$offered" = "$BATS_TEST_TMPDIR/d/value" ]
	complete_words watch icmp -r "$BATS_TEST_TMPDIR/d/v"
	[ "$offered" = "$BATS_TEST_TMPDIR/d/value" ]
	complete_words watch icmp --time e
	[ "$offered" = elapsed ]
	complete_words watch icmp --type echo-
	[ "$offered" = 'echo-reply echo-request' ]
	complete_words watch icmp --type echo-request,8,time-
	[ "$offered" = 'echo-request,8,time-exceeded' ]
	complete_words watch icmp --type echo-request,none
	[ -z "$offered" ]
	complete_words watch icmp --code port-
	[ "$offered" = 'port-conversion-out-of-range port-unreachable' ]
	complete_words watch icmp --code he
	[ "$offered" = 'headers-too-long help' ]
	complete_words watch icmp --type=echo-request,time-
	[ "$offered" = 'echo-request,time-exceeded' ]
	complete_words --color=
	[ "$offered" = 'always auto never' ]
	complete_words --color=n
	[ "$offered" = never ]
	complete_words sockopt set "--file=$BATS_TEST_TMPDIR/d/v"
	[ "$offered" = "$BATS_TEST_TMPDIR/d/value" ]
	complete_words proto set --no-such=
	[ -z "$offered" ]
	complete_words watch icmp -4 --dev l
	[[ " $offered " == *' lo '* ]]
	complete_words watch icmp --dev l
	[[ " $offered " == *' lo '* ]]
	# An optional argument follows a "=", so the next word can be another option.
	complete_words watch icmp --summary --hel
	[ "$offered" = --help ]
	complete_words proto recv --channel ''
	[ -z "$offered" ]
	complete_words proto set --owner roo
	[[ " $offered " == *' root '* ]]
	complete_words proto set --group roo
	[[ " $offered " == *' root '* ]]
	complete_words proto bind --channel 1 -- bas
	[[ " $offered " == *' bash '* ]]
}

@test "every option in the help is in the list, and the other way round" {
	kctl __list
	exits 0
	list=$output
	for command in "${COMMANDS[@]}"; do
		read -r noun verb _ <<<"$command"
		kctl help "$noun" ${verb:+"$verb"}
		diff <(grep -oE '^  (-.|--[a-z-]+|-., --[a-z-]+)' <<<"$output" |
			grep -oE -- '--?[a-zA-Z0-9-]+' | grep -vx -- -h | sort) \
			<(grep "^$noun ${verb:--} -" <<<"$list" | cut -d' ' -f3 | sort)
	done
}
