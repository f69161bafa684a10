// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that return, at once or after a delay.
 *
 * Delayed messages count as held until they return, so there is room for them. A work item of
 * the channel returns them. It is queued while any message is delayed, and has a reference to
 * the channel, so delayed messages keep the channel just like messages in the queue.
 */
#include <linux/ktime.h>
#include <net/sock.h>

#include "dead.h"

static void kctl_channel_plan(struct kctl_channel *channel)
{
	const struct kctl_message *first = kctl_queue_first_delayed(&channel->queue);

	if (kctl_work_at(&channel->delays, first->ready))
		kctl_channel_work_queued(channel);
}

/**
 * kctl_channel_give_back() - give back a held message
 * @channel: the channel, locked
 * @message: the message
 * @delay: time after which it returns to its place in the queue, in ms; 0: at once
 * @left: gets the message if it has expired
 *
 * Return: true if it now waits in the queue, and the caller is to notify the receivers.
 */
bool kctl_channel_give_back(struct kctl_channel *channel, struct kctl_message *message,
			    u32 delay, struct kctl_left *left)
{
	lockdep_assert_held(&channel->lock);
	if (!delay) {
		kctl_queue_unhold(&channel->queue, &message->item);
		return kctl_channel_return(channel, message, left);
	}
	if (kctl_queue_delay(&channel->queue, message,
			     ktime_get_ns() + (u64)delay * NSEC_PER_MSEC))
		kctl_channel_plan(channel);
	return false;
}

static void kctl_tap_return(struct kctl_queue *queue, struct kctl_item *item, struct sock *sk)
{
	if (kctl_queue_hand_over(queue, item))
		return;
	kctl_queue_put_back(queue, item);
	sk->sk_data_ready(sk);
}

/**
 * kctl_channel_unreceive() - return a message that could not be delivered
 * @channel: the channel that the socket is bound to, or taps
 * @queue: the queue it was taken from
 * @delivery: the message, which was taken, not peeked at
 * @sk: the receiving socket
 */
void kctl_channel_unreceive(struct kctl_channel *channel, struct kctl_queue *queue,
			    struct kctl_delivery *delivery, struct sock *sk)
{
	struct kctl_left left;

	kctl_left_init(&left);
	spin_lock(&channel->lock);
	if (queue != &channel->queue)
		kctl_tap_return(queue, delivery->item, sk);
	else if (kctl_channel_return(channel, delivery->message, &left))
		kctl_channel_notify_of_many(channel, 1);
	spin_unlock(&channel->lock);
	kctl_left_dispose(&left, channel);
}

/* Return a batch of the messages whose delay is over. */
static void kctl_channel_bring_back(struct kctl_channel *channel, struct kctl_left *left)
{
	struct kctl_queue *queue = &channel->queue;
	struct kctl_message *message;
	u64 now = ktime_get_ns();
	u32 count = 0, back = 0;

	while (count < KCTL_BATCH && (message = kctl_queue_first_delayed(queue)) &&
	       message->ready <= now) {
		kctl_queue_undelay(queue, message);
		back += kctl_channel_give_back(channel, message, 0, left);
		count++;
	}
	if (back)
		kctl_channel_notify_of_many(channel, back);
	/* A receiver that does not hold may have taken some, or some may have died. */
	kctl_channel_admit(channel);
}

/**
 * kctl_delay_work() - return messages whose delay is over
 * @work: the work of the channel
 *
 * If there are more, it goes to the end of the work queue: other channels have work
 * there too, and receivers could go on delaying messages for ever.
 */
void kctl_delay_work(struct work_struct *work)
{
	struct kctl_channel *channel = container_of(to_delayed_work(work), struct kctl_channel,
						    delays);
	struct kctl_left left;

	kctl_left_init(&left);
	spin_lock(&channel->lock);
	kctl_channel_bring_back(channel, &left);
	if (channel->queue.delayed)
		kctl_channel_plan(channel);
	spin_unlock(&channel->lock);
	kctl_left_dispose(&left, channel);

	spin_lock(&channel->lock);
	kctl_channel_work_done(channel);
}

/**
 * kctl_channel_cancel() - cancel a work item of a channel
 * @channel: the channel, locked, with a reference of the caller
 * @work: the work item. If it is about to run, it still runs, and waits for the lock
 */
void kctl_channel_cancel(struct kctl_channel *channel, struct delayed_work *work)
{
	lockdep_assert_held(&channel->lock);
	if (cancel_delayed_work(work)) {
		channel->users--;
		atomic_dec(&channel->channels->notifying);
	}
}

/**
 * kctl_channel_drop() - take all messages that no receiver holds from a channel
 * @channel: the channel, locked, with a reference of the caller
 * @dropped: the messages, for kctl_queue_free() after the lock is released
 *
 * Work that is about to run finds no messages.
 */
void kctl_channel_drop(struct kctl_channel *channel, struct kctl_queue *dropped)
{
	lockdep_assert_held(&channel->lock);
	kctl_channel_cancel(channel, &channel->delays);
	kctl_channel_cancel(channel, &channel->expiry);
	channel->gone += channel->queue.count + channel->queue.delayed;
	kctl_queue_detach(&channel->queue, dropped);
}
