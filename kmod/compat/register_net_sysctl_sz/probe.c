// SPDX-License-Identifier: GPL-2.0-only
/* New in 6.6: the length of a sysctl table is passed, not marked by an empty row. */
#include <net/net_namespace.h>

struct ctl_table_header *kctl_probe(struct net *net, struct ctl_table *table);
struct ctl_table_header *kctl_probe(struct net *net, struct ctl_table *table)
{
	return register_net_sysctl_sz(net, "net/probe", table, 1);
}
