// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of channels: look-up and lifetime.
 *
 * A channel stays in the table while it is configured, or has users or messages;
 * kctl_channel_unlock_put() checks.
 */
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "event.h"
#include "../trace.h"

#define KCTL_CHANNELS_MAX		4096
#define KCTL_CHANNEL_MAX_MESSAGES	1024
#define KCTL_CHANNEL_MAX_BYTES		SZ_1M
#define KCTL_PROTO_MAX_BYTES		SZ_64M

/* Charge a channel to the namespace and to its creator, which may be NULL. */
static bool kctl_channel_count(struct kctl_channels *channels,
			       const struct kctl_caller *caller, struct kctl_user *creator)
{
	unsigned long limit = READ_ONCE(channels->max_channels);

	if (!creator)
		return kctl_counter_add(&channels->count, 1, limit);
	return kctl_caller_charge(caller, &(struct kctl_charge) {
		.amount		= 1,
		.own		= &creator->channels,
		.own_limit	= kctl_limit_of_user(limit),
		.all		= &channels->count,
		.limit		= limit,
	});
}

static void kctl_channel_uncount(struct kctl_channels *channels, struct kctl_user *creator)
{
	atomic_long_dec(&channels->count);
	if (!creator)
		return;
	atomic_long_dec(&creator->channels);
	kctl_user_put(channels, creator, sizeof(struct kctl_channel));
}

/**
 * kctl_channel_end() - remove a channel that nothing uses any more
 * @channel: the channel, locked; unlocked on return, and freed after a grace period. A
 *	look-up that waits for the lock then sees @dead
 */
void kctl_channel_end(struct kctl_channel *channel)
	__releases(&channel->lock)
{
	struct kctl_channels *channels = channel->channels;

	trace_channel_end(channel->number, channel);
	kctl_event_note(channel, KCTL_PROTO_ENDED);
	channel->dead = true;
	xa_erase(&channels->table, channel->number);
	kctl_channel_uncount(channels, channel->creator);
	spin_unlock(&channel->lock);
	kfree_rcu(channel, rcu);
}

/* Take a reference, unless the channel has left the table. */
static bool kctl_channel_tryget(struct kctl_channel *channel)
{
	bool alive;

	spin_lock(&channel->lock);
	alive = !channel->dead;
	if (alive)
		channel->users++;
	spin_unlock(&channel->lock);
	return alive;
}

/**
 * kctl_channel_find() - find a channel
 * @channels: the channels of the network namespace
 * @number: number of the channel
 *
 * Return: the channel, with a reference; or NULL.
 */
struct kctl_channel *kctl_channel_find(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel;

	rcu_read_lock();
	while ((channel = xa_load(&channels->table, number))) {
		if (kctl_channel_tryget(channel))
			break;
	}
	rcu_read_unlock();
	return channel;
}

static struct kctl_channel *kctl_channel_alloc(struct kctl_channels *channels, u32 number,
					       const struct kctl_caller *caller)
{
	struct kctl_channel *channel = kzalloc(sizeof(*channel), GFP_KERNEL_ACCOUNT);

	if (!channel)
		return NULL;

	spin_lock_init(&channel->lock);
	kctl_queue_init(&channel->queue);
	INIT_LIST_HEAD(&channel->waiting_senders);
	INIT_LIST_HEAD(&channel->receivers);
	INIT_LIST_HEAD(&channel->senders);
	INIT_LIST_HEAD(&channel->taps);
	channel->room_wanted = KCTL_ROOM_UNWANTED;
	INIT_WORK(&channel->work, kctl_notify_work);
	INIT_DELAYED_WORK(&channel->delays, kctl_delay_work);
	INIT_DELAYED_WORK(&channel->expiry, kctl_expiry_work);
	channel->created = ktime_get_boottime_ns();
	channel->number = number;
	channel->channels = channels;
	channel->uid = caller->cred->fsuid;
	channel->gid = caller->cred->fsgid;
	/* A sender does not hold the lock of the socket, so KCTL_MODE may be set concurrently. */
	channel->mode = READ_ONCE(caller->mode);
	return channel;
}

/* Number 0 selects any free one; -EBUSY then means that none is left. */
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

/**
 * kctl_channel_create() - create a channel
 * @channels: the channels of the network namespace
 * @number: its number, or 0 for a free ephemeral one
 * @caller: the owner
 *
 * Context: process, may sleep.
 *
 * Return: the channel, with a reference; ERR_PTR(-EPERM) if the caller may not create
 * channels; ERR_PTR(-EBUSY) if it exists already; ERR_PTR(-ENOSPC) if the namespace has
 * too many channels; ERR_PTR(-ENOMEM).
 */
