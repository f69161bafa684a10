// SPDX-License-Identifier: GPL-2.0-only
/*
 * A channel: its queue, and who waits for it.
 *
 * Who waits stands in line. A sender hands its message straight to the first
 * waiting receiver, and a receiver that makes room puts the messages of the first
 * waiting senders into the queue, before it wakes them. So nobody is woken in
 * vain, nobody overtakes, and a message always has exactly one owner: its sender,
 * the queue, or one receiver.
 */
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "channel.h"

/**
 * struct kctl_waiter - a task that stands in line; lives on its stack
 * @node: in a list of a channel until it is served
 * @task: the task
 * @message: of a sender: what it sends. Of a receiver: what it was given
 * @peek: the receiver does not consume the message
 * @served: nothing is left to wait for
 * @abandoned: nobody will receive what the sender sends
 *
 * Protected by kctl_channel.lock, except that the task itself may look at @served.
 */
struct kctl_waiter {
	struct list_head	node;
	struct task_struct	*task;
	struct kctl_message	*message;
	bool			peek;
	bool			served;
	bool			abandoned;
};

/* The waiter may vanish with the lock, so it is woken before that. */
static void kctl_waiter_serve(struct kctl_waiter *waiter)
{
	list_del(&waiter->node);
	WRITE_ONCE(waiter->served, true);
	wake_up_process(waiter->task);
}

/*
 * Sleeps until served, a signal, the end of the time, or a shutdown of the socket,
 * which wakes through its wait queue, as all that concerns the socket does.
 */
