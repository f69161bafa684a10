#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Callers that make the store hold memory beyond its limits, or that delay others.

load lib/common

@test "a listener that does not read delays no change" {
	cases attacks_store slow_listener
}

@test "entries are found while others come and go, which leave nothing behind" {
	cases attacks_store growing_table deleted_entries
}

@test "a table that announces more entries than it has takes no memory" {
	cases attacks_store announced_entries
}

@test "a table whose memory never arrives delays only other tables, until a signal" {
	cases attacks_store stalled_replace
}

@test "tables that are being read hold no more than the limits of the store" {
	cases attacks_store stalled_tables waiting_readers
}

@test "entries that are being read hold nothing of the store" {
	cases attacks_store stalled_entries
}
