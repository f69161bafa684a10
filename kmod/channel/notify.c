// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pollers: notify sockets of a message, and of room for one.
 *
 * Tasks that sleep in recvmsg(2) or sendmsg(2) are not pollers: they are served in line,
 * see queue.c.
 *
 * The time of a notification grows with the number of pollers of the socket, and the
 * channel is locked. So a call notifies sockets itself only if there are few. Otherwise a
 * work item does, and releases the lock after each batch. It starts over if it was queued
 * again in the meantime: no socket misses a notification, but one notification may be for
 * several messages. The work item also admits waiting senders, if one receive makes room
 * for many.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/wait_bit.h>
#include <net/sock.h>

#include "endpoint.h"

/*
 * Limit of work items that run at a time, for all namespaces: their CPU time is charged to
 * nobody.
 */
#define KCTL_NOTIFY_WORKERS	4

static struct workqueue_struct *kctl_notify_queue __ro_after_init;

/**
 * kctl_channel_work_queued() - account for a work item of a channel that was not queued
 * before
 * @channel: the channel, locked: the work waits for the lock, so it sees the reference
 */
void kctl_channel_work_queued(struct kctl_channel *channel)
{
	lockdep_assert_held(&channel->lock);
	channel->users++;
	atomic_inc(&channel->channels->notifying);
}

/**
 * kctl_channel_work_done() - end a work item of a channel
 * @channel: the channel, locked; the reference of the work is dropped, after which the
 *	namespace may be freed
 */
void kctl_channel_work_done(struct kctl_channel *channel)
	__releases(&channel->lock)
{
	struct kctl_channels *channels = channel->channels;

	kctl_channel_unlock_put(channel);
	if (atomic_dec_and_test(&channels->notifying))
		wake_up_var(&channels->notifying);
}

/**
 * kctl_work_at() - queue a work item for a time, or move it there
 * @work: the work item
 * @time: the time, in ns of CLOCK_MONOTONIC. The work never runs earlier, as it would only
 *	have to be queued again
 *
 * Return: true if it was not queued before.
 */
bool kctl_work_at(struct delayed_work *work, u64 time)
{
	u64 now = ktime_get_ns();

	/* The division rounds down, and a part of the current jiffy has passed. */
	return !mod_delayed_work(kctl_notify_queue, work,
				 time > now ? nsecs_to_jiffies(time - now) + 2 : 0);
}

static void kctl_notify_later(struct kctl_channel *channel)
{
	if (queue_work(kctl_notify_queue, &channel->work))
		kctl_channel_work_queued(channel);
}

/**
 * kctl_endpoint_notify_many() - notify a receiver of several messages
 * @endpoint: an endpoint of the socket, on a channel that is locked
 * @messages: number of messages
 *
 * sk_data_ready() wakes one exclusive waiter, which can take only one message. This wakes
 * as many as there are messages. Waiters that are not exclusive wake in either case.
 */
