/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KCTL_COMPAT_REGISTER_NET_SYSCTL_SZ_H
#define _KCTL_COMPAT_REGISTER_NET_SYSCTL_SZ_H

#include_next <net/net_namespace.h>

/* @size is unused, because an empty row ends the table. */
static inline struct ctl_table_header *
register_net_sysctl_sz(struct net *net, const char *path, struct ctl_table *table,
		       size_t size)
{
	return register_net_sysctl(net, path, table);
}

#endif /* _KCTL_COMPAT_REGISTER_NET_SYSCTL_SZ_H */