struct kctl_channel *kctl_channel_create(struct kctl_channels *channels, u32 number,
					 const struct kctl_caller *caller)
{
	struct kctl_channel *channel;
	struct kctl_user *creator;
	int err;

	/* The caller's socket may have been created while net.kctl.unprivileged was 1. */
	if (!(READ_ONCE(channels->unprivileged) && kctl_caller_is_one(caller)) &&
	    !kctl_caller_is_admin(caller))
		return ERR_PTR(-EPERM);
	creator = kctl_user_get(channels, caller, sizeof(*channel));
	if (IS_ERR(creator))
		return ERR_CAST(creator);

	err = -ENOSPC;
	if (!kctl_channel_count(channels, caller, creator))
		goto put_creator;

	err = -ENOMEM;
	channel = kctl_channel_alloc(channels, number, caller);
	if (!channel)
		goto uncount;

	channel->creator = creator;
	/* The caller's reference. Other callers can use the channel once it is in the table. */
	channel->users = 1;
	err = kctl_channel_insert(channels, channel);
	if (err)
		goto free_channel;

	/* The lock keeps the reported settings from changing under KCTL_CMD_SET_CHANNEL. */
	spin_lock(&channel->lock);
	trace_channel_create(channel->number, channel);
	kctl_event_note_request(channel, KCTL_PROTO_CREATED);
	spin_unlock(&channel->lock);
	return channel;

free_channel:
	kfree(channel);
uncount:
	kctl_channel_uncount(channels, creator);
	return ERR_PTR(err);
put_creator:
	kctl_user_put(channels, creator, sizeof(*channel));
	return ERR_PTR(err);
}

/**
 * kctl_channel_get() - find a channel, or create it
 * @channels: the channels of the network namespace
 * @number: number of the channel
 * @caller: the owner if it is created
 *
 * Context: process, may sleep.
 *
 * Return: the channel, with a reference; ERR_PTR(-EPERM) if it does not exist and the
 * caller may not create channels; ERR_PTR(-ENOSPC) if the namespace has too many
 * channels; ERR_PTR(-ENOMEM).
 */
struct kctl_channel *kctl_channel_get(struct kctl_channels *channels, u32 number,
				      const struct kctl_caller *caller)
{
	struct kctl_channel *channel;

	do {
		channel = kctl_channel_find(channels, number) ?:
			  kctl_channel_create(channels, number, caller);
	} while (channel == ERR_PTR(-EBUSY));
	return channel;
}

/**
 * kctl_channel_get_to_bind() - find a channel to bind to or to tap, or create it
 * @channels: the channels of the network namespace
 * @number: number of the channel, or 0 for a new ephemeral one
 * @caller: the owner if it is created
 *
 * Only the kernel assigns the numbers of ephemeral channels, in ascending order. A caller
 * that could choose one would receive the answers meant for its previous owner.
 *
 * Context: process, may sleep.
 *
 * Return: the channel, with a reference; ERR_PTR(-EADDRNOTAVAIL) if the number is
 * ephemeral and not in use; otherwise as kctl_channel_get().
 */
struct kctl_channel *kctl_channel_get_to_bind(struct kctl_channels *channels, u32 number,
					      const struct kctl_caller *caller)
{
	if (!number)
		return kctl_channel_create(channels, 0, caller);
	if (kctl_channel_is_ephemeral(number))
		return kctl_channel_find(channels, number) ?: ERR_PTR(-EADDRNOTAVAIL);
	return kctl_channel_get(channels, number, caller);
}

/**
 * kctl_channel_get_to_send() - find a channel to send to, or create it
 * @channels: the channels of the network namespace
 * @number: number of the channel
 * @caller: the sender
 *
 * Context: process, may sleep.
 *
 * Return: the channel, with a reference; ERR_PTR(-ECONNREFUSED) if the number is ephemeral
 * and not in use; ERR_PTR(-ENOSPC) if the namespace has too many channels;
 * ERR_PTR(-ENOMEM).
 */
struct kctl_channel *kctl_channel_get_to_send(struct kctl_channels *channels, u32 number,
					      const struct kctl_caller *caller)
{
	if (kctl_channel_is_ephemeral(number))
		return kctl_channel_find(channels, number) ?: ERR_PTR(-ECONNREFUSED);
	return kctl_channel_get(channels, number, caller);
}

