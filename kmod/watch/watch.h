/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watch: who wants to know of which ICMP packets.
 */
#ifndef _KCTL_WATCH_H
#define _KCTL_WATCH_H

#include <linux/list.h>
#include <linux/mutex.h>

#include "filter.h"
#include "icmp.h"

struct net;
struct sock;

/**
 * struct kctl_watch - the watchers of one network namespace
 * @lock: serializes changes of all below but @max_watchers
 * @watchers: struct kctl_watcher, by rising id; read under RCU
 * @active: how many of them have not been stopped
 * @last_id: id of the latest
 * @hook_users: how many active watchers need each hook; it is registered while
 *	there are any
 * @max_watchers: limit of @active (sysctl)
 */
struct kctl_watch {
	struct mutex		lock;	/* changes, see above */
	struct list_head	watchers;
	unsigned int		active;
	u64			last_id;
	unsigned int		hook_users[KCTL_ICMP_HOOKS];
	unsigned int		max_watchers;
};

/**
 * struct kctl_watch_counters - what became of the packets a watcher asked for
 * @matched: let through by the filter
 * @delivered: of those, put into the receive buffer
 * @lost: of those, could not be delivered
 */
struct kctl_watch_counters {
	u64	matched;
	u64	delivered;
	u64	lost;
};

/**
 * struct kctl_watcher_info - what GET_WATCHERS tells of a watcher
 * @id: rises from watcher to watcher
 * @portid: port of its netlink socket
 * @filter: which packets it wants
 * @counters: what became of them so far
 */
struct kctl_watcher_info {
	u64				id;
	u32				portid;
	struct kctl_filter		filter;
	struct kctl_watch_counters	counters;
};

int kctl_watch_start(struct sock *sk, u32 portid, const struct kctl_filter *filter);
int kctl_watch_stop(const struct sock *sk, struct kctl_watch_counters *counters);
void kctl_watch_forget(struct net *net, u32 portid);
bool kctl_watch_next(struct net *net, u64 after, struct kctl_watcher_info *info);
void kctl_watch_report(struct net *net, const struct kctl_packet *packet);
unsigned int kctl_watch_hooks(const struct kctl_watch *watch);

void kctl_watch_init(struct kctl_watch *watch);
void kctl_watch_exit(struct kctl_watch *watch);

#endif /* _KCTL_WATCH_H */
