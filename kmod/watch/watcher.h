/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A watcher: its counters, and the records that are gathered for it.
 */
#ifndef _KCTL_WATCHER_H
#define _KCTL_WATCHER_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "filter.h"
#include "record.h"

struct sk_buff;
struct sock;

/**
 * typedef kctl_watcher_send_fn - sends a batch of records to a watcher
 * @sk: netlink socket of the watcher
 * @skb: the batch, see struct kctl_batch; always consumed
 *
 * Context: any but hard interrupt, with the watcher's lock held.
 *
 * Return: 0, or an error, which means that the records are lost.
 */
typedef int kctl_watcher_send_fn(struct sock *sk, struct sk_buff *skb);

/**
 * struct kctl_watch_counters - counters of the packets that a watcher asked for
 * @matched: packets that passed the filter
 * @delivered: matched packets whose record is in the receive buffer or was read
 * @lost: matched packets whose record could not be delivered
 */
struct kctl_watch_counters {
	u64	matched;
	u64	delivered;
	u64	lost;
};

/**
 * struct kctl_watcher_info - what GET_WATCHERS reports about a watcher
 * @id: identifier, which rises from watcher to watcher
 * @portid: port of its netlink socket
 * @filter: its filter
 * @counters: its counters
 */
struct kctl_watcher_info {
	u64				id;
	u32				portid;
	struct kctl_filter		filter;
	struct kctl_watch_counters	counters;
};

/**
 * struct kctl_watcher - a netlink socket that asked for packets
 * @node: in kctl_watch.watchers until it is stopped
 * @rcu: frees the watcher after the last hook that saw it
 * @same_port: the next watcher in kctl_watch.sockets; while a socket is being closed,
 *	another one can have its port already
 * @sk: its netlink socket, which is freed under RCU after the watcher has left the
 *	list
 * @portid: port of @sk
 * @id: identifier, which rises from watcher to watcher
 * @filter: its filter, constant
 * @send: sends a batch
 * @rcvbuf: bytes of records that may wait in the receive buffer of @sk
 * @lock: protects all members below. Held while a record gets its number and until
 *	its batch is sent, so that records arrive in order. Taken in hooks and in
 *	@timer
 * @stopped: no more records are sent to it; the counters remain
 * @gathering: a batch was sent recently; records are gathered until @timer expires
 * @batch: the gathered records
 * @counters: its counters
 * @timer: ends the period of gathering
 */
struct kctl_watcher {
	struct list_head		node;
	struct rcu_head			rcu;
	struct kctl_watcher		*same_port;
	struct sock			*sk;
	u32				portid;
	u64				id;
	struct kctl_filter		filter;
	kctl_watcher_send_fn		*send;
	unsigned int			rcvbuf;
	spinlock_t			lock;	/* order and counters, see above */
	bool				stopped;
	bool				gathering;
	struct kctl_batch		batch;
	struct kctl_watch_counters	counters;
	struct hrtimer			timer;
};

struct kctl_watcher *kctl_watcher_alloc(struct sock *sk, u32 portid,
					const struct kctl_filter *filter,
					kctl_watcher_send_fn *send);
void kctl_watcher_free(struct kctl_watcher *watcher);
void kctl_watcher_report(struct kctl_watcher *watcher, const struct kctl_packet *packet);
void kctl_watcher_stop(struct kctl_watcher *watcher);
void kctl_watcher_get_info(struct kctl_watcher *watcher, struct kctl_watcher_info *info);

#endif /* _KCTL_WATCHER_H */