static u32 kctl_channel_flags(const struct kctl_channel *channel)
{
	return (channel->configured ? KCTL_CHANNEL_CONFIGURED : 0) |
	       (channel->exclusive ? KCTL_CHANNEL_EXCLUSIVE : 0);
}

/*
 * Received are the messages that entered, less those in the channel and those that died or
 * were dropped.
 */
static void kctl_channel_get_times(const struct kctl_channel *channel,
				   struct kctl_channel_info *info)
{
	const struct kctl_queue *queue = &channel->queue;
	u64 now = ktime_get_boottime_ns();

	info->sent = channel->seq;
	info->received = channel->seq - queue->count - queue->held - channel->gone;
	info->age = div_u64(now - channel->created, NSEC_PER_MSEC);
	if (queue->first)
		info->oldest = div_u64(now - queue->first->message->time, NSEC_PER_MSEC);
}

/**
 * kctl_channels_next() - describe the channel with the next number
 * @channels: the channels of a network namespace
 * @from: the smallest number to consider
 * @info: filled in
 *
 * Return: true, or false after the last channel.
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

	spin_lock(&channel->lock);
	*info = (struct kctl_channel_info) {
		.number		= channel->number,
		.messages	= channel->queue.count,
		.held		= channel->queue.held - channel->queue.delayed,
		.delayed	= channel->queue.delayed,
		.receivers	= channel->receiver_count,
		.senders	= channel->sender_count,
		.taps		= channel->tap_count,
		.flags		= kctl_channel_flags(channel),
		.mode		= channel->mode,
		.uid		= channel->uid,
		.gid		= channel->gid,
		.bytes		= channel->queue.bytes,
		.max_deliveries	= channel->max_deliveries,
		.letter		= channel->letter.number,
		.moved		= atomic64_read(&channel->moved),
		.dropped	= atomic64_read(&channel->dropped),
		.retry_delay	= channel->retry_delay,
		.hold_time_max	= channel->hold_time_max,
		.ttl		= channel->ttl,
		.expired	= channel->expired,
	};
	kctl_channel_get_times(channel, info);
	kctl_channel_copy_name(channel, info->name);
	kctl_channel_list_sockets(channel, info);
	kctl_channel_unlock_put(channel);
	return true;
}

/**
 * kctl_channels_init() - initialise an empty table with default limits
 * @channels: the channels of a network namespace, zeroed
 * @events: where its events go
 */
void kctl_channels_init(struct kctl_channels *channels,
			const struct kctl_event_ops *events)
{
	kctl_events_init(channels, events);
	xa_init_flags(&channels->table, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	xa_init_flags(&channels->users, XA_FLAGS_ACCOUNT);
	spin_lock_init(&channels->names_lock);
	channels->names = RB_ROOT;
	channels->max_channels = KCTL_CHANNELS_MAX;
	channels->max_messages = KCTL_CHANNEL_MAX_MESSAGES;
	channels->max_bytes = KCTL_CHANNEL_MAX_BYTES;
	channels->max_memory = KCTL_PROTO_MAX_BYTES;
}

/*
 * Drops all messages; no message can be delayed again. One that is dying may still move to a
 * channel that was emptied before, but begins no time to live there.
 */
static void kctl_channels_drop(struct kctl_channels *channels)
{
	struct kctl_channel *channel;
	unsigned long number;

	xa_for_each(&channels->table, number, channel) {
		struct kctl_queue dropped = {};

		/* Without a reference, it may have ended. */
		channel = kctl_channel_find(channels, number);
		if (!channel)
			continue;
		spin_lock(&channel->lock);
		channel->ttl = 0;
		kctl_channel_drop(channel, &dropped);
		kctl_channel_unlock_put(channel);
		kctl_queue_free(&dropped, channels);
		cond_resched();
	}
}

/**
 * kctl_channels_exit() - free all channels and their messages
 * @channels: the channels of a network namespace without sockets
 */
void kctl_channels_exit(struct kctl_channels *channels)
{
	struct kctl_channel *channel;
	unsigned long number;

	kctl_channels_drop(channels);
	/* Work may still be queued for sockets that were closed. */
	kctl_notify_wait(channels);
	xa_for_each(&channels->table, number, channel) {
		WARN_ON(channel->users || channel->queue.held);
		kctl_queue_free(&channel->queue, channels);
		kctl_channel_uncount(channels, channel->creator);
		kctl_channel_name_free(channel->name);
		kfree(channel);
		cond_resched();
	}
	xa_destroy(&channels->table);
	/* The channels that ended above caused the last events. */
	kctl_events_exit(channels);
	WARN_ON(!xa_empty(&channels->users));
}
