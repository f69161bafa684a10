#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The family as kctl.yaml describes it.

load lib/common

@test "the kernel's own generic client drives the family with kctl.yaml" {
	local source
	source=$("$BATS_TEST_DIRNAME/../kernel" source)
	python3 "$BATS_TEST_DIRNAME/lib/ynl_client.py" "$source"
}