void kctl_endpoint_notify_many(const struct kctl_endpoint *endpoint, u32 messages)
{
	struct sock *sk = endpoint->sk;
	struct socket_wq *wq;

	wq = rcu_dereference_protected(sk->sk_wq,
				       lockdep_is_held(&endpoint->channel->lock));
	if (endpoint->window_full)
		return;
	if (skwq_has_sleeper(wq))
		__wake_up(&wq->wait, TASK_INTERRUPTIBLE, messages,
			  poll_to_key(EPOLLIN | EPOLLRDNORM));
	sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

/**
 * kctl_channel_notify_of_many() - notify the receivers of a channel of messages
 * @channel: the channel, locked
 * @messages: number of messages, and of exclusive waiters to wake for each receiver
 */
void kctl_channel_notify_of_many(struct kctl_channel *channel, u32 messages)
{
	struct kctl_endpoint *receiver;

	lockdep_assert_held(&channel->lock);
	if (channel->receiver_count > KCTL_NOTIFY_AT_ONCE) {
		channel->owed.messages += messages;
		kctl_notify_later(channel);
		return;
	}
	list_for_each_entry(receiver, &channel->receivers, node)
		kctl_endpoint_notify_many(receiver, messages);
}

/**
 * kctl_channel_notify_taps_later() - notify the taps of a channel later if there are
 * many of them
 * @channel: the channel, locked; a message is about to be copied to its taps
 *
 * Return: true, or false if the caller should notify each itself.
 */
bool kctl_channel_notify_taps_later(struct kctl_channel *channel)
{
	if (channel->tap_count <= KCTL_NOTIFY_AT_ONCE)
		return false;
	channel->owed.copies++;
	kctl_notify_later(channel);
	return true;
}

/* Senders that wait in line come before those that poll. */
static bool kctl_endpoint_has_room(const struct kctl_endpoint *endpoint,
				   const struct kctl_channel *channel)
{
	return list_empty(&channel->waiting_senders) &&
	       kctl_channel_has_room(channel, endpoint->room);
}

static void kctl_endpoint_want_room(struct kctl_endpoint *endpoint,
				    struct kctl_channel *channel)
{
	endpoint->full_seen = true;
	channel->room_wanted = min(channel->room_wanted, endpoint->room);
}

static void kctl_endpoint_notify_of_room(struct kctl_endpoint *endpoint,
					 struct kctl_channel *channel)
{
	if (!endpoint->full_seen)
		return;
	if (!kctl_endpoint_has_room(endpoint, channel)) {
		kctl_endpoint_want_room(endpoint, channel);
		return;
	}
	endpoint->full_seen = false;
	endpoint->room = KCTL_ROOM_LEAST;
	endpoint->sk->sk_write_space(endpoint->sk);
}

/**
 * kctl_channel_notify_senders() - notify sockets that found no room and now have it
 * @channel: the channel, locked
 */
void kctl_channel_notify_senders(struct kctl_channel *channel)
{
	struct kctl_endpoint *endpoint;

	lockdep_assert_held(&channel->lock);
	channel->room_wanted = KCTL_ROOM_UNWANTED;
	if (channel->sender_count + channel->receiver_count + channel->tap_count >
	    KCTL_NOTIFY_AT_ONCE) {
		channel->owed.room = true;
		kctl_notify_later(channel);
		return;
	}
	list_for_each_entry(endpoint, &channel->senders, node)
		kctl_endpoint_notify_of_room(endpoint, channel);
	/* A socket that is only bound sends to its own channel. */
	list_for_each_entry(endpoint, &channel->receivers, node)
		kctl_endpoint_notify_of_room(endpoint, channel);
	list_for_each_entry(endpoint, &channel->taps, node)
		kctl_endpoint_notify_of_room(endpoint, channel);
}

/**
 * kctl_endpoint_refuse() - note that a message was refused, as the channel is full
 * @endpoint: an endpoint of the sending socket. If it is not on the channel, sendto(2) named
 *	the channel, and poll(2) does not report on it
 * @channel: the channel, locked
 * @size: bytes of the message
 */
void kctl_endpoint_refuse(struct kctl_endpoint *endpoint, struct kctl_channel *channel,
			  u32 size)
{
	if (READ_ONCE(endpoint->channel) != channel)
		return;

	endpoint->room = max(endpoint->room, size);
	kctl_endpoint_want_room(endpoint, channel);
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, endpoint->sk);
}

/**
 * kctl_endpoint_is_writable() - check whether a socket can send to a channel
 * @endpoint: the endpoint of the socket on the channel
 * @number: number of the channel
 *
 * If it cannot, the socket is notified as soon as it can.
 *
 * Return: whether the channel has room, even for the largest message that was recently
 * refused to this socket. Also true while the endpoint joins or leaves the channel:
 * connect(2) notifies the socket afterwards.
 */
