// SPDX-License-Identifier: GPL-2.0-only
/*
 * A channel: send and receive.
 *
 * A receiver that makes room moves the messages of the first waiting senders into the
 * queue and then wakes the senders, just as a sender hands its message to a waiting
 * receiver.
 */
#include <linux/ktime.h>
#include <net/sock.h>

#include "endpoint.h"
#include "../trace.h"

/* Of one message, pollers only: receivers that sleep in recvmsg(2) were served before. */
static void kctl_channel_notify_receivers(struct kctl_channel *channel)
{
	struct kctl_endpoint *receiver;

	if (unlikely(channel->receiver_count > KCTL_NOTIFY_AT_ONCE)) {
		kctl_channel_notify_of_many(channel, 1);
		return;
	}
	list_for_each_entry(receiver, &channel->receivers, node)
		kctl_endpoint_notify(receiver);
}

/* Give a message its sequence number, and the taps their copies. */
static __always_inline void kctl_channel_join(struct kctl_channel *channel,
					      struct kctl_message *message)
{
	message->seq = channel->seq++;
	if (unlikely(channel->ttl))
		kctl_channel_begin_life(channel, message);
	if (!list_empty(&channel->taps))
		kctl_taps_copy(channel, message);
	trace_channel_send(channel->number, message);
}

/* Read the clock here, not when the call began: the sender may have waited for room. */
static __always_inline void kctl_channel_accept(struct kctl_channel *channel,
						struct kctl_message *message)
{
	message->time = ktime_get_boottime_ns();
	kctl_channel_join(channel, message);
}

/*
 * Returns whether the message now waits in the queue. Receivers and senders can wait at
 * the same time: a channel can be full of held messages.
 */
static __always_inline bool kctl_channel_put(struct kctl_channel *channel,
					     struct kctl_message *message)
{
	if (kctl_queue_hand_over(&channel->queue, &message->item))
		return false;
	kctl_queue_add(&channel->queue, &message->item);
	return true;
}

/**
 * kctl_channel_admit_some() - admit a batch of senders that wait for room
 * @channel: the channel, locked
 *
 * If no sender is left, sockets that found no room are notified.
 *
 * Return: whether there may be room for further senders.
 */
bool kctl_channel_admit_some(struct kctl_channel *channel)
{
	struct kctl_waiter *waiter;
	u32 admitted = 0, queued = 0;

	lockdep_assert_held(&channel->lock);
	while ((waiter = list_first_entry_or_null(&channel->waiting_senders,
						  struct kctl_waiter, node)) &&
	       kctl_channel_has_room(channel, waiter->message->size) &&
	       admitted < KCTL_BATCH) {
		kctl_channel_accept(channel, waiter->message);
		queued += kctl_channel_put(channel, waiter->message);
		kctl_waiter_serve(waiter);
		admitted++;
	}
	if (queued)
		kctl_channel_notify_of_many(channel, queued);

	if (!waiter && kctl_channel_has_room(channel, channel->room_wanted))
		kctl_channel_notify_senders(channel);
	return waiter && admitted == KCTL_BATCH;
}

/**
 * kctl_channel_admit_waiting() - slow path of kctl_channel_admit()
 * @channel: the channel, locked; room was made
 */
void kctl_channel_admit_waiting(struct kctl_channel *channel)
{
	if (kctl_channel_admit_some(channel))
		kctl_channel_admit_later(channel);
	if (channel->pressure != KCTL_PRESSURE_NONE)
		kctl_channel_relieve(channel);
}

/**
 * kctl_channels_admit() - admit senders to all channels, after a limit was raised
 * @channels: the channels of a network namespace
 *
 * A sender checks the limit under the lock of its channel: it has either seen the new
 * limit, or is in the line of waiting senders.
 *
 * Context: process, may sleep.
 */
void kctl_channels_admit(struct kctl_channels *channels)
{
	struct kctl_channel *channel;
	unsigned long number;

	xa_for_each(&channels->table, number, channel) {
		/* There is no reference yet, so it may have ended. */
		channel = kctl_channel_find(channels, number);
		if (channel) {
			spin_lock(&channel->lock);
			kctl_channel_admit(channel);
			kctl_channel_unlock_put(channel);
		}
		cond_resched();
	}
}

/* Returns -EAGAIN if the channel is full, or if other senders wait for room. */
static int kctl_channel_offer(struct kctl_channel *channel, struct kctl_message *message)
{
	if (!list_empty(&channel->waiting_senders) ||
	    !kctl_channel_has_room(channel, message->size))
		return -EAGAIN;

	kctl_channel_accept(channel, message);
	if (kctl_channel_put(channel, message))
		kctl_channel_notify_receivers(channel);
	return 0;
}

