/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watch: reports ICMP packets to the watchers of a network namespace.
 *
 * genl.c is the interface: it receives requests and sends records. It looks up the
 * state of the namespace and passes a struct kctl_watch to the component behind it:
 * watch.c (the watchers and the netfilter hooks), watcher.c (one watcher), pass.c,
 * filter.c, record.c and icmp.c. They know neither struct kctl_net nor generic netlink,
 * and send records through the function that was passed to kctl_watch_init(). Only
 * genl.c and net.c call them.
 */
#ifndef _KCTL_WATCH_H
#define _KCTL_WATCH_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/xarray.h>

#include "icmp.h"
#include "watcher.h"

struct kctl_watch;
struct net;
struct sock;

/**
 * struct kctl_watch_hook - one netfilter hook of a network namespace
 * @ops: the hook, registered while it has users
 * @watch: the watch that it reports to
 * @number: which of the hooks it is
 * @users: active watchers that need it
 */
struct kctl_watch_hook {
	struct nf_hook_ops	ops;
	struct kctl_watch	*watch;
	enum kctl_icmp_hook	number;
	unsigned int		users;
};

/**
 * struct kctl_watch - the watchers of one network namespace
 * @lock: serializes changes of all members from @watchers to @hooks
 * @watchers: active watchers by rising id; read under RCU
 * @sockets: all watchers by the port of their socket, stopped ones included: their
 *	counters remain until the socket is closed
 * @active: length of @watchers
 * @count: number of watchers in @sockets
 * @rcvbufs: sum of their receive buffers, in bytes
 * @last_id: id of the latest watcher
 * @hooks: the netfilter hooks
 * @net: the network namespace, for the hooks
 * @send: sends a batch of records to a watcher
 * @max_watchers: limit of @count (sysctl)
 * @max_rcvbufs: limit of @rcvbufs (sysctl)
 */
struct kctl_watch {
	struct mutex		lock;	/* changes, see above */
	struct list_head	watchers;
	struct xarray		sockets;
	unsigned int		active;
	unsigned int		count;
	unsigned long		rcvbufs;
	u64			last_id;
	struct kctl_watch_hook	hooks[KCTL_ICMP_HOOKS];
	struct net		*net;
	kctl_watcher_send_fn	*send;
	unsigned int		max_watchers;
	unsigned long		max_rcvbufs;
};

int kctl_watch_start(struct kctl_watch *watch, struct sock *sk, u32 portid,
		     const struct kctl_filter *filter);
int kctl_watch_stop(struct kctl_watch *watch, const struct sock *sk, u32 portid,
		    struct kctl_watch_counters *counters);
void kctl_watch_forget(struct kctl_watch *watch, u32 portid);
bool kctl_watch_next(struct kctl_watch *watch, u64 after, struct kctl_watcher_info *info);
unsigned int kctl_watch_hooks(const struct kctl_watch *watch);

void kctl_watch_init(struct kctl_watch *watch, struct net *net, kctl_watcher_send_fn *send);
void kctl_watch_exit(struct kctl_watch *watch);

#endif /* _KCTL_WATCH_H */