static int kctl_waiter_sleep(const struct kctl_waiter *waiter, struct sock *sk,
			     u8 shutdown, long timeout)
{
	DECLARE_WAITQUEUE(entry, current);
	int err = 0;

	add_wait_queue(sk_sleep(sk), &entry);
	/* Its barrier pairs with the one of wake_up_process(). */
	set_current_state(TASK_INTERRUPTIBLE);
	while (!READ_ONCE(waiter->served) && !(READ_ONCE(sk->sk_shutdown) & shutdown)) {
		if (!timeout) {
			err = -EAGAIN;
			break;
		}
		if (signal_pending(current)) {
			err = sock_intr_errno(timeout);
			break;
		}
		timeout = schedule_timeout(timeout);
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(sk_sleep(sk), &entry);
	return err;
}

/*
 * Called and returns with the channel locked. Whoever was served succeeds, also
 * if something else would have ended the wait.
 */
static int kctl_channel_wait(struct kctl_channel *channel, struct kctl_waiter *waiter,
			     struct list_head *line, struct sock *sk, u8 shutdown,
			     long timeout)
{
	int err;

	channel->users++;
	list_add_tail(&waiter->node, line);
	kctl_channel_unlock(channel);

	err = kctl_waiter_sleep(waiter, sk, shutdown, timeout);

	kctl_channel_lock(channel);
	channel->users--;
	if (waiter->served)
		return 0;
	list_del(&waiter->node);
	return err;
}

/* Down the line: those that peek look at the message, the first other takes it. */
static bool kctl_channel_hand_over(struct kctl_channel *channel,
				   struct kctl_message *message)
{
	struct kctl_waiter *waiter, *next;

	list_for_each_entry_safe(waiter, next, &channel->waiting_receivers, node) {
		bool peek = waiter->peek;

		if (peek)
			refcount_inc(&message->refs);
		waiter->message = message;
		kctl_waiter_serve(waiter);
		if (!peek)
			return true;
	}
	return false;
}

static bool kctl_channel_has_room(const struct kctl_channel *channel, u32 size)
{
	const struct kctl_channels *channels = channel->channels;

	/* A limit that was lowered meanwhile lets messages pass one by one. */
	if (!channel->count)
		return true;
	return channel->count < READ_ONCE(channels->max_messages) &&
	       channel->bytes + size <= READ_ONCE(channels->max_bytes);
}

static void kctl_channel_enqueue(struct kctl_channel *channel,
				 struct kctl_message *message, struct list_head *where)
{
	list_add(&message->node, where);
	channel->bytes += message->size;
	WRITE_ONCE(channel->count, channel->count + 1);
}

/* For those that poll: who waits in recvmsg is served by then. */
static void kctl_channel_tell_receivers(const struct kctl_channel *channel)
{
	struct kctl_endpoint *receiver;

	list_for_each_entry(receiver, &channel->receivers, node)
		receiver->sk->sk_data_ready(receiver->sk);
}

static void kctl_channel_tell_senders(const struct kctl_channel *channel)
{
	struct kctl_endpoint *endpoint;

	list_for_each_entry(endpoint, &channel->senders, node)
		endpoint->sk->sk_write_space(endpoint->sk);
	/* A socket that is only bound sends to its own channel. */
	list_for_each_entry(endpoint, &channel->receivers, node)
		endpoint->sk->sk_write_space(endpoint->sk);
}

/* Room was made: lets in who waits, and tells who was refused. */
static void kctl_channel_admit(struct kctl_channel *channel)
{
	struct kctl_waiter *waiter;
	bool admitted = false;

	while ((waiter = list_first_entry_or_null(&channel->waiting_senders,
						  struct kctl_waiter, node)) &&
	       kctl_channel_has_room(channel, waiter->message->size)) {
		kctl_channel_enqueue(channel, waiter->message, channel->messages.prev);
		kctl_waiter_serve(waiter);
		admitted = true;
	}
	if (admitted)
		kctl_channel_tell_receivers(channel);

	if (waiter || !channel->full_seen ||
	    !kctl_channel_has_room(channel, channel->refused))
		return;
	channel->full_seen = false;
	channel->refused = 0;
	kctl_channel_tell_senders(channel);
}

/* -EAGAIN if there is no room, or others wait for it already. */
static int kctl_channel_offer(struct kctl_channel *channel, struct kctl_message *message)
{
	if (kctl_channel_hand_over(channel, message))
		return 0;

	if (!list_empty(&channel->waiting_senders) ||
	    !kctl_channel_has_room(channel, message->size))
		return -EAGAIN;

	kctl_channel_enqueue(channel, message, channel->messages.prev);
	kctl_channel_tell_receivers(channel);
	return 0;
}

/**
 * kctl_channel_send() - send a message to a channel
 * @channels: the channels of the network namespace
 * @number: the channel
 * @message: the message; belongs to the channel after success
 * @sk: the sending socket
 * @timeout: how long to wait for room, in jiffies; 0 not to wait
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EAGAIN if there is no room (in time); -EPIPE if the socket was shut
 * down meanwhile; -ERESTARTSYS or -EINTR after a signal; -ECONNREFUSED if it is an
 * ephemeral channel that nobody is bound to; -ENOSPC if there are too many channels;
 * -ENOMEM.
 */
int kctl_channel_send(struct kctl_channels *channels, u32 number,
		      struct kctl_message *message, struct sock *sk, long timeout)
{
	struct kctl_waiter waiter = { .task = current, .message = message };
	struct kctl_channel *channel;
	int err;

	channel = kctl_channel_get_to_send(channels, number);
	if (IS_ERR(channel))
		return PTR_ERR(channel);

	err = kctl_channel_offer(channel, message);
	if (err && timeout) {
		err = kctl_channel_wait(channel, &waiter, &channel->waiting_senders, sk,
					SEND_SHUTDOWN, timeout);
		if (!waiter.served) {
			err = err ?: -EPIPE;
			/* The next in line may have a smaller message. */
			kctl_channel_admit(channel);
		}
		if (waiter.abandoned)
			err = -ECONNREFUSED;
	}
	if (err == -EAGAIN) {
		channel->full_seen = true;
		channel->refused = max(channel->refused, message->size);
		sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	}
	kctl_channel_unlock(channel);
	return err;
}

/**
 * kctl_channel_abandon() - nobody will receive from a channel any more
 * @channel: the channel, locked; what waits in it, or to get in, is refused
 */
void kctl_channel_abandon(struct kctl_channel *channel)
{
	struct kctl_message *message, *next_message;
	struct kctl_waiter *waiter, *next;

	list_for_each_entry_safe(message, next_message, &channel->messages, node) {
		list_del(&message->node);
		kctl_message_put(channel->channels, message);
	}
	channel->bytes = 0;
	WRITE_ONCE(channel->count, 0);

	list_for_each_entry_safe(waiter, next, &channel->waiting_senders, node) {
		waiter->abandoned = true;
		kctl_waiter_serve(waiter);
	}
	kctl_channel_tell_senders(channel);
}

static struct kctl_message *kctl_channel_take(struct kctl_channel *channel, bool peek)
{
	struct kctl_message *message;

	message = list_first_entry_or_null(&channel->messages, struct kctl_message, node);
	if (!message)
		return NULL;

	if (peek) {
		refcount_inc(&message->refs);
		return message;
	}

	list_del(&message->node);
	channel->bytes -= message->size;
	WRITE_ONCE(channel->count, channel->count - 1);
	kctl_channel_admit(channel);
	return message;
}

/**
 * kctl_channel_receive() - take the oldest message of a channel
 * @channel: a channel the socket is bound to
 * @sk: the receiving socket
 * @peek: leave the message in the channel
 * @timeout: how long to wait for one, in jiffies; 0 not to wait
 *
 * Context: process, may sleep.
 *
 * Return: the message, with a reference for the caller; NULL if there is none and
 * the socket is shut down; ERR_PTR(-EAGAIN) if there is none (in time);
 * ERR_PTR(-ERESTARTSYS) or ERR_PTR(-EINTR) after a signal.
 */
struct kctl_message *kctl_channel_receive(struct kctl_channel *channel, struct sock *sk,
					  bool peek, long timeout)
{
	struct kctl_waiter waiter = { .task = current, .peek = peek };
	struct kctl_message *message;
	int err = 0;

	kctl_channel_lock(channel);
	message = kctl_channel_take(channel, peek);
	if (!message && !(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)) {
		err = -EAGAIN;
		if (timeout)
			err = kctl_channel_wait(channel, &waiter,
						&channel->waiting_receivers, sk,
						RCV_SHUTDOWN, timeout);
		message = waiter.message;
	}
	kctl_channel_unlock(channel);

	return err ? ERR_PTR(err) : message;
}

/**
 * kctl_channel_unreceive() - give back a message that could not be delivered
 * @channel: where it was received, to be the oldest again
 * @message: the message, with the caller's reference
 */
void kctl_channel_unreceive(struct kctl_channel *channel, struct kctl_message *message)
{
	kctl_channel_lock(channel);
	if (!kctl_channel_hand_over(channel, message)) {
		kctl_channel_enqueue(channel, message, &channel->messages);
		kctl_channel_tell_receivers(channel);
	}
	kctl_channel_unlock(channel);
}

/**
 * kctl_channel_is_readable() - is there something to receive?
 * @channel: a channel that the caller is bound to
 *
 * Return: whether a receiver would find a message now.
 */
bool kctl_channel_is_readable(const struct kctl_channel *channel)
{
	return READ_ONCE(channel->count);
}

/**
 * kctl_channel_is_writable() - is there room for a message?
 * @channels: the channels of the network namespace
 * @number: the channel
 *
 * Who is told that there is none, and is connected or bound to the channel, is
 * told as soon as there is.
 *
 * Return: whether a sender would find room now, also for the largest message that
 * was refused lately: else who polls and sends would turn in circles.
 */
bool kctl_channel_is_writable(struct kctl_channels *channels, u32 number)
{
	struct kctl_channel *channel = kctl_channel_find(channels, number);
	bool writable;

	if (!channel)
		return true;

	writable = list_empty(&channel->waiting_senders) &&
		   kctl_channel_has_room(channel, channel->refused);
	if (!writable)
		channel->full_seen = true;
	kctl_channel_unlock(channel);
	return writable;
}