static noinline int kctl_channel_wait_for_room(struct kctl_channel *channel,
					       struct kctl_message *message,
					       struct sock *sk, long timeout)
{
	struct kctl_waiter waiter = { .task = current, .message = message };
	int err;

	err = kctl_waiter_wait(&waiter, &channel->waiting_senders, &channel->lock, sk,
			       SEND_SHUTDOWN, timeout);
	if (waiter.served)
		return waiter.error;

	/* The next sender in line may have a smaller message. */
	kctl_channel_admit(channel);
	return err ?: -EPIPE;
}

/* Send to a locked channel; releases the lock and drops the caller's reference. */
static int kctl_channel_send_locked(struct kctl_channel *channel,
				    const struct kctl_caller *caller,
				    struct kctl_endpoint *endpoint,
				    struct kctl_message *message, long timeout)
	__releases(&channel->lock)
{
	int err;

	err = kctl_channel_may_send(channel, caller);
	if (err)
		goto unlock;

	err = kctl_channel_offer(channel, message);
	if (err)
		kctl_channel_press(channel);
	if (err && timeout)
		err = kctl_channel_wait_for_room(channel, message, endpoint->sk, timeout);
	if (err == -EAGAIN)
		kctl_endpoint_refuse(endpoint, channel, message->size);
unlock:
	kctl_channel_unlock_put(channel);
	return err;
}

/**
 * kctl_channel_send() - send a message to a channel
 * @channels: the channels of the network namespace
 * @number: number of the channel; created unless it is ephemeral
 * @caller: the sender
 * @endpoint: an endpoint of the sending socket; if it is on the channel, no look-up is
 *	needed
 * @message: the message; belongs to the channel after success
 * @timeout: time to wait for room, in jiffies; 0 for no wait
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES if the caller may not send to the channel; -EAGAIN if it is full, or
 * still full after the timeout; -EPIPE if the socket was shut down while the sender
 * waited; -ERESTARTSYS or -EINTR after a signal; -ECONNREFUSED if the channel is
 * ephemeral and no socket is bound to it; -EIDRM if it was deleted while the sender
 * waited; -ENOSPC if the namespace has too many channels; -ENOMEM.
 */
int kctl_channel_send(struct kctl_channels *channels, u32 number,
		      const struct kctl_caller *caller,
		      struct kctl_endpoint *endpoint,
		      struct kctl_message *message, long timeout)
{
	struct kctl_channel *channel;

	rcu_read_lock();
	channel = READ_ONCE(endpoint->channel);
	if (channel && channel->number == number) {
		spin_lock(&channel->lock);
		/*
		 * The endpoint may have left, and may be joining another channel under its
		 * lock.
		 */
		if (likely(READ_ONCE(endpoint->channel) == channel)) {
			rcu_read_unlock();
			channel->users++;
			goto locked;
		}
		spin_unlock(&channel->lock);
	}
	rcu_read_unlock();

	channel = kctl_channel_get_to_send(channels, number, caller);
	if (IS_ERR(channel))
		return PTR_ERR(channel);
	spin_lock(&channel->lock);
locked:
	return kctl_channel_send_locked(channel, caller, endpoint, message, timeout);
}

/**
 * kctl_channel_empty() - take all messages that no receiver holds from a channel
 * @channel: the channel, locked, with a reference of the caller; waiting senders are admitted
 * @dropped: the messages, for kctl_queue_free() after the lock is released
 */
void kctl_channel_empty(struct kctl_channel *channel, struct kctl_queue *dropped)
{
	kctl_channel_drop(channel, dropped);
	kctl_channel_admit(channel);
}

/**
 * kctl_channel_abandon() - kctl_channel_empty(), but refuse the waiting senders
 * @channel: the channel, locked, with a reference of the caller
 * @error: error for the waiting senders
 * @dropped: the messages, for kctl_queue_free() after the lock is released
 *
 * Context: process, may sleep. The lock is released in between.
 */
void kctl_channel_abandon(struct kctl_channel *channel, int error,
			  struct kctl_queue *dropped)
{
	struct kctl_waiter *waiter;
	LIST_HEAD(refused);
	u32 count = 0;

	lockdep_assert_held(&channel->lock);
	kctl_channel_drop(channel, dropped);
	/* Senders that arrive from now on find room. */
	list_splice_init(&channel->waiting_senders, &refused);
	while ((waiter = list_first_entry_or_null(&refused, struct kctl_waiter, node))) {
		waiter->error = error;
		kctl_waiter_serve(waiter);
		if (++count % KCTL_BATCH == 0)
			kctl_channel_let_others(channel);
	}
	kctl_channel_admit(channel);
}

