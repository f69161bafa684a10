// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pollers: which sockets are notified of a message, and of room for one.
 *
 * Tasks that sleep in recvmsg(2) or sendmsg(2) are none of them: they are served in line,
 * see queue.c.
 */
#include <linux/poll.h>
#include <net/sock.h>

#include "channel.h"

/*
 * What sk_data_ready() does, for several messages: it wakes one exclusive waiter, as that
 * can take one message only. The others wake all the same.
 */
static void kctl_endpoint_notify_many(const struct kctl_endpoint *endpoint, u32 messages)
{
	struct sock *sk = endpoint->sk;
	struct socket_wq *wq;

	wq = rcu_dereference_protected(sk->sk_wq,
				       lockdep_is_held(&endpoint->channel->lock));
	if (skwq_has_sleeper(wq))
		__wake_up(&wq->wait, TASK_INTERRUPTIBLE, messages,
			  poll_to_key(EPOLLIN | EPOLLRDNORM));
	sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

/**
 * kctl_channel_notify_receivers() - notify the receivers of a channel of messages
 * @channel: the channel, locked
 * @messages: number of messages; each receiver gets as many exclusive waiters woken
 */
void kctl_channel_notify_receivers(const struct kctl_channel *channel, u32 messages)
{
	struct kctl_endpoint *receiver;

	list_for_each_entry(receiver, &channel->receivers, node) {
		if (likely(messages == 1))
			kctl_endpoint_notify(receiver);
		else
			kctl_endpoint_notify_many(receiver, messages);
	}
}

/* Senders that wait in line come before those that poll. */
static bool kctl_endpoint_has_room(const struct kctl_endpoint *endpoint,
				   const struct kctl_channel *channel)
{
	return list_empty(&channel->waiting_senders) &&
	       kctl_channel_has_room(channel, endpoint->refused);
}

static void kctl_endpoint_want_room(struct kctl_endpoint *endpoint,
				    struct kctl_channel *channel)
{
	endpoint->full_seen = true;
	channel->room_wanted = min(channel->room_wanted, endpoint->refused);
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
	endpoint->refused = 0;
	endpoint->sk->sk_write_space(endpoint->sk);
}

/**
 * kctl_channel_notify_senders() - notify sockets that found no room, if they have it now
 * @channel: the channel, locked
 */
void kctl_channel_notify_senders(struct kctl_channel *channel)
{
	struct kctl_endpoint *endpoint;

	channel->room_wanted = KCTL_ROOM_UNWANTED;
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
 *	the channel: poll(2) does not ask for that one
 * @channel: the channel, locked
 * @size: bytes of the message
 */
void kctl_endpoint_refuse(struct kctl_endpoint *endpoint, struct kctl_channel *channel,
			  u32 size)
{
	if (READ_ONCE(endpoint->channel) != channel)
		return;

	endpoint->refused = max(endpoint->refused, size);
	kctl_endpoint_want_room(endpoint, channel);
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, endpoint->sk);
}

/**
 * kctl_endpoint_is_writable() - check whether a socket can send to a channel
 * @endpoint: the endpoint of the socket on the channel
 * @number: number of the channel
 *
 * After a negative answer, the socket is notified as soon as it can.
 *
 * Return: whether the channel has room, even for the largest message that was refused to
 * this socket lately; true also if the endpoint is just joining or leaving the channel:
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
