// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hold and settle.
 *
 * A held message has left the queue, but still counts for its channel and its sender, so it
 * can always return. It returns to its old place, or to a waiting receiver. A settle
 * allocates nothing, and waits only for the lock of the channel.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "hold.h"

static_assert(sizeof(struct kctl_held) == 32);
static_assert(sizeof(struct kctl_settle) == 16);

/**
 * kctl_window_init() - initialise the window of a socket that holds nothing
 * @window: the window
 * @receiver: endpoint of the socket
 */
void kctl_window_init(struct kctl_window *window, struct kctl_endpoint *receiver)
{
	*window = (struct kctl_window) { .receiver = receiver };
	INIT_LIST_HEAD(&window->waiting);
	INIT_LIST_HEAD(&window->unused);
	INIT_DELAYED_WORK(&window->expire, kctl_window_expire);
}

/* ---- slots ----------------------------------------------------------------- */

/* The slot of a held message; NULL if the message is no longer held. */
static struct kctl_slot *kctl_window_find(const struct kctl_window *window, u64 id)
{
	u32 index = id % KCTL_HOLD_MAX;
	struct kctl_slot *slot;

	if (index >= window->slots)
		return NULL;
	slot = kctl_window_slot(window, index);
	return slot->message && slot->id == id ? slot : NULL;
}

/* Charge the slots to the user: no message accounts for their memory. */
static bool kctl_slots_charge(const struct kctl_caller *caller, struct kctl_channels *channels,
			      long bytes)
{
	struct kctl_user *user = caller->user;

	if (!user)
		return true;
	if (kctl_counter_add(&user->memory, bytes,
			     kctl_limit_of_user(READ_ONCE(channels->max_memory))))
		return true;
	if (!kctl_caller_is_admin(caller))
		return false;
	atomic_long_add(bytes, &user->memory);
	return true;
}

static void kctl_window_add_slots(struct kctl_window *window, u32 count)
{
	u32 end = window->slots + count;

	for (; window->slots < end; window->slots++)
		list_add_tail(&kctl_window_slot(window, window->slots)->node,
			      &window->unused);
}

/* Add a chunk: double the number of slots, or allocate the first chunk. */
static int kctl_window_grow(struct kctl_window *window, struct kctl_channels *channels,
			    struct kctl_channel *channel)
{
	const struct kctl_caller *caller = window->receiver->caller;
	u32 old = window->slots, count = old ?: KCTL_CHUNK_SLOTS, i;
	long bytes = count * sizeof(struct kctl_slot);
	struct kctl_slot *slots;

	if (!kctl_slots_charge(caller, channels, bytes))
		return -ENOBUFS;
	slots = kvcalloc(count, sizeof(*slots), GFP_KERNEL_ACCOUNT);
	if (!slots) {
		kctl_user_put(channels, caller->user, bytes);
		return -ENOMEM;
	}
	for (i = 0; i < count; i++)
		slots[i].id = old + i;

	/* No reader accesses them before window->slots counts them. */
	window->chunks[fls(old / KCTL_CHUNK_SLOTS)] = slots;
	if (!channel) {
		kctl_window_add_slots(window, count);
		return 0;
	}
	spin_lock(&channel->lock);
	kctl_window_add_slots(window, count);
	spin_unlock(&channel->lock);
	return 0;
}

/* ---- places ---------------------------------------------------------------- */

static bool kctl_window_is_full(const struct kctl_window *window)
{
	return window->limit && window->places >= window->limit;
}

static void kctl_window_take_place(struct kctl_window *window)
{
	window->places++;
	WRITE_ONCE(window->receiver->window_full, kctl_window_is_full(window));
}

/*
 * Give a place to a call that waited for one: it gets a message, or waits for one. If the
 * first message has expired, the call is woken to expire it and to look again.
 */
static void kctl_window_admit_one(struct kctl_window *window, struct kctl_channel *channel,
				  struct kctl_waiter *waiter)
{
	struct kctl_queue *queue = &channel->queue;

