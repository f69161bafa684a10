# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Shared by the tests of the command line, which need neither the module nor root.
# KCTL is the program.

bats_require_minimum_version 1.5.0

# Every command that talks to the kernel, with valid arguments.
# shellcheck disable=SC2034
COMMANDS=(
	'status'
	'sockopt set value'
	'sockopt get'
	'sockopt delete --name a'
	'sockopt list a'
	'sockopt flush'
	'sockopt edit'
	'sockopt wait'
	'watch icmp'
	'watch store'
	'watch proto'
	'watch list'
	'netlink watch-icmp'
	'proto send --channel 1 message'
	'proto recv --channel 1'
	'proto bind --channel 1'
	'proto work --channel 1 -- true'
	'proto tap --channel 1'
	'proto replay -'
	'proto list'
	'proto set --channel 1'
	'proto delete --channel 1'
	'proto flush --channel 1'
	'proto save -'
)

# kctl ARGS…: run the program with a time limit, and separate stdout from stderr.
kctl()
{
	run --separate-stderr timeout 10 "${KCTL:?}" "$@"
}

# The same without any privilege.
kctl_as_nobody()
{
	if [ "$(id -u)" -eq 0 ]; then
		run --separate-stderr timeout 10 setpriv --reuid nobody \
			--regid nogroup --clear-groups --no-new-privs \
			--inh-caps=-all "${KCTL:?}" "$@"
	else
		kctl "$@"
	fi
}

# kctl_with COMMAND ARGS…: run one of COMMANDS with more arguments, before any "--".
kctl_with()
{
	local command=$1 behind=
	shift
	[[ $command != *' -- '* ]] || behind="-- ${command#* -- }"
	# shellcheck disable=SC2086 # words
	kctl ${command%% -- *} "$@" $behind
}

# exits STATUS: the last run exited with STATUS.  shellcheck does not know the variables of run.
# shellcheck disable=SC2154
exits()
{
	[ "$status" -eq "$1" ] && return
	echo "status $status, not $1" >&2
	echo "stdout: $output" >&2
	echo "stderr: $stderr" >&2
	return 1
}

# The last run exited with status 2, printed one line with each of the texts on stderr, and
# nothing on stdout.
# shellcheck disable=SC2154
usage_error()
{
	local text

	exits 2 && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] || return
	for text in "$@"; do
		[[ $stderr == *"$text"* ]] && continue
		echo "no '$text' in: $stderr" >&2
		return 1
	done
}

# The last run printed something, and no line is wider than 80 columns.
# shellcheck disable=SC2154
narrow()
{
	local line

	[ "${#lines[@]}" -gt 2 ] || return
	for line in "${lines[@]}"; do
		[ "${#line}" -le 80 ] || return
	done
}
