#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# proto restore --test and restore --test, which need neither the module nor privilege.

# The variables of bats are unknown to shellcheck.
# shellcheck disable=SC2154

load common

setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' '%kctl-channels 1 2026-11-26T10:15:00Z' '# comment' '' \
		'channel 7 mode=0622 owner=1000 group=0' 'message "a\n\x00"' \
		'message from=4294967295 ""' 'channel 0x10' '%end 4' >good
	printf '%s\n' '%kctl-store 1' '# generation 3' 'a "b"' '%end 1' '' '# between' >both
	cat good >>both
}

@test "a good file: silence, as nobody and from standard input too" {
	for args in good ''; do
		# shellcheck disable=SC2086
		kctl proto restore --test $args <good
		exits 0
		[ -z "$output$stderr" ]
	done
	kctl_as_nobody proto restore --test --append - <good
	exits 0
	for file in both good; do
		kctl restore --test $file
		exits 0
		[ -z "$output$stderr" ]
	done
	kctl restore --test --if-unchanged both
	exits 0
}

@test "a bad line is named, with its reason" {
	local line text reason
	while IFS='|' read -r line text reason; do
		sed "${line}s/.*/$text/" good >bad
		kctl proto restore --test bad
		exits 1 || {
			echo "$text"
			return 1
		}
		[ -z "$output" ]
		[ "$stderr" = "kctl: proto restore: bad:$line: $reason" ] || {
			echo "$text: $stderr"
			return 1
		}
		# The errors of both files are the same, except for the line number.
		cat <(printf '%s\n' '%kctl-store 1' '%end') bad >worse
		kctl restore --test worse
		exits 1
		[[ $line == 1 || $stderr == *": worse:$((line + 2)): ${reason/in line 4/in line 6}" ]]
	done <<-'END'
	1|%kctl-store 1|the file does not begin with %kctl-channels 1
	1|%kctl-channels 2|format version 2 is newer than this tool, which reads version 1
	4|channel|bad channel ''
	4|channel 0|bad channel '0'
	4|channel 4294967296|bad channel '4294967296'
	4|channel 2147483648|channel 2147483648 is ephemeral: only the kernel can create it
	4|channel 7 mode=0622 mode=0622|setting 'mode' appears twice
	4|channel 7 mode=0777|bad mode '0777'
	4|channel 7 mode=|bad mode ''
	4|channel 7 owner=root|bad owner 'root'
	4|channel 7 group=4294967295|bad group '4294967295'
	4|channel 7 name=9|bad name '9'
	4|channel 7 name=|bad name ''
	4|channel 7 name=a name=a|setting 'name' appears twice
	4|channel 7 max-deliveries=-1|bad max-deliveries '-1'
	4|channel 7 dead-letter=4294967296|bad dead-letter '4294967296'
	4|channel 7 retry-delay-ms=86400001|bad retry-delay-ms '86400001'
	4|channel 7 hold-time-max-ms=x|bad hold-time-max-ms 'x'
	4|channel 7 ttl-ms=4294967296|bad ttl-ms '4294967296'
	4|channel 7 colour=red|unknown setting 'colour=red'
	4|channel 7 mode|unknown setting 'mode'
	4|channels 7|unknown word 'channels': a line has a channel or a message
	4|message "x"|a message before the first channel
	5|message|a message in double quotes is missing
	5|message x|unknown word 'x' of a message
	5|message from=0 "x"|bad sender 'from=0'
	5|message uid=4294967295 "x"|bad sender 'uid=4294967295'
	5|message uid=root "x"|bad sender 'uid=root'
	5|message uid=1 from=2 uid=1 "x"|sender 'uid=1' appears twice
	5|message from=9|a message in double quotes is missing
	5|message from=9 from=9 "x"|sender 'from=9' appears twice
	5|message "x|the message has no closing quote
	5|message "x" y|unexpected 'y' after the message
	5|message "\\q"|unknown escape \q
	7|channel 7|channel 7 is already in line 4
	8|%end 5|%end says 5 lines, but the file has 4
	8|%end 4 4|unexpected '4' after the number of lines
	8|%end four|bad number of lines 'four'
	8|channel 9|the file is truncated: it ends without %end
	END
}

@test "sections: each once, and nothing else between them" {
	cat both good >bad
	kctl restore --test bad
	exits 1
	[[ $stderr == *'bad:15: %kctl-channels is already in line 7' ]]
	echo '%kctl-watch 1' | cat both - >bad
	kctl restore --test bad
	exits 1
	[[ $stderr == *"bad:15: unknown section '%kctl-watch'" ]]
	sed '5s/^/a "c"/' both >bad
	kctl restore --test bad
	exits 1
	[[ $stderr == *'bad:5: the file continues after %end' ]]
	sed '4d' both >bad
	kctl restore --test bad
	exits 1
	[[ $stderr == *"bad:6: unknown directive '%kctl-channels'" ]]
	echo >bad
	kctl restore --test bad
	exits 1
	[[ $stderr == *'bad:1: the file is truncated: it ends without %end' ]]
	kctl restore --test good --if-unchanged
	exits 1
	[[ $stderr == *'good does not name the generation of the store; --if-unchanged is for files of kctl save'* ]]
	kctl sockopt restore --test both
	exits 1
	[[ $stderr == *'both:5: the file continues after %end' ]]
}

@test "a message of 1,048,576 bytes, and one byte more" {
	for size in 1048576 1048577; do
		{
			printf '%%kctl-channels 1\nchannel 1\nmessage "'
			head -c $((size - 2)) /dev/zero | tr '\0' x
			printf '\\x00\\n"\n%%end\n'
		} >file
		kctl proto restore --test file
		exits $((size > 1048576))
	done
	[[ $stderr == *'file:3: the message has more than 1048576 bytes' ]]
	# All bytes are escaped.
	{
		printf '%%kctl-channels 1\nchannel 1\nmessage from=4294967295 "'
		head -c 1048576 /dev/zero | sed 's/\x00/\\x00/g'
		printf '"\n%%end\n'
	} >file
	kctl restore --test file
	exits 0
}

@test "an endless file is refused at the first line that is wrong, in little memory" {
	local line text endless
	while read -r line text endless; do
		run --separate-stderr bash -c "ulimit -v 80000; { printf '%%kctl-channels 1\nchannel 1\n'; $endless; } |
			timeout 60 \$KCTL proto restore --test"
		exits 1
		[[ $stderr == *'standard input:'$line": ${text//_/ }"* ]] || {
			echo "$stderr"
			return 1
		}
	done <<-'EOF'
	3 NUL_byte cat /dev/zero
	3 the_line_has_more_than_4195328_bytes { printf 'message "'; tr '\0' x </dev/zero; }
	3 channel_1_is_already_in_line_2 yes channel 1
	[0-9]* comments_and_empty_lines_have_more_than_16777216_bytes yes '# comment'
	[0-9]* there_is_no_space_for_more_than_2147483647_bytes { m=$(printf 'message "%0100000d"' 1); yes "$m"; }
	EOF
}

@test "without --test a bad file is reported before a missing module" {
	head -n 5 good >bad
	kctl proto restore bad
	exits 1
	[[ $stderr == *'bad:5: the file is truncated'* ]]
	kctl restore bad
	exits 1
	[ ! -e /sys/module/kctl ] || skip 'the module is loaded here'
	for command in 'proto restore' restore; do
		# shellcheck disable=SC2086
		kctl $command good
		exits 3
	done
	for command in 'proto save' save; do
		# shellcheck disable=SC2086
		kctl $command --messages file
		exits 3
	done
	[ ! -e file ]
}
