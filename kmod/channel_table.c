// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of channels: how they are found, and how long they live.
 *
 * A channel lives while it has users or messages; kctl_channel_unlock() looks.
 */
#include <linux/kctl.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "channel.h"

#define KCTL_CHANNELS_MAX		4096
#define KCTL_CHANNEL_MAX_MESSAGES	1024
#define KCTL_CHANNEL_MAX_BYTES		SZ_1M
#define KCTL_PROTO_MAX_BYTES		SZ_64M

/**
 * kctl_channel_lock() - lock a channel
 * @channel: the channel
 *
 * Sparse is told nothing of this lock: some functions return their channel locked
 * or not at all, which is more than it can follow. Lockdep watches.
 */
void kctl_channel_lock(struct kctl_channel *channel)
{
	spin_lock(&channel->lock);
	__release(&channel->lock);
}

/**
 * kctl_channel_unlock() - unlock a channel; ends it if nobody needs it any more
 * @channel: the channel
 */
void kctl_channel_unlock(struct kctl_channel *channel)
{
	bool unused = !channel->dead && !channel->users && !channel->count;

	if (unused) {
		channel->dead = true;
		xa_erase(&channel->channels->table, channel->number);
		atomic_long_dec(&channel->channels->count);
	}
	__acquire(&channel->lock);
	spin_unlock(&channel->lock);

	if (unused)
		kfree_rcu(channel, rcu);
}

/**
 * kctl_channel_find() - find a channel
 * @channels: the channels of the network namespace
 * @number: number of the channel
 *
 * Return: the channel, locked; NULL if there is none.
 */
struct kctl_channel *kctl_channel_find(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel;

	rcu_read_lock();
	while ((channel = xa_load(&channels->table, number))) {
		kctl_channel_lock(channel);
		if (!channel->dead)
			break;
		kctl_channel_unlock(channel);
	}
	rcu_read_unlock();
	return channel;
}

static struct kctl_channel *kctl_channel_alloc(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL_ACCOUNT);

	if (!channel)
		return NULL;

	spin_lock_init(&channel->lock);
	INIT_LIST_HEAD(&channel->messages);
	INIT_LIST_HEAD(&channel->waiting_receivers);
	INIT_LIST_HEAD(&channel->waiting_senders);
	INIT_LIST_HEAD(&channel->receivers);
	INIT_LIST_HEAD(&channel->senders);
	channel->number = number;
	channel->channels = channels;
	return channel;
}

/*
 * Numbers that the kernel gives away mean nothing to anybody once their socket is
 * closed: what still waited there would hold memory for ever.
 */
static bool kctl_channel_is_ephemeral(u32 number)
{
	return number >= KCTL_CHANNEL_EPHEMERAL;
}

/* Number 0 stands for any that is free; there -EBUSY would mean that none is. */
static int kctl_channel_insert(struct kctl_channels *channels,
			       struct kctl_channel *channel)
{
	const struct xa_limit limit = XA_LIMIT(KCTL_CHANNEL_EPHEMERAL, U32_MAX);
	int ret;

	if (channel->number)
		return xa_insert(&channels->table, channel->number, channel, GFP_KERNEL);

	ret = xa_alloc_cyclic(&channels->table, &channel->number, channel, limit,
			      &channels->next_ephemeral, GFP_KERNEL);
	if (ret == -EBUSY)
		return -ENOSPC;
	return min(ret, 0);
}

/* Returns it locked. ERR_PTR(-EBUSY): somebody else was faster. */
static struct kctl_channel *kctl_channel_create(struct kctl_channels *channels,
						u32 number)
{
	struct kctl_channel *channel;
	int err;

	if (!kctl_counter_add(&channels->count, 1, READ_ONCE(channels->max_channels)))
		return ERR_PTR(-ENOSPC);

	err = -ENOMEM;
	channel = kctl_channel_alloc(channels, number);
	if (!channel)
		goto uncount;

	/* In the table, but not yet locked: the user keeps it alive in between. */
	channel->users = 1;
	err = kctl_channel_insert(channels, channel);
	if (err)
		goto free_channel;

	kctl_channel_lock(channel);
	channel->users--;
	return channel;

free_channel:
	kfree(channel);
uncount:
	atomic_long_dec(&channels->count);
	return ERR_PTR(err);
}

/* Returns it locked, and makes it if need be. */
static struct kctl_channel *kctl_channel_get(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel;

	do {
		channel = kctl_channel_find(channels, number) ?:
			  kctl_channel_create(channels, number);
	} while (channel == ERR_PTR(-EBUSY));
	return channel;
}

/**
 * kctl_channel_get_to_send() - find a channel to send to, or create it
 * @channels: the channels of the network namespace
 * @number: number of the channel
 *
 * Context: process, may sleep.
 *
 * Return: the channel, locked; ERR_PTR(-ECONNREFUSED) if it is an ephemeral one that
 * nobody is bound to; ERR_PTR(-ENOSPC) if there are too many; ERR_PTR(-ENOMEM).
 */
struct kctl_channel *kctl_channel_get_to_send(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel;

	if (!kctl_channel_is_ephemeral(number))
		return kctl_channel_get(channels, number);

	channel = kctl_channel_find(channels, number);
	if (channel && !channel->receiver_count) {
		kctl_channel_unlock(channel);
		channel = NULL;
	}
	return channel ?: ERR_PTR(-ECONNREFUSED);
}

/* They are told of messages and of room one by one, under the lock. */
static bool kctl_channel_is_crowded(const struct kctl_channel *channel)
{
	return channel->receiver_count + channel->sender_count >=
	       KCTL_CHANNEL_SOCKETS_MAX;
}

