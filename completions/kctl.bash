# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of kctl(8).  The words come from the program itself: its hidden command
# __list prints the words that can replace the last word of a command line, one per
# line, each followed by a tab and a description.  A line that begins with a tab asks
# for file names, or for a command.

_kctl()
{
	local line cut
	local -a words=() lines=()

	COMPREPLY=()
	_kctl_words
	mapfile -t lines < <("${COMP_WORDS[0]}" __list -- "${words[@]:1}" 2>/dev/null)
	for line in "${lines[@]}"; do
		case $line in
		$'\tfile') _kctl_files "${words[-1]}" ;;
		$'\tcommand') mapfile -t COMPREPLY < <(compgen -c -- "${words[-1]}") ;;
		*)
			line=${line%%$'\t'*}
			# Others choose interface names: the shell must not run commands in them.
			[[ $line != *[^A-Za-z0-9_.:/=,@%+-]* ]] || printf -v line %q "$line"
			COMPREPLY+=("$line")
			;;
		esac
	done
	# Readline replaces only the text after the last "=" or ":".
	cut=${words[-1]%"${COMP_WORDS[COMP_CWORD]}"}
	[[ ${COMP_WORDS[COMP_CWORD]} != [=:]* ]] || cut=${words[-1]}
	COMPREPLY=("${COMPREPLY[@]#"$cut"}")
}

# Sets words to the words up to the cursor.  Bash also splits words at "=" and ":"; join
# parts that have no blank between them.
_kctl_words()
{
	local i rest=${COMP_LINE:0:COMP_POINT} word

	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -gt 0 && $rest != [[:space:]]* ]]; then
			words[-1]+=$word
		else
			words+=("$word")
			rest=${rest#"${rest%%[![:space:]]*}"}
		fi
		rest=${rest#"$word"}
	done
}

# Completes file names. If the value follows the name of an option, the name is kept.
_kctl_files()
{
	local value=$1 before=

	if [[ $value == --*=* ]]; then
		before=${value%%=*}=
		value=${value#*=}
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$value")
	COMPREPLY=("${COMPREPLY[@]/#/$before}")
	compopt -o filenames 2>/dev/null || :
}

complete -F _kctl kctl