	kctl_window_take_place(window);
	waiter->hold = true;
	if (unlikely(kctl_channel_first_is_due(channel))) {
		kctl_waiter_serve(waiter);
		return;
	}
	if (!kctl_queue_take(queue, waiter->delivery, false)) {
		list_move_tail(&waiter->node, &queue->waiting);
		return;
	}
	kctl_queue_hold(queue, waiter->delivery->item);
	kctl_waiter_serve(waiter);
}

/*
 * Places became free: admit a batch of the calls that wait for them, and then notify
 * pollers. Returns whether there are more to admit.
 */
static bool kctl_window_reopen(struct kctl_window *window, struct kctl_channel *channel)
{
	struct kctl_queue *queue = &channel->queue;
	bool was_full = window->receiver->window_full;
	struct kctl_waiter *waiter;
	bool more = false;
	u32 admitted = 0;

	while ((waiter = list_first_entry_or_null(&window->waiting, struct kctl_waiter, node)) &&
	       !kctl_window_is_full(window)) {
		more = admitted++ == KCTL_BATCH;
		if (more)
			break;
		kctl_window_admit_one(window, channel, waiter);
	}
	WRITE_ONCE(window->receiver->window_full, kctl_window_is_full(window));
	if (was_full && !kctl_window_is_full(window) && queue->count)
		kctl_endpoint_notify_many(window->receiver,
					  min(window->limit - window->places, queue->count));
	return more;
}

static void kctl_window_leave_place(struct kctl_window *window, struct kctl_channel *channel)
{
	window->places--;
	kctl_window_reopen(window, channel);
}

static int kctl_window_set_limit(struct kctl_window *window, struct kctl_channel *channel,
				 u32 limit)
{
	int err = limit ? kctl_channel_may_hold(channel, window->receiver->caller) : 0;

	if (err)
		return err;
	if (!limit && window->places)
		return -EBUSY;
	WRITE_ONCE(window->limit, limit);
	while (kctl_window_reopen(window, channel))
		kctl_channel_let_others(channel);
	return 0;
}

/**
 * kctl_window_set() - set the number of messages that a socket may hold
 * @window: the window of the socket, which is locked
 * @channels: the channels of its network namespace
 * @limit: 0 to KCTL_HOLD_MAX. Under a lower limit, held messages stay held
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES if the socket is bound and may not send to its channel; -EBUSY if
 * @limit is 0 and the socket holds messages, or calls wait for a message to hold; -ENOBUFS
 * if its user holds too many bytes; -ENOMEM.
 */
int kctl_window_set(struct kctl_window *window, struct kctl_channels *channels, u32 limit)
{
	struct kctl_channel *channel = window->receiver->channel;
	int err = 0;

	while (!err && window->slots < limit)
		err = kctl_window_grow(window, channels, channel);
	if (err)
		return err;
	if (!channel) {
		WRITE_ONCE(window->limit, limit);
		return 0;
	}
	spin_lock(&channel->lock);
	err = kctl_window_set_limit(window, channel, limit);
	spin_unlock(&channel->lock);
	return err;
}

/* ---- receive --------------------------------------------------------------- */

/*
 * Wait for a message if the call has a place, otherwise for a place and a message. Returns 1 if
 * the call got a place, and has to look for a message itself.
 */
static int kctl_window_wait(struct kctl_window *window, struct kctl_channel *channel,
			    bool place, long timeout, struct kctl_delivery *delivery)
{
	struct list_head *line = place ? &channel->queue.waiting : &window->waiting;
	struct kctl_waiter waiter = {
		.task = current, .hold = place, .delivery = delivery,
	};
	struct sock *sk = window->receiver->sk;
	int err = 0;

	if (!(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN)) {
		err = timeout ? kctl_waiter_wait(&waiter, line, &channel->lock, sk,
						 RCV_SHUTDOWN, timeout) : -EAGAIN;
	}
	if (waiter.served)
		return !delivery->message;
	if (waiter.hold)
		kctl_window_leave_place(window, channel);
	return err;
}