static void kctl_channel_add_endpoint(struct kctl_channel *channel,
				      struct list_head *list,
				      struct kctl_endpoint *endpoint)
{
	channel->users++;
	list_add_tail(&endpoint->node, list);
	/* Pairs with smp_load_acquire() of those who look without the lock. */
	smp_store_release(&endpoint->channel, channel);
}

static void kctl_channel_del_endpoint(struct kctl_channel *channel,
				      struct kctl_endpoint *endpoint)
{
	list_del(&endpoint->node);
	endpoint->channel = NULL;
	channel->users--;
}

/**
 * kctl_channel_bind() - make a socket a receiver of a channel
 * @channels: the channels of its network namespace
 * @number: the channel, or 0 for one that nobody uses
 * @receiver: the socket's part, in no list yet
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENOSPC if there are too many channels, or sockets on this one; -ENOMEM.
 */
int kctl_channel_bind(struct kctl_channels *channels, u32 number,
		      struct kctl_endpoint *receiver)
{
	struct kctl_channel *channel;

	channel = number ? kctl_channel_get(channels, number) :
			   kctl_channel_create(channels, 0);
	if (IS_ERR(channel))
		return PTR_ERR(channel);

	if (kctl_channel_is_crowded(channel)) {
		kctl_channel_unlock(channel);
		return -ENOSPC;
	}
	kctl_channel_add_endpoint(channel, &channel->receivers, receiver);
	channel->receiver_count++;
	if (channel->count)
		receiver->sk->sk_data_ready(receiver->sk);
	kctl_channel_unlock(channel);
	return 0;
}

/**
 * kctl_channel_unbind() - undo kctl_channel_bind()
 * @receiver: the socket's part, bound or not; nobody receives with it any more
 */
void kctl_channel_unbind(struct kctl_endpoint *receiver)
{
	struct kctl_channel *channel = receiver->channel;

	if (!channel)
		return;

	kctl_channel_lock(channel);
	kctl_channel_del_endpoint(channel, receiver);
	channel->receiver_count--;
	if (!channel->receiver_count && kctl_channel_is_ephemeral(channel->number))
		kctl_channel_abandon(channel);
	kctl_channel_unlock(channel);
}

/**
 * kctl_channel_connect() - make a socket a sender to a channel
 * @channels: the channels of its network namespace
 * @number: the channel
 * @sender: the socket's part; leaves the channel it was connected to. The caller
 *	sees to it that nobody else connects it meanwhile
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENOSPC if there are too many channels, or sockets on this one;
 * -ECONNREFUSED if it is an ephemeral one that nobody is bound to; -ENOMEM. After an
 * error the socket is connected as it was.
 */
int kctl_channel_connect(struct kctl_channels *channels, u32 number,
			 struct kctl_endpoint *sender)
{
	struct kctl_channel *channel = kctl_channel_get_to_send(channels, number);

	if (IS_ERR(channel))
		return PTR_ERR(channel);
	if (kctl_channel_is_crowded(channel)) {
		kctl_channel_unlock(channel);
		return -ENOSPC;
	}
	channel->users++;
	channel->sender_count++;
	kctl_channel_unlock(channel);

	kctl_channel_disconnect(sender);

	kctl_channel_lock(channel);
	channel->users--;
	kctl_channel_add_endpoint(channel, &channel->senders, sender);
	kctl_channel_unlock(channel);
	return 0;
}

/**
 * kctl_channel_disconnect() - undo kctl_channel_connect()
 * @sender: the socket's part, connected or not
 */
void kctl_channel_disconnect(struct kctl_endpoint *sender)
{
	struct kctl_channel *channel = sender->channel;

	if (!channel)
		return;

	kctl_channel_lock(channel);
	kctl_channel_del_endpoint(channel, sender);
	channel->sender_count--;
	kctl_channel_unlock(channel);
}

/**
 * kctl_channels_next() - find the next channel
 * @channels: the channels of a network namespace
 * @from: the least number that it may have
 * @info: filled in
 *
 * Return: whether there was one.
 */
bool kctl_channels_next(struct kctl_channels *channels, u64 from,
			struct kctl_channel_info *info)
{
	struct kctl_channel *channel = NULL;
	unsigned long number = from;

	if (from > U32_MAX)
		return false;
	while (!channel) {
		if (!xa_find(&channels->table, &number, U32_MAX, XA_PRESENT))
			return false;
		channel = kctl_channel_find(channels, number);
	}

	*info = (struct kctl_channel_info) {
		.number		= channel->number,
		.messages	= channel->count,
		.receivers	= channel->receiver_count,
		.bytes		= channel->bytes,
	};
	kctl_channel_unlock(channel);
	return true;
}

/**
 * kctl_channels_init() - begin with no channels
 * @channels: the channels of a network namespace
 */
void kctl_channels_init(struct kctl_channels *channels)
{
	xa_init_flags(&channels->table, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	channels->max_channels = KCTL_CHANNELS_MAX;
	channels->max_messages = KCTL_CHANNEL_MAX_MESSAGES;
	channels->max_bytes = KCTL_CHANNEL_MAX_BYTES;
	channels->max_memory = KCTL_PROTO_MAX_BYTES;
}

/**
 * kctl_channels_exit() - free all channels and what waits in them
 * @channels: the channels of a network namespace that has no socket any more
 */
void kctl_channels_exit(struct kctl_channels *channels)
{
	struct kctl_message *message, *next;
	struct kctl_channel *channel;
	unsigned long number;

	xa_for_each(&channels->table, number, channel) {
		WARN_ON(channel->users);
		list_for_each_entry_safe(message, next, &channel->messages, node)
			kctl_message_put(channels, message);
		kfree(channel);
	}
	xa_destroy(&channels->table);
}
