/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a network namespace. Interface files look it up for their callers and
 * pass a component its part; components do not know it.
 */
#ifndef _KCTL_NET_H
#define _KCTL_NET_H

#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "channel/channel.h"
#include "store/store.h"
#include "watch/watch.h"

/**
 * struct kctl_net - the state of kctl in one network namespace
 * @net: the namespace
 * @store: the store, behind the socket options
 * @watch: the watch, behind the netlink family
 * @channels: the channels, behind the protocol family
 * @sysctl_table: net.kctl.* of the namespace
 * @sysctl_header: registration of @sysctl_table
 */
struct kctl_net {
	struct net		*net;
	struct kctl_store	store;
	struct kctl_watch	watch;
	struct kctl_channels	channels;
	struct ctl_table	*sysctl_table;
	struct ctl_table_header	*sysctl_header;
};

struct kctl_net *kctl_pernet(const struct net *net);

int kctl_net_init(void);
void kctl_net_exit(void);

#endif /* _KCTL_NET_H */
