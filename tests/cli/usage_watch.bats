#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Wrong command lines of a watch: types, codes, prefixes, numbers and outputs.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

@test "ICMP types" {
	for type in '' ',' '8,' ',8' 256 -1 echo echo-requests 'Echo-Request' 8.0; do
		kctl watch icmp --type "$type"
		usage_error "'$type'" '--type'
	done
	kctl watch icmp -4 --type packet-too-big
	usage_error 'packet-too-big' '-4'
	kctl watch icmp --dst 10.0.0.0/8 --type packet-too-big
	usage_error '--dst'
	kctl watch icmp -6 --type source-quench,timestamp-reply
	usage_error 'source-quench' '-6'
	kctl watch icmp -4 --type 128
	usage_error 'type 128 ' 'echo-request' '-4'
	kctl watch icmp --type ecko-request
	usage_error "did you mean 'echo-request'?"
}

@test "ICMP codes" {
	for code in '' 256 -1 port-unreacheable 8.0; do
		kctl watch icmp --code "$code"
		usage_error "'$code'" '--code'
	done
	kctl watch icmp --code port-unreachable
	usage_error '3 of destination-unreachable for IPv4' '-6'
	kctl watch icmp --type echo-request --code host-unreachable
	usage_error 'host-unreachable' '--type'
}

@test "lists of ICMP types and codes, without the module" {
	kctl watch icmp --type help
	exits 0
	[[ $output == *$'\necho-request                         8   128\n'* ]]
	kctl -j watch icmp -4 --code help
	exits 0
	jq -e 'map(select(.code_name == "port-unreachable")) | length == 1 and .[0].type == 3' \
		<<<"$output"
}

@test "prefixes of a watch: host bits, and families that exclude each other" {
	for prefix in '' / 10 10.0.0.0/33 10.0.0.0/08 ::/129 host fe80::1%lo '::1 '; do
		kctl watch icmp --src "$prefix"
		usage_error "'$prefix'" '--src' 'a prefix like'
		kctl watch icmp --dst "$prefix"
		usage_error "'$prefix'" '--dst' 'a prefix like'
		kctl watch icmp --host "$prefix"
		usage_error "'$prefix'" '--host' 'a prefix like'
	done
	kctl watch icmp --src 10.0.0.1/8
	usage_error "'10.0.0.1/8'" '--src' "'10.0.0.0/8'"
	kctl watch icmp --dst 2001:db8::1/64
	usage_error "'2001:db8::1/64'" '--dst' "'2001:db8::/64'"
	kctl watch icmp -4 --dst ::1
	usage_error "'::1'" '--dst' IPv6 '-4'
	kctl watch icmp -6 --src 10.0.0.0/8
	usage_error "'10.0.0.0/8'" '--src' IPv4 '-6'
	kctl watch icmp --src 10.0.0.1 --dst fe80::/10
	usage_error "'fe80::/10'" '--dst' IPv6 '--src'
	kctl watch icmp --host 10.0.0.1 --dst fe80::/10
	usage_error "'10.0.0.1'" '--host' IPv4 '--dst'
	kctl watch icmp --host 10.0.0.1/8
	usage_error "'10.0.0.1/8'" '--host' "'10.0.0.0/8'"
	kctl watch icmp --host ::1 --type source-quench
	usage_error '--host'
}

@test "numbers and words of a watch" {
	for option in '--sample 0' '--sample 4294967296' \
		'--coalesce 1000001' '--coalesce 0.5' '--timeout 1m' \
		'--time local' '--time UNIX' '--rcvbuf 0' '--rcvbuf 1G' '--rcvbuf 1024M' \
		'--rcvbuf 16k' '--rcvbuf K' '--rcvbuf 99999999999999999999' \
		'--dev longer-than-fifteen'; do
		# shellcheck disable=SC2086
		kctl watch icmp $option
		usage_error "'${option#* }'" "${option% *}"
	done
	kctl watch icmp --dev ''
	usage_error "''" '--dev'
	for seconds in 0 0.09 '' -1 x; do
		kctl watch icmp --summary="$seconds"
		usage_error "'$seconds'" '--summary'
	done
	kctl watch icmp --summary 5
	usage_error "unexpected argument '5'"
}

@test "outputs of a watch that exclude each other" {
	kctl watch icmp --summary -q
	usage_error '-q and --summary'
	kctl watch icmp --summary=2 -w -
	usage_error '-w - and --summary'
	for option in -q --summary '-w x'; do
		# shellcheck disable=SC2086
		kctl watch icmp --hex $option
		usage_error '--hex' 'no packets are printed'
		# shellcheck disable=SC2086
		kctl watch icmp --time iso $option
		usage_error '--time' 'no packets are printed'
	done
	kctl watch icmp -w ''
	usage_error "''" '-w'
}
