/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per network namespace state of kctl.
 */
#ifndef _KCTL_NET_H
#define _KCTL_NET_H

#include <linux/sysctl.h>
#include <net/net_namespace.h>

#include "channel/channel.h"
#include "store/store.h"
#include "watch/watch.h"

/**
 * struct kctl_net - what kctl holds for one network namespace
 * @net: the namespace
 * @store: behind door 1
 * @watch: behind door 2
 * @channels: behind door 3
 * @sysctl_table: net.kctl.* of the namespace, pointing into this structure
 * @sysctl_header: its registration
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
