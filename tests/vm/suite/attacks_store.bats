#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Callers that make the store hold memory beyond its limits, or that delay others.

load lib/common

@test "a listener that does not read delays no change" {
	cases attacks_store slow_listener
}
