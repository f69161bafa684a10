// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time to live: messages that wait in a channel for too long die.
 *
 * All messages of a channel have the same time to live, from when they enter the channel,
 * which is the order of their sequence numbers. So the first message in the queue is the
 * first to expire, and a message that was given back is in its place. A message that expires
 * while it is held or delayed dies when it returns.
 *
 * A work item is queued for the time at which the first message expires. It may be late, so
 * receivers check too, and get no expired message. Taps do not check: they have copies.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "dead.h"

/*
 * The work checks again after an hour at most: its timer stops while the system is
 * suspended, and cannot express the longest time to live.
 */
#define KCTL_EXPIRY_MAX		(3600ULL * NSEC_PER_SEC)

/* In ns of CLOCK_BOOTTIME. */
static u64 kctl_channel_time_of(const struct kctl_channel *channel,
				const struct kctl_message *message)
{
	return max(message->entered, channel->ttl_since) + (u64)channel->ttl * NSEC_PER_MSEC;
}

static bool kctl_channel_is_due(const struct kctl_channel *channel,
				const struct kctl_message *message)
{
	return kctl_channel_time_of(channel, message) <= ktime_get_boottime_ns();
}

/**
 * kctl_channel_first_is_due() - check whether the next message has expired
 * @channel: the channel, locked
 *
 * Return: true if there is a next message and it has expired.
 */
bool kctl_channel_first_is_due(const struct kctl_channel *channel)
{
	const struct kctl_item *first = channel->queue.first;

	return channel->ttl && first && kctl_channel_is_due(channel, first->message);
}

static void kctl_channel_plan_for(struct kctl_channel *channel,
				  const struct kctl_message *message)
{
	u64 time = kctl_channel_time_of(channel, message);
	u64 now = ktime_get_boottime_ns();
	u64 left = time > now ? min(time - now, KCTL_EXPIRY_MAX) : 0;

	if (kctl_work_at(&channel->expiry, ktime_get_ns() + left))
		kctl_channel_work_queued(channel);
}

/**
 * kctl_channel_plan_expiry() - queue the work for the time at which the next message
 * expires
 * @channel: the channel, locked, with a time to live and a message in the queue
 */
void kctl_channel_plan_expiry(struct kctl_channel *channel)
{
	kctl_channel_plan_for(channel, channel->queue.first->message);
}

/**
 * kctl_channel_begin_life() - start the time to live of a message
 * @channel: the channel that it enters, locked; it has a time to live
 * @message: the message
 *
 * If the work is queued already, it is for an earlier time.
 */
void kctl_channel_begin_life(struct kctl_channel *channel, struct kctl_message *message)
{
	lockdep_assert_held(&channel->lock);
	message->entered = ktime_get_boottime_ns();
	if (!delayed_work_pending(&channel->expiry))
		kctl_channel_plan_for(channel, message);
}

/* One batch. */
static void kctl_channel_expire_some(struct kctl_channel *channel, struct kctl_left *left)
{
	struct kctl_delivery delivery;
	u32 count = 0;

	while (count < KCTL_BATCH && kctl_channel_first_is_due(channel)) {
		kctl_queue_take(&channel->queue, &delivery, false);
		kctl_channel_bury(channel, delivery.message, KCTL_DEAD_TTL, left);
		count++;
	}
	channel->expired += count;
	if (count)
		kctl_channel_admit(channel);
}

/**
 * kctl_channel_expire_all() - slow path of kctl_channel_expire()
 * @channel: the channel, locked
 * @timeout: as there
 *
 * Return: as there.
 */
int kctl_channel_expire_all(struct kctl_channel *channel, long timeout)
{
	u64 end = channel->seq;

	while (kctl_channel_first_is_due(channel)) {
		struct kctl_left left;

		/* If they come faster than they die, there is no end. */
		if (!timeout && channel->queue.first->message->seq >= end)
			return -EAGAIN;
		if (timeout && signal_pending(current))
			return sock_intr_errno(timeout);
		kctl_left_init(&left);
		kctl_channel_expire_some(channel, &left);
		spin_unlock(&channel->lock);
		kctl_left_dispose(&left, channel);
		cond_resched();
		spin_lock(&channel->lock);
	}
	return 0;
}

/**
 * kctl_channel_let_expire() - let a returning message die if it has expired
 * @channel: the channel, locked; it has a time to live
 * @message: the message, which was taken from the channel and does not count as held
 * @left: gets the message if it dies
 *
 * Return: whether it died.
 */
bool kctl_channel_let_expire(struct kctl_channel *channel, struct kctl_message *message,
			     struct kctl_left *left)
{
	lockdep_assert_held(&channel->lock);
	if (!kctl_channel_is_due(channel, message))
		return false;
	channel->expired++;
	kctl_channel_bury(channel, message, KCTL_DEAD_TTL, left);
	return true;
}

/**
 * kctl_channel_set_ttl() - set the time to live
 * @channel: the channel, locked, with a reference of the caller
 * @ttl: the time, in ms; 0: none. It applies to waiting messages too: from now on, if
 *	there was no time to live before
 */
void kctl_channel_set_ttl(struct kctl_channel *channel, u32 ttl)
{
	lockdep_assert_held(&channel->lock);
	if (!channel->ttl)
		channel->ttl_since = ktime_get_boottime_ns();
	channel->ttl = ttl;
	/* The work may be queued for a time that is too late. */
	kctl_channel_cancel(channel, &channel->expiry);
	if (ttl && channel->queue.first)
		kctl_channel_plan_expiry(channel);
}

/**
 * kctl_expiry_work() - expire messages that waited too long
 * @work: the work of the channel
 *
 * If there are more, it goes to the end of the work queue, as kctl_delay_work() does.
 */
void kctl_expiry_work(struct work_struct *work)
{
	struct kctl_channel *channel = container_of(to_delayed_work(work), struct kctl_channel,
						    expiry);
	struct kctl_left left;

	kctl_left_init(&left);
	spin_lock(&channel->lock);
	kctl_channel_expire_some(channel, &left);
	if (channel->ttl && channel->queue.first)
		kctl_channel_plan_expiry(channel);
	spin_unlock(&channel->lock);
	kctl_left_dispose(&left, channel);

	spin_lock(&channel->lock);
	kctl_channel_work_done(channel);
}
