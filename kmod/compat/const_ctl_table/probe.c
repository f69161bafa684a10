// SPDX-License-Identifier: GPL-2.0-only
/* Since 6.11 the handler of a sysctl gets a constant table. */
#include <linux/sysctl.h>

static int kctl_probe_handler(const struct ctl_table *table, int write, void *buffer,
			      size_t *size, loff_t *position)
{
	return 0;
}

const struct ctl_table kctl_probe = { .proc_handler = kctl_probe_handler };
