#compdef kctl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of kctl(8): kctl.bash describes the output of __list.

local line
local -a lines found shown

lines=("${(@f)$("${(Q)words[1]}" __list -- "${(@Q)words[2,CURRENT-1]}" \
	"${(Q)PREFIX}" 2>/dev/null)}")
for line in $lines; do
	case $line in
	$'\tfile')
		compset -P '--*='
		_files
		return
		;;
	$'\tcommand')
		_command_names -e
		return
		;;
	esac
	found+=("${line%%$'\t'*}")
	shown+=("${line/$'\t'/  -- }")
done
if [[ $lines == *$'\t'* ]]; then
	compadd -l -d shown -a found
else
	compadd -a found
fi
