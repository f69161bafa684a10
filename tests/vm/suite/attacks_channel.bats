#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Callers that starve pollers of a channel, or that make others wait for its lock.

load lib/common

@test "a large message that was refused starves no poller" {
	cases attacks_channel refused_large_message
}

@test "blocked senders that are admitted at once wake an exclusive waiter each" {
	cases attacks_channel exclusive_waiters
}

@test "a send does not wait for a crowd of pollers, and each is notified" {
	cases attacks_channel crowded_receivers crowded_senders
}

@test "a receive that makes room for many blocked senders admits them all" {
	cases attacks_channel many_blocked_senders
}

@test "a raised limit lets those go on that wait for it" {
	cases attacks_channel raised_limits
}

@test "SIOCOUTQ of 2 GiB is not negative" {
	[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 2621440 ] ||
		skip "needs 2.5 GiB of memory: KCTL_VM_MEM=4G"
	cases attacks_channel outq_of_2_gib
}

@test "nobody waits for a channel while its messages are freed" {
	cases attacks_channel freeing_messages
}

@test "holders: nobody waits for a channel while one that is closed gives back" {
	cases attacks_channel closing_holders
}

@test "a blocked sender does not fill a deleted channel again" {
	cases attacks_channel delete_with_blocked_senders
}

@test "events of others are sent in time, whatever users make of theirs" {
	cases attacks_event flood_elsewhere
}
