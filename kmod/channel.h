/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels: bounded queues of messages.
 */
#ifndef _KCTL_CHANNEL_H
#define _KCTL_CHANNEL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

struct sock;

/**
 * struct kctl_channels - the channels of one network namespace
 * @table: struct kctl_channel by number; looked up under RCU
 * @count: how many there are
 * @memory: bytes of all messages, bookkeeping included
 * @next_ephemeral: where to begin to look for a free number
 * @max_channels: limit of @count (sysctl)
 * @max_messages: limit of the messages in one channel (sysctl)
 * @max_bytes: limit of the bytes in one channel (sysctl)
 * @max_memory: limit of @memory (sysctl)
 */
struct kctl_channels {
	struct xarray	table;
	atomic_long_t	count;
	atomic_long_t	memory;
	u32		next_ephemeral;
	unsigned int	max_channels;
	unsigned int	max_messages;
	unsigned int	max_bytes;
	unsigned long	max_memory;
};

/**
 * struct kctl_channel - a queue of messages
 * @lock: protects all that follows, apart from @number and @channels
 * @count: messages in the queue; poll reads it without the lock
 * @bytes: sum of their sizes
 * @users: sockets bound or connected to it, and callers that sleep on it
 * @dead: has left the table and is about to be freed
 * @full_seen: somebody was told that it is full, and is to be told when it is not
 * @refused: bytes of the largest message that was refused since; when there is
 *	room for that the channel is full no more
 * @messages: the queue
 * @waiting_receivers: struct kctl_waiter, first come, first served; the queue is
 *	empty while there are any
 * @waiting_senders: struct kctl_waiter, first come, first served; there is no room
 *	for the message of the first while there are any
 * @receivers: struct kctl_endpoint of the sockets bound to it
 * @senders: struct kctl_endpoint of the sockets connected to it
 * @receiver_count: length of @receivers
 * @sender_count: length of @senders
 * @number: its name
 * @channels: where it belongs
 * @rcu: frees it after its last look-up
 *
 * Lock order: @lock, then the lock of the table or of a socket's wait queue. No
 * caller holds two channels.
 */
struct kctl_channel {
	spinlock_t		lock;	/* all below, see above */
	u32			count;
	u64			bytes;
	u32			users;
	bool			dead;
	bool			full_seen;
	u32			refused;
	struct list_head	messages;
	struct list_head	waiting_receivers;
	struct list_head	waiting_senders;
	struct list_head	receivers;
	struct list_head	senders;
	u32			receiver_count;
	u32			sender_count;
	u32			number;
	struct kctl_channels	*channels;
	struct rcu_head		rcu;
};

/**
 * struct kctl_endpoint - a socket in a list of a channel
 * @node: in kctl_channel.receivers or kctl_channel.senders
 * @sk: the socket, told when it can receive or send again
 * @channel: the channel, NULL if there is none; constant while @node is in use
 */
struct kctl_endpoint {
	struct list_head	node;
	struct sock		*sk;
	struct kctl_channel	*channel;
};

/**
 * struct kctl_message - a message
 * @node: in kctl_channel.messages
 * @refs: one of whoever is to consume it, one of each that peeks at it
 * @size: bytes of @data
 * @from: channel its sender was bound to, or 0
 * @data: what was sent
 */
struct kctl_message {
	struct list_head	node;
	refcount_t		refs;
	u32			size;
	u32			from;
	u8			data[];
};

/**
 * struct kctl_channel_info - what GET_CHANNELS tells of a channel
 * @number: its name
 * @messages: messages in the queue
 * @receivers: sockets bound to it
 * @bytes: sum of the message sizes
 */
struct kctl_channel_info {
	u32	number;
	u32	messages;
	u32	receivers;
	u64	bytes;
};

/* Adds nothing that would have to be taken back: that would fail others meanwhile. */
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

/* message.c */
struct kctl_message *kctl_message_alloc(struct kctl_channels *channels, size_t size);
void kctl_message_put(struct kctl_channels *channels, struct kctl_message *message);

/* channel_table.c */
void kctl_channel_lock(struct kctl_channel *channel);
void kctl_channel_unlock(struct kctl_channel *channel);
struct kctl_channel *kctl_channel_find(struct kctl_channels *channels, u32 number);
struct kctl_channel *kctl_channel_get_to_send(struct kctl_channels *channels,
					      u32 number);

int kctl_channel_bind(struct kctl_channels *channels, u32 number,
		      struct kctl_endpoint *receiver);
void kctl_channel_unbind(struct kctl_endpoint *receiver);
int kctl_channel_connect(struct kctl_channels *channels, u32 number,
			 struct kctl_endpoint *sender);
void kctl_channel_disconnect(struct kctl_endpoint *sender);

bool kctl_channels_next(struct kctl_channels *channels, u64 from,
			struct kctl_channel_info *info);

void kctl_channels_init(struct kctl_channels *channels);
void kctl_channels_exit(struct kctl_channels *channels);

/* channel.c */
void kctl_channel_abandon(struct kctl_channel *channel);
int kctl_channel_send(struct kctl_channels *channels, u32 number,
		      struct kctl_message *message, struct sock *sk, long timeout);
struct kctl_message *kctl_channel_receive(struct kctl_channel *channel, struct sock *sk,
					  bool peek, long timeout);
void kctl_channel_unreceive(struct kctl_channel *channel, struct kctl_message *message);
bool kctl_channel_is_readable(const struct kctl_channel *channel);
bool kctl_channel_is_writable(struct kctl_channels *channels, u32 number);

#endif /* _KCTL_CHANNEL_H */
