#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Channels: receivers that hold messages until they settle them.

load lib/common

@test "options, settles, and those that are refused" {
	cases hold options settled bad_settles retry_and_release
}

@test "what is given back is where it was" {
	cases hold any_order_back many deleted ephemeral
}

@test "control messages, cut messages, failed copies" {
	cases hold control_room cut failed_copies settled_during_the_copy
}

@test "a holder that is killed gives back; one that is shared does with the last" {
	cases hold killed killed_while_others_wait shared
}

@test "held messages count against every limit" {
	cases hold limits both_wait given_back_to_another byte_limit slots_count
}

@test "what is given back with a delay takes its place later" {
	cases hold_delay aside sooner_later wakes_all many dropped_and_again
}

@test "delayed messages count, keep their channel, and go with what drops it" {
	cases hold_delay full_of_delayed keeps_the_channel ephemeral namespace_ends
}

@test "a message whose hold time is over goes back, and to another" {
	cases hold_time options deadlines expiry extended many_expire stopped_worker clock_steps
	cases hold_time time_namespace
}

@test "the end of a hold time wakes those that wait, and races with every other end" {
	cases hold_time opens_the_window makes_room raced namespace_ends
}

@test "a message that always fails is in the dead letter channel after its last delivery" {
	cases dead always_fails releases_do_not_count verb batch full wakes taps_see_no_change
	cases dead without_holding deadline killed lower_limit
}

@test "dead letter channels: chosen, refused, deleted, charged, raced" {
	cases dead refused permission target_deleted source_deleted charged raced namespaces
}

@test "a channel delays what its receivers give back" {
	cases hold_retry retry_delay no_other_delay ends given_back_by_others settings
}

@test "the owner of a channel limits the hold time of its receivers" {
	cases hold_max deadlines applies_later hoarder
}

@test "messages that wait too long die, at their time, and move or are dropped" {
	cases ttl nobody_receives dead_letter held_meanwhile back_in_front makes_room changed
	cases ttl keeps_nothing closed charged
}

@test "no receiver gets a message after its time" {
	cases ttl not_received window window_opens_meanwhile faster_than_they_die
}

@test "a time to live ends with its channel and its namespace, whatever happens just then" {
	cases ttl raced namespace_ends
}

@test "a full window looks like an empty channel" {
	cases hold_window window_full larger_window larger_window_for_pollers
	cases hold_window waiting_for_a_message never_too_many beside_others
	cases hold_window window_full_for_io_uring
}
