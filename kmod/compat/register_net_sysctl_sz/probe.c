// SPDX-License-Identifier: GPL-2.0-only
/* Since 6.6 the caller passes the size of a sysctl table; an empty row no longer ends it. */
#include <net/net_namespace.h>

struct ctl_table_header *kctl_probe(struct net *net, struct ctl_table *table);
struct ctl_table_header *kctl_probe(struct net *net, struct ctl_table *table)
{
	return register_net_sysctl_sz(net, "net/probe", table, 1);
}
