// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compile-time checks of the layout that <linux/kctl.h> promises. The module checks
 * the same numbers. At the end, those of the structures that a program passes with their
 * size.
 */
#include <stddef.h>

#include "libkctl.h"

#define ASSERT_SIZE(type, size) \
	_Static_assert(sizeof(type) == (size), "size of " #type)
#define ASSERT_OFFSET(type, member, offset) \
	_Static_assert(offsetof(type, member) == (offset), #type "." #member)

ASSERT_SIZE(struct kctl_entry, 88);
ASSERT_OFFSET(struct kctl_entry, name, 0);
ASSERT_OFFSET(struct kctl_entry, generation, 64);
ASSERT_OFFSET(struct kctl_entry, changed, 72);
ASSERT_OFFSET(struct kctl_entry, flags, 80);
ASSERT_OFFSET(struct kctl_entry, size, 84);
ASSERT_OFFSET(struct kctl_entry, value, 88);

ASSERT_SIZE(struct kctl_table, 16);
ASSERT_OFFSET(struct kctl_table, generation, 0);
ASSERT_OFFSET(struct kctl_table, entries, 8);
ASSERT_OFFSET(struct kctl_table, reserved, 12);
_Static_assert(KCTL_TABLE_STRIDE(0) == 88, "an entry without a value");
_Static_assert(KCTL_TABLE_STRIDE(1) == 96, "values end on a multiple of 8");

ASSERT_SIZE(struct kctl_info, 40);
ASSERT_OFFSET(struct kctl_info, generation, 0);
ASSERT_OFFSET(struct kctl_info, bytes, 8);
ASSERT_OFFSET(struct kctl_info, max_bytes, 16);
ASSERT_OFFSET(struct kctl_info, entries, 24);
ASSERT_OFFSET(struct kctl_info, max_entries, 28);
ASSERT_OFFSET(struct kctl_info, abi_version, 32);
ASSERT_OFFSET(struct kctl_info, reserved, 36);

ASSERT_SIZE(struct kctl_record, 32);
ASSERT_OFFSET(struct kctl_record, seq, 0);
ASSERT_OFFSET(struct kctl_record, time, 8);
ASSERT_OFFSET(struct kctl_record, ifindex, 16);
ASSERT_OFFSET(struct kctl_record, length, 20);
ASSERT_OFFSET(struct kctl_record, captured, 24);
ASSERT_OFFSET(struct kctl_record, direction, 28);
ASSERT_OFFSET(struct kctl_record, family, 29);
ASSERT_OFFSET(struct kctl_record, reserved, 30);
ASSERT_OFFSET(struct kctl_record, packet, 32);

ASSERT_SIZE(struct kctl_pid, 8);
ASSERT_OFFSET(struct kctl_pid, pid, 0);
ASSERT_OFFSET(struct kctl_pid, ns, 4);

ASSERT_SIZE(struct sockaddr_kctl, 8);
ASSERT_OFFSET(struct sockaddr_kctl, skc_family, 0);
ASSERT_OFFSET(struct sockaddr_kctl, skc_zero, 2);
ASSERT_OFFSET(struct sockaddr_kctl, skc_channel, 4);

/*
 * Bytes after the last member would be the next member of a later version, and have no
 * value in a program of this one.
 */
#define ASSERT_END(type, last)                                             \
	_Static_assert(offsetof(type, last) + sizeof(((type *)0)->last) == \
			       sizeof(type),                               \
		       "padding after " #type "." #last)

ASSERT_END(struct kctl_channel_settings, reserved2);
ASSERT_END(struct kctl_info, reserved);
ASSERT_END(struct kctl_received, held);
ASSERT_END(struct kctl_watch_filter, coalesce);
ASSERT_END(struct kctl_watch_totals, lost);