bool kctl_endpoint_is_writable(struct kctl_endpoint *endpoint, u32 number)
{
	struct kctl_channel *channel;
	bool writable = true;

	rcu_read_lock();
	channel = READ_ONCE(endpoint->channel);
	if (channel && channel->number == number) {
		spin_lock(&channel->lock);
		/* As in kctl_channel_send(). */
		if (READ_ONCE(endpoint->channel) == channel) {
			writable = kctl_endpoint_has_room(endpoint, channel);
			if (!writable)
				kctl_endpoint_want_room(endpoint, channel);
		}
		spin_unlock(&channel->lock);
	}
	rcu_read_unlock();
	return writable;
}

/**
 * kctl_channel_admit_later() - admit more senders that wait
 * @channel: the channel, locked
 */
void kctl_channel_admit_later(struct kctl_channel *channel)
{
	lockdep_assert_held(&channel->lock);
	channel->owed.senders = true;
	kctl_notify_later(channel);
}

/*
 * Notify the sockets of a list of @messages, or of room if @messages is 0. Each socket
 * moves to the end of the list, so the remaining ones are in front even if sockets join or
 * leave in the meantime.
 */
static void kctl_notify_list(struct kctl_channel *channel, struct list_head *list, u32 count,
			     u32 messages)
{
	struct kctl_endpoint *endpoint;

	for (; count && !list_empty(list); count--) {
		endpoint = list_first_entry(list, struct kctl_endpoint, node);
		list_move_tail(&endpoint->node, list);
		if (messages)
			kctl_endpoint_notify_many(endpoint, messages);
		else
			kctl_endpoint_notify_of_room(endpoint, channel);
		if (count % KCTL_BATCH == 0)
			kctl_channel_let_others(channel);
	}
}

static void kctl_notify_owed(struct kctl_channel *channel, const struct kctl_owed *owed)
{
	if (owed->messages)
		kctl_notify_list(channel, &channel->receivers, channel->receiver_count,
				 owed->messages);
	if (owed->copies)
		kctl_notify_list(channel, &channel->taps, channel->tap_count, owed->copies);
	if (owed->room) {
		kctl_notify_list(channel, &channel->senders, channel->sender_count, 0);
		kctl_notify_list(channel, &channel->receivers, channel->receiver_count, 0);
		kctl_notify_list(channel, &channel->taps, channel->tap_count, 0);
	}
}

/**
 * kctl_notify_work() - do the pending tasks of a channel
 * @work: the work of the channel
 */
void kctl_notify_work(struct work_struct *work)
{
	struct kctl_channel *channel = container_of(work, struct kctl_channel, work);
	struct kctl_owed owed;

	spin_lock(&channel->lock);
	owed = channel->owed;
	channel->owed = (struct kctl_owed) {};
	/*
	 * Admit one batch; further ones go to the end of the work queue, behind the work of
	 * other channels.
	 */
	if (owed.senders)
		kctl_channel_admit_waiting(channel);
	kctl_notify_owed(channel, &owed);
	kctl_channel_work_done(channel);
}

/**
 * kctl_notify_wait() - wait until no work item is queued or runs
 * @channels: the channels of a network namespace without sockets and delayed messages
 */
void kctl_notify_wait(struct kctl_channels *channels)
{
	wait_var_event(&channels->notifying, !atomic_read(&channels->notifying));
}

/**
 * kctl_notify_init() - create the queue of the work items
 *
 * Return: 0 or -ENOMEM.
 */
int __init kctl_notify_init(void)
{
	kctl_notify_queue = alloc_workqueue("kctl", WQ_UNBOUND, KCTL_NOTIFY_WORKERS);
	return kctl_notify_queue ? 0 : -ENOMEM;
}

/**
 * kctl_notify_exit() - undo kctl_notify_init(); no namespace has channels any more
 */
void kctl_notify_exit(void)
{
	destroy_workqueue(kctl_notify_queue);
}