/*
 * With the channel locked; no message is due. If the call gets a message, it has a place for
 * it. Until it has a place, it releases the lock only to wait for one: a place that becomes
 * free otherwise would wake nobody.
 */
static int kctl_window_take(struct kctl_window *window, struct kctl_channel *channel,
			    long timeout, struct kctl_delivery *delivery)
{
	bool place = !kctl_window_is_full(window);
	unsigned long began = jiffies;
	int ret;

	if (place)
		kctl_window_take_place(window);
	for (;;) {
		if (place && kctl_queue_take(&channel->queue, delivery, false)) {
			kctl_queue_hold(&channel->queue, delivery->item);
			return 0;
		}
		ret = kctl_window_wait(window, channel, place, timeout, delivery);
		if (ret <= 0)
			return ret;
		place = true;
		if (timeout != MAX_SCHEDULE_TIMEOUT)
			timeout = max_t(long, timeout - (long)(jiffies - began), 0);
		ret = kctl_channel_expire(channel, timeout);
		if (ret) {
			kctl_window_leave_place(window, channel);
			return ret;
		}
	}
}

/*
 * From now on other calls can find the message by its id and settle it, while this call
 * still copies it. So the call gets a reference of its own.
 */
static void kctl_window_hold(struct kctl_window *window, struct kctl_message *message,
			     struct kctl_held *held)
{
	struct kctl_slot *slot = list_first_entry(&window->unused, struct kctl_slot, node);

	slot->id = ++window->deliveries * KCTL_HOLD_MAX + slot->id % KCTL_HOLD_MAX;
	slot->message = message;
	list_del(&slot->node);
	kctl_window_begin_time(window, slot);
	WRITE_ONCE(window->count, window->count + 1);
	refcount_inc(&message->refs);
	*held = kctl_message_describe(message);
	held->id = slot->id;
	held->deadline = slot->deadline;
}

/**
 * kctl_window_receive() - take the oldest message of a channel, and hold it
 * @window: the window of the receiving socket
 * @timeout: time to wait for a message, and for a place to hold it, in jiffies; 0 for no
 *	wait
 * @delivery: filled in, with a reference to the message for the caller; has no message
 *	after an error, or if there is none to hold and the socket is shut down
 * @held: filled in if there is a message
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EAGAIN if the queue is empty or the window full, or still so after the
 * timeout; -ERESTARTSYS or -EINTR after a signal; -ENODATA if another call has set the
 * limit to 0, so the socket no longer holds messages.
 */
int kctl_window_receive(struct kctl_window *window, long timeout,
			struct kctl_delivery *delivery, struct kctl_held *held)
{
	struct kctl_channel *channel = window->receiver->channel;
	int err;

	delivery->message = NULL;
	spin_lock(&channel->lock);
	/* First, as it releases the lock: others may settle, or change the limit. */
	err = kctl_channel_expire(channel, timeout);
	if (!err)
		err = window->limit ? kctl_window_take(window, channel, timeout, delivery) :
				      -ENODATA;
	if (delivery->message)
		kctl_window_hold(window, delivery->message, held);
	spin_unlock(&channel->lock);
	return err;
}

/* ---- settle ---------------------------------------------------------------- */

/* The message leaves the window, but still counts as held. The caller reopens the window. */
static struct kctl_message *kctl_window_unhold(struct kctl_window *window,
					       struct kctl_slot *slot)
{
	struct kctl_message *message = slot->message;

	kctl_window_end_time(window, slot);
	slot->message = NULL;
	list_add(&slot->node, &window->unused);
	WRITE_ONCE(window->count, window->count - 1);
	window->places--;
	return message;
}

/**
 * kctl_window_unreceive() - give back a message that could not be delivered, uncounted
 * @window: the window of the receiving socket
 * @id: id of the message, which another call may have settled already
 */
