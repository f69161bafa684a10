#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Check JSON that is printed without the module against the schema. The suite checks the rest.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	tests=$BATS_TEST_DIRNAME/..
}

@test "the schema has every packet that the decoder knows" {
	grep '^{' "$tests/unit/icmp.golden" >watch-icmp
	[ "$(wc -l <watch-icmp)" -gt 250 ]
	"$tests/lib/schema.py" watch-icmp
	sed '7s/"seq":1/"sequence":1/' watch-icmp >other
	mv other watch-icmp
	run "$tests/lib/schema.py" watch-icmp
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == *sequence* || ${lines[0]} == *seq* ]]
}

@test "the schema has errors, versions, findings, and the lists of types and codes" {
	"$KCTL" -j --version >version
	"$KCTL" -j watch icmp --type help >watch-icmp
	"$KCTL" -j watch icmp --code help >>watch-icmp
	"$KCTL" -j --all-netns nothing 2>error || :
	"$KCTL" -j sockopt get --timeout 2>>error || :
	"$KCTL" -j -n nowhere sockopt get 2>>error || :
	"$KCTL" -j sockopt restore /dev/zero 2>>error || :
	[ "$(wc -l <error)" = 4 ]
	# Without the module, the doctor finds a problem, and exits with status 3.
	"$KCTL" -j doctor >findings || [ $? = 3 ]
	mv findings doctor
	"$tests/lib/schema.py" version watch-icmp error doctor
}

@test "the schema is strict, and each verb has to be there" {
	local change
	"$KCTL" -j doctor >good || [ $? = 3 ]
	for change in '.new = 1' '.checks[0].new = 1' 'del(.problems)' '.problems = "7"' '[.]'; do
		jq "$change" good >doctor
		run "$tests/lib/schema.py" doctor
		[ "$status" -eq 1 ]
		[[ ${lines[0]} == 'doctor: '* ]]
	done
	mv good doctor
	"$tests/lib/schema.py" doctor
	run "$tests/lib/schema.py" --all doctor
	[ "$status" -eq 1 ]
	grep -qx 'proto-list: not tested' <<<"$output"
	mv doctor proto-send
	run "$tests/lib/schema.py" proto-send
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == 'proto-send: '* ]]
}

# These rules are the same for all objects: no object has unlisted keys.
@test "every object of the schema is closed, and describes all keys that it requires" {
	jq -e '[.. | objects | select(.type? == "object")] |
		length > 20 and all(.additionalProperties == false and
			((.required // []) - (.properties | keys) == []))' "$tests/../schema/kctl-1.schema.json"
}

@test "the man pages have every key of the schema" {
	local key keys
	sed -n 's/^\.\(It \)*Li //p' "$tests"/../man/kctl*.8 | tr -s ' ,:' '\n' | sort -u >words
	# Skip the _string keys: each has the digits of another key.
	keys=$(jq -r '.. | .properties? // empty | keys[]' "$tests/../schema/kctl-1.schema.json" |
		grep -v '_string$' | sort -u)
	[ "$(wc -w <<<"$keys")" -gt 200 ]
	for key in $keys; do
		grep -qx "$key" words || echo "$key"
	done >missing
	[ ! -s missing ] || { cat missing && return 1; }
}
