/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channels of a network namespace: table, counters and limits.
 */
#ifndef _KCTL_CHANNELS_H
#define _KCTL_CHANNELS_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct kctl_event_ops;

/**
 * struct kctl_events - events of a network namespace that are to be sent
 * @ops: how they are sent
 * @lock: protects the members that follow, except @work; nests inside the lock of a
 *	channel
 * @queue: struct kctl_event that are to be sent
 * @count: length of @queue
 * @seq: number of the last event, noted or lost
 * @sent: number of the last event that was sent or lost
 * @work: sends them
 */
struct kctl_events {
	const struct kctl_event_ops *ops;
	spinlock_t		lock;	/* protects the members below, see above */
	struct list_head	queue;
	u32			count;
	u64			seq;
	u64			sent;
	struct work_struct	work;
};

/**
 * struct kctl_channels - the channels of one network namespace
 * @table: struct kctl_channel by number; looked up under RCU
 * @count: number of channels
 * @memory: bytes of all messages, bookkeeping included
 * @notifying: number of work items of channels that are queued or running
 * @copies: bytes of all copies for taps, each counted with the data of its message
 * @users: struct kctl_user by number; looked up under RCU
 * @letter_ids: last id given to a dead letter channel
 * @names_lock: protects @names
 * @names: struct kctl_channel_name of the channels that have one
 * @next_ephemeral: where the search for a free number starts
 * @max_channels: limit of @count (sysctl)
 * @max_messages: limit of the messages in one channel (sysctl)
 * @max_bytes: limit of the bytes in one channel (sysctl)
 * @max_memory: limit of @memory (sysctl), and twice the limit of @copies
 * @unprivileged: 1: creating sockets and channels requires no capability; otherwise 0
 *	(sysctl)
 * @events: events for the listeners
 */
struct kctl_channels {
	struct xarray	table;
	atomic_long_t	count;
	atomic_long_t	memory;
	atomic_t	notifying;
	atomic_long_t	copies;
	struct xarray	users;
	atomic64_t	letter_ids;
	spinlock_t	names_lock;	/* protects @names */
	struct rb_root	names;
	u32		next_ephemeral;
	unsigned int	max_channels;
	unsigned int	max_messages;
	unsigned int	max_bytes;
	unsigned long	max_memory;
	int		unprivileged;
	struct kctl_events events;
};

/**
 * kctl_counter_add() - add to a counter that has a limit
 * @counter: the counter
 * @amount: the amount to add
 * @limit: the largest value that the counter may have afterwards
 *
 * The counter never exceeds the limit, not even for a moment: adding first and
 * subtracting on failure would make concurrent callers fail.
 *
 * Return: whether the amount was added.
 */
static inline bool kctl_counter_add(atomic_long_t *counter, long amount,
				    unsigned long limit)
{
	long old = atomic_long_read(counter);

	do {
		if (old + amount > limit)
			return false;
	} while (!atomic_long_try_cmpxchg(counter, &old, old + amount));
	return true;
}

#endif /* _KCTL_CHANNELS_H */