void kctl_window_unreceive(struct kctl_window *window, u64 id)
{
	struct kctl_channel *channel = window->receiver->channel;
	struct kctl_slot *slot;
	struct kctl_left left;
	u32 back;

	kctl_left_init(&left);
	spin_lock(&channel->lock);
	slot = kctl_window_find(window, id);
	if (slot) {
		back = kctl_channel_give_back(channel, kctl_window_unhold(window, slot), 0,
					      &left);
		kctl_window_settled(window, channel, back);
	}
	spin_unlock(&channel->lock);
	kctl_left_dispose(&left, channel);
}

/**
 * kctl_window_settle_one() - settle a message
 * @window: the window, its channel locked
 * @channel: the channel
 * @slot: the slot of the message
 * @settle: how to settle it
 * @left: gets the message if it leaves the channel
 *
 * Return: whether it now waits in the queue.
 */
bool kctl_window_settle_one(struct kctl_window *window, struct kctl_channel *channel,
			    struct kctl_slot *slot, const struct kctl_settle *settle,
			    struct kctl_left *left)
{
	struct kctl_message *message;

	lockdep_assert_held(&channel->lock);
	if (settle->verb == KCTL_SETTLE_EXTEND) {
		kctl_window_end_time(window, slot);
		kctl_window_begin_time(window, slot);
		return false;
	}
	message = kctl_window_unhold(window, slot);
	switch (settle->verb) {
	case KCTL_SETTLE_DONE:
		kctl_queue_unhold(&channel->queue, &message->item);
		kctl_queue_add(&left->done, &message->item);
		return false;
	case KCTL_SETTLE_DEAD:
		WRITE_ONCE(message->returns, message->returns + 1);
		kctl_channel_kill(channel, message, KCTL_DEAD_SETTLED, left);
		return false;
	case KCTL_SETTLE_RETRY:
		return kctl_channel_fail(channel, message, settle->delay, left);
	}
	return kctl_channel_give_back(channel, message, settle->delay, left);
}

/**
 * kctl_window_settled() - notify waiters of the changes by kctl_window_settle_one()
 * @window: the window, its channel locked
 * @channel: the channel
 * @back: number of messages that returned to the queue
 */
void kctl_window_settled(struct kctl_window *window, struct kctl_channel *channel, u32 back)
{
	lockdep_assert_held(&channel->lock);
	if (back)
		kctl_channel_notify_of_many(channel, back);
	/* A receiver that does not hold may have taken what was given back, which makes room. */
	kctl_channel_admit(channel);
	kctl_window_reopen(window, channel);
}

/* One batch, with the channel locked. Returns whether all messages were held. */
static bool kctl_window_settle_some(struct kctl_window *window, struct kctl_channel *channel,
				    const struct kctl_settle *settles, u32 count,
				    struct kctl_left *left)
{
	struct kctl_slot *slot;
	bool all = true;
	u32 back = 0, i;

	for (i = 0; i < count; i++) {
		slot = kctl_window_find(window, settles[i].id);
		if (slot)
			back += kctl_window_settle_one(window, channel, slot, &settles[i],
						       left);
		else
			all = false;
	}
	kctl_window_settled(window, channel, back);
	return all;
}

/**
 * kctl_window_settle() - settle held messages
 * @window: the window of the socket, bound as a receiver
 * @settles: the messages, each with a valid verb
 * @count: number of @settles
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ESTALE if some messages were no longer held; all others are settled.
 */
int kctl_window_settle(struct kctl_window *window, const struct kctl_settle *settles, u32 count)
{
	struct kctl_channel *channel = window->receiver->channel;
	bool all = true;
	u32 some;

	for (; count; settles += some, count -= some) {
		struct kctl_left left;

		kctl_left_init(&left);
		some = min_t(u32, count, KCTL_BATCH);
		spin_lock(&channel->lock);
		all &= kctl_window_settle_some(window, channel, settles, some, &left);
		spin_unlock(&channel->lock);
		kctl_left_dispose(&left, channel);
	}
	return all ? 0 : -ESTALE;
}
