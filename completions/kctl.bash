# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of kctl(8).  The words come from the program itself: its hidden
# command __list prints one NOUN VERB OPTION ARGUMENT per line.  "-" means
# none.  In a line with the option "@", ARGUMENT is the operands of the command.

_kctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} noun=- verb=- i
	local -a table words

	COMPREPLY=()
	mapfile -t table < <("$program" __list 2>/dev/null)

	# Noun and verb are the first two words that are neither options nor
	# arguments of global options.  After "help", they are completed too.
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-n | --netns | --color)
			[ "$noun" != - ] || i=$((i + 1))
			;;
		-*) ;;
		*)
			if [ "$noun" = - ] && [ "${COMP_WORDS[i]}" = help ]; then
				continue
			elif [ "$noun" = - ]; then
				noun=${COMP_WORDS[i]}
			elif [ "$verb" = - ]; then
				verb=${COMP_WORDS[i]}
			fi
			;;
		esac
	done
	case $(_kctl_argument "$noun" "$verb" "$prev") in
	FILE)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	USER)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	GROUP)
		mapfile -t COMPREPLY < <(compgen -g -- "$cur")
		return
		;;
	NETNS)
		mapfile -t words < <(compgen -G '/run/netns/*')
		_kctl_reply "$cur" "${words[@]##*/}"
		return
		;;
	IF)
		mapfile -t words < <(compgen -G '/sys/class/net/*')
		_kctl_reply "$cur" "${words[@]##*/}"
		return
		;;
	*'|'*)
		IFS='|' read -r -a words < <(_kctl_argument "$noun" "$verb" "$prev")
		_kctl_reply "$cur" "${words[@]}"
		# Of a list of types, the last one is completed.
		if [[ $prev == --type && $cur == *,* ]]; then
			_kctl_reply "${cur##*,}" "${words[@]}"
			COMPREPLY=("${COMPREPLY[@]/#/${cur%,*},}")
		fi
		return
		;;
	?*)
		return
		;;
	esac

	if [[ $cur != -* && $(_kctl_argument "$noun" "$verb" @) == *FILE* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	if [ "$prev" = -- ] && [[ $(_kctl_argument "$noun" "$verb" @) == *CMD* ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
	fi
	mapfile -t words < <(_kctl_words "$noun" "$verb" "$cur")
	_kctl_reply "$cur" "${words[@]}"
	# Global options can follow the verb.
	if [[ $cur == -* && ${#COMPREPLY[@]} -eq 0 ]]; then
		mapfile -t words < <(_kctl_words - - "$cur")
		_kctl_reply "$cur" "${words[@]}"
	fi
}

# Prints the argument of option $3 of noun $1 and verb $2, or nothing if $3 is
# not an option or has no argument.  Reads the table of its caller.
_kctl_argument()
{
	local n v option argument

	while read -r n v option argument; do
		if [ "$argument" != - ] &&
			[[ "$n $v $option" = "$1 $2 $3" || "$n $v $option" = "- - $3" ]]; then
			echo "$argument"
			return
		fi
	done < <(printf '%s\n' "${table[@]}")
}

# Prints the words that can follow noun $1 and verb $2: options if the current
# word $3 starts with "-", otherwise nouns, or verbs of the noun.
_kctl_words()
{
	local n v option argument

	while read -r n v option argument; do
		if [[ $3 == -* ]]; then
			[ "$n $v" != "$1 $2" ] || [ "$option" = @ ] || echo "$option"
		elif [ "$1" = - ]; then
			[ "$n" = - ] || echo "$n"
		elif [ "$2" = - ] && [ "$n" = "$1" ] && [ "$v" != - ]; then
			echo "$v"
		fi
	done < <(printf '%s\n' "${table[@]}") | sort -u
}

_kctl_reply()
{
	local cur=$1

	shift
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
}

complete -F _kctl kctl