static noinline int kctl_channel_wait_for_message(struct kctl_channel *channel,
						  struct kctl_queue *queue,
						  struct sock *sk, bool peek, long timeout,
						  struct kctl_delivery *delivery)
{
	struct kctl_waiter waiter = { .task = current, .peek = peek, .delivery = delivery };

	if (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)
		return 0;
	if (!timeout)
		return -EAGAIN;
	return kctl_waiter_wait(&waiter, &queue->waiting, &channel->lock, sk, RCV_SHUTDOWN,
				timeout);
}

/**
 * kctl_channel_receive() - take the oldest message of a queue
 * @channel: the channel that the socket is bound to, or taps
 * @queue: the queue of the channel, or of the tap
 * @sk: the receiving socket
 * @peek: leave the message in the queue
 * @timeout: time to wait for a message, in jiffies; 0 for no wait
 * @delivery: filled in; has no message after an error, or if the queue is empty and the
 *	socket is shut down
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EAGAIN if the queue is empty, or still empty after the timeout;
 * -ERESTARTSYS or -EINTR after a signal.
 */
int kctl_channel_receive(struct kctl_channel *channel, struct kctl_queue *queue,
			 struct sock *sk, bool peek, long timeout,
			 struct kctl_delivery *delivery)
{
	int err = 0;

	spin_lock(&channel->lock);
	/* What a tap has are copies. */
	if (queue == &channel->queue)
		err = kctl_channel_expire(channel, timeout);
	if (err) {
		delivery->message = NULL;
	} else if (kctl_queue_take(queue, delivery, peek)) {
		if (!peek && queue == &channel->queue)
			kctl_channel_admit(channel);
	} else {
		delivery->message = NULL;
		err = kctl_channel_wait_for_message(channel, queue, sk, peek, timeout,
						    delivery);
	}
	spin_unlock(&channel->lock);
	return err;
}

/**
 * kctl_channel_return() - return a message to its place in the order of the channel
 * @channel: the channel, locked
 * @message: the message, which was taken from it
 * @left: gets the message if it has expired
 *
 * Return: true if it now waits in the queue, and the caller is to notify the receivers;
 * false if a waiting receiver got it, or it died.
 */
bool kctl_channel_return(struct kctl_channel *channel, struct kctl_message *message,
			 struct kctl_left *left)
{
	lockdep_assert_held(&channel->lock);
	if (unlikely(channel->ttl) && kctl_channel_let_expire(channel, message, left))
		return false;
	if (kctl_queue_hand_over(&channel->queue, &message->item))
		return false;
	kctl_queue_return(&channel->queue, message);
	if (unlikely(channel->ttl) && channel->queue.first == &message->item)
		kctl_channel_plan_expiry(channel);
	return true;
}

/**
 * kctl_channel_append() - add messages to a channel, regardless of its limits
 * @channel: the channel, locked
 * @messages: the messages, one batch at most; empty afterwards. They keep their time
 *	stamps
 *
 * They do not queue up behind waiting senders, since no task could wait with them.
 */
void kctl_channel_append(struct kctl_channel *channel, struct kctl_queue *messages)
{
	struct kctl_delivery delivery;
	u32 queued = 0;

	lockdep_assert_held(&channel->lock);
	while (kctl_queue_take(messages, &delivery, false)) {
		kctl_channel_join(channel, delivery.message);
		queued += kctl_channel_put(channel, delivery.message);
	}
	if (queued)
		kctl_channel_notify_of_many(channel, queued);
}

/**
 * kctl_channel_bytes() - sum up the messages in a channel
 * @channels: the channels of the network namespace
 * @number: number of the channel, which need not exist
 *
 * Return: bytes of all its messages, held ones included.
 */
u64 kctl_channel_bytes(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel = kctl_channel_find(channels, number);
	u64 bytes;

	if (!channel)
		return 0;

	spin_lock(&channel->lock);
	bytes = channel->queue.bytes + channel->queue.held_bytes;
	kctl_channel_unlock_put(channel);
	return bytes;
}

/**
 * kctl_channel_next_size() - get the size of the next message in a queue
 * @channel: the channel that the socket is bound to, or taps
 * @queue: the queue of the channel, or of the tap
 *
 * Return: its size in bytes, 0 if the queue is empty.
 */
u32 kctl_channel_next_size(struct kctl_channel *channel, struct kctl_queue *queue)
{
	u32 size = 0;

	spin_lock(&channel->lock);
	if ((queue != &channel->queue || !kctl_channel_expire(channel, 0)) && queue->first)
		size = queue->first->message->size;
	spin_unlock(&channel->lock);
	return size;
}
