/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One watcher: its counters, and the records that are gathered for it.
 */
#ifndef _KCTL_WATCHER_H
#define _KCTL_WATCHER_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "../genl.h"
#include "watch.h"

/**
 * struct kctl_watcher - somebody who asked for packets
 * @node: in kctl_watch.watchers
 * @rcu: frees it after the last hook that saw it
 * @sk: its netlink socket, which is freed under RCU after it has left the list
 * @portid: port of @sk
 * @id: rises from watcher to watcher
 * @filter: which packets it wants, constant
 * @lock: gives records their number and sends them in that order; protects all
 *	that follows. Taken in hooks and in @timer
 * @stopped: gets no more records; the counters remain
 * @gathering: something was sent a moment ago, and until @timer expires records are
 *	gathered
 * @batch: those records
 * @counters: see there
 * @timer: ends a time of gathering
 */
struct kctl_watcher {
	struct list_head		node;
	struct rcu_head			rcu;
	struct sock			*sk;
	u32				portid;
	u64				id;
	struct kctl_filter		filter;
	spinlock_t			lock;	/* order and counters, see above */
	bool				stopped;
	bool				gathering;
	struct kctl_batch		batch;
	struct kctl_watch_counters	counters;
	struct hrtimer			timer;
};

struct kctl_watcher *kctl_watcher_alloc(struct sock *sk, u32 portid,
					const struct kctl_filter *filter);
void kctl_watcher_report(struct kctl_watcher *watcher, const struct kctl_packet *packet);
void kctl_watcher_stop(struct kctl_watcher *watcher);
void kctl_watcher_get_info(struct kctl_watcher *watcher, struct kctl_watcher_info *info);

#endif /* _KCTL_WATCHER_H */
