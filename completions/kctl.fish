# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of kctl(8): kctl.bash describes the output of __list.

function __kctl_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    # If there is no word yet, complete an empty one.
    set -q last[1]; or set last ''
    for line in ($words[1] __list -- $words[2..-1] $last 2>/dev/null)
        switch $line
            case \tfile
                set -l before (string match -r -- '^--[^=]*=' $last)
                set -q before[1]; or set before ''
                set -l value (string replace -r -- '^--[^=]*=' '' $last)
                for path in (__fish_complete_path $value)
                    echo $before$path
                end
            case \tcommand
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end

complete -c kctl -f -a '(__kctl_complete)'
