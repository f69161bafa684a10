// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues, and tasks that wait in line.
 *
 * A sender hands a message directly to the first waiting receiver, and then wakes it. So
 * no task wakes in vain or overtakes another, and a message always has exactly one
 * owner: its sender, a queue, or a receiver.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "queue.h"
#include "user.h"

/**
 * kctl_queue_init() - initialise an empty queue
 * @queue: the queue
 */
void kctl_queue_init(struct kctl_queue *queue)
{
	*queue = (struct kctl_queue) {};
	queue->end = &queue->first;
	INIT_LIST_HEAD(&queue->waiting);
}

/**
 * kctl_queue_serve() - deliver a message to waiting receivers: kctl_queue_hand_over()
 * @queue: the queue, empty, its channel locked
 * @item: the message
 *
 * Return: whether a receiver took it.
 */
bool kctl_queue_serve(struct kctl_queue *queue, struct kctl_item *item)
{
	struct kctl_waiter *waiter, *next;

	list_for_each_entry_safe(waiter, next, &queue->waiting, node) {
		bool peek = waiter->peek;

		kctl_item_deliver(item, waiter->delivery, peek);
		if (waiter->hold)
			kctl_queue_hold(queue, item);
		kctl_waiter_serve(waiter);
		if (!peek)
			return true;
	}
	return false;
}

static void kctl_queue_push(struct kctl_queue *queue, struct kctl_item *item)
{
	item->next = queue->first;
	queue->first = item;
	if (!item->next)
		queue->end = &item->next;
}

static struct kctl_message *kctl_queue_first_returned(const struct kctl_queue *queue)
{
	return rb_entry_safe(rb_first(&queue->returned), struct kctl_message, returned);
}

/* Restore the item of a message that left a tree. */
static struct kctl_item *kctl_message_restore(struct kctl_message *message)
{
	message->item.message = message;
	message->item.drops = 0;
	return &message->item;
}

static struct kctl_item *kctl_queue_unreturn(struct kctl_queue *queue,
					     struct kctl_message *message)
{
	rb_erase(&message->returned, &queue->returned);
	return kctl_message_restore(message);
}

/**
 * kctl_queue_refill() - move a returned message to the front if it is the next
 * @queue: the queue, its channel locked; the first message was taken
 */
void kctl_queue_refill(struct kctl_queue *queue)
{
	struct kctl_message *message = kctl_queue_first_returned(queue);

	if (!queue->first || message->seq < queue->first->message->seq)
		kctl_queue_push(queue, kctl_queue_unreturn(queue, message));
}

static void kctl_queue_add_returned(struct kctl_queue *queue, struct kctl_message *message)
{
	struct rb_node **at = &queue->returned.rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = rb_entry(parent, struct kctl_message, returned)->seq > message->seq ?
		     &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&message->returned, parent, at);
	rb_insert_color(&message->returned, &queue->returned);
}

/**
 * kctl_queue_return() - return a message to its place in the queue of a channel
 * @queue: the queue, its channel locked; no receiver waits
 * @message: the message, which was taken from it
 */
void kctl_queue_return(struct kctl_queue *queue, struct kctl_message *message)
{
	kctl_queue_count(queue, &message->item);
	if (!queue->first || message->seq < queue->first->message->seq)
		kctl_queue_push(queue, &message->item);
	else
		kctl_queue_add_returned(queue, message);
}

/**
 * kctl_queue_delay() - delay a message until a time
 * @queue: the queue of a channel, which is locked
 * @message: the message, which was taken from the queue and counts as held
 * @ready: the time, in ns of CLOCK_MONOTONIC
 *
 * Return: whether it is the first of the delayed messages.
 */
bool kctl_queue_delay(struct kctl_queue *queue, struct kctl_message *message, u64 ready)
{
	struct rb_node **at = &queue->delays.rb_root.rb_node, *parent = NULL;
	bool first = true;

	while (*at) {
		parent = *at;
		if (rb_entry(parent, struct kctl_message, returned)->ready > ready) {
			at = &parent->rb_left;
		} else {
			at = &parent->rb_right;
			first = false;
		}
	}
	message->ready = ready;
	rb_link_node(&message->returned, parent, at);
	rb_insert_color_cached(&message->returned, &queue->delays, first);
	queue->delayed++;
	queue->delayed_bytes += message->size;
	return first;
}

/**
 * kctl_queue_first_delayed() - find the delayed message that returns first
 * @queue: the queue of a channel, which is locked
 *
 * Return: the message, or NULL if none is delayed.
 */
struct kctl_message *kctl_queue_first_delayed(const struct kctl_queue *queue)
{
	return rb_entry_safe(rb_first_cached(&queue->delays), struct kctl_message, returned);
}

/**
 * kctl_queue_undelay() - undo kctl_queue_delay()
 * @queue: the queue
 * @message: the message, which counts as held again
 */
void kctl_queue_undelay(struct kctl_queue *queue, struct kctl_message *message)
{
	rb_erase_cached(&message->returned, &queue->delays);
	kctl_message_restore(message);
	queue->delayed--;
	queue->delayed_bytes -= message->size;
}

/**
 * kctl_queue_put_back() - undo kctl_queue_take() for the queue of a tap
 * @queue: the queue, its channel locked; no receiver waits
 * @item: the message, inserted by kctl_item.order: concurrent calls may have put back older
 *	ones. Its sequence number cannot be used, as it changes when the message dies
 */
void kctl_queue_put_back(struct kctl_queue *queue, struct kctl_item *item)
{
	struct kctl_item **at = &queue->first;

	while (*at && (s32)((*at)->order - item->order) < 0)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
	if (!item->next)
		queue->end = &item->next;
	kctl_queue_count(queue, item);
}

/**
 * kctl_copy_memory() - bytes that a copy for a tap is charged
 * @message: the message
 *
 * A tap may have the last reference to the message, so the copy is charged for the data
 * too.
 *
 * Return: bytes, bookkeeping included.
 */
long kctl_copy_memory(const struct kctl_message *message)
{
	return sizeof(struct kctl_copy) + kctl_message_memory(message->size);
}

static void kctl_copy_free(struct kctl_channels *channels, struct kctl_item *item)
{
	struct kctl_copy *copy = container_of(item, struct kctl_copy, item);
	long bytes = kctl_copy_memory(item->message);

	atomic_long_sub(bytes, &channels->copies);
	kctl_user_put(channels, copy->user, bytes);
	kfree(copy);
}

/**
 * kctl_delivery_put() - release a message that was received
 * @channels: the channels it was allocated for
 * @delivery: the message
 */
void kctl_delivery_put(struct kctl_channels *channels, struct kctl_delivery *delivery)
{
	struct kctl_message *message = delivery->message;

	if (delivery->item == &message->item) {
		kctl_message_drop(channels, message);
		return;
	}
	/* The item of a tap is not part of the message; a peek takes none. */
	if (delivery->item)
		kctl_copy_free(channels, delivery->item);
	kctl_message_put(channels, message);
}

/**
 * kctl_queue_detach() - take all messages from a queue, delayed ones included
 * @queue: the queue, its channel locked or no longer in use; messages that receivers hold
 *	still count for it
 * @dropped: gets the messages; the caller frees them with kctl_queue_free() after it has
 *	released the lock
 */
void kctl_queue_detach(struct kctl_queue *queue, struct kctl_queue *dropped)
{
	dropped->first = queue->first;
	dropped->returned = queue->returned;
	dropped->delays = queue->delays;
	queue->first = NULL;
	queue->end = &queue->first;
	queue->returned = RB_ROOT;
	queue->delays = RB_ROOT_CACHED;
	queue->held -= queue->delayed;
	queue->held_bytes -= queue->delayed_bytes;
	queue->delayed = 0;
	queue->delayed_bytes = 0;
	queue->bytes = 0;
	WRITE_ONCE(queue->count, 0);
}

static void kctl_items_free(struct kctl_item *item, struct kctl_channels *channels)
{
	struct kctl_item *next;

	for (; item; item = next) {
		next = item->next;
		kctl_delivery_put(channels, &(struct kctl_delivery) {
			.message = item->message,
			.item = item,
		});
		cond_resched();
	}
}

/**
 * kctl_queue_free() - release messages that kctl_queue_detach() took
 * @queue: the messages, which nothing else uses
 * @channels: the channels they were allocated for
 *
 * Freeing gigabytes of messages can take seconds.
 *
 * Context: process, may sleep.
 */
void kctl_queue_free(struct kctl_queue *queue, struct kctl_channels *channels)
{
	struct kctl_message *message;

	kctl_items_free(queue->first, channels);
	while ((message = kctl_queue_first_returned(queue))) {
		kctl_queue_unreturn(queue, message);
		kctl_message_drop(channels, message);
		cond_resched();
	}
	while ((message = kctl_queue_first_delayed(queue))) {
		kctl_queue_undelay(queue, message);
		kctl_message_drop(channels, message);
		cond_resched();
	}
}

/**
 * kctl_waiter_serve() - end the wait of a task, and wake it
 * @waiter: in a line of a locked channel. Its stack frame may be gone once the lock is
 *	released, so the wake-up comes first
 */
void kctl_waiter_serve(struct kctl_waiter *waiter)
{
	list_del(&waiter->node);
	WRITE_ONCE(waiter->served, true);
	wake_up_process(waiter->task);
}

/*
 * Sleep until served, a signal, the timeout, or a shutdown of the socket. The shutdown
 * wakes the wait queue of the socket.
 */
static int kctl_waiter_sleep(const struct kctl_waiter *waiter, struct sock *sk,
			     u8 shutdown, long timeout)
{
	DECLARE_WAITQUEUE(entry, current);
	int err = 0;

	add_wait_queue(sk_sleep(sk), &entry);
	/* This barrier pairs with the one in wake_up_process(). */
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

/**
 * kctl_waiter_wait() - wait in line
 * @waiter: the calling task
 * @line: where to wait
 * @lock: protects @line; held on entry and on return, released while the task sleeps. The
 *	caller has a reference to the object that @line belongs to
 * @sk: the socket
 * @shutdown: RCV_SHUTDOWN or SEND_SHUTDOWN of the socket ends the wait
 * @timeout: how long to wait, in jiffies
 *
 * A task that was served succeeds, even if a signal or the timeout came at the same
 * time.
 *
 * Return: 0 if the task was served or the socket was shut down; -EAGAIN after the
 * timeout; -ERESTARTSYS or -EINTR after a signal.
 */
int kctl_waiter_wait(struct kctl_waiter *waiter, struct list_head *line, spinlock_t *lock,
		     struct sock *sk, u8 shutdown, long timeout)
	__must_hold(lock)
{
	int err;

	list_add_tail(&waiter->node, line);
	spin_unlock(lock);

	err = kctl_waiter_sleep(waiter, sk, shutdown, timeout);

	spin_lock(lock);
	if (waiter->served)
		return 0;
	list_del(&waiter->node);
	return err;
}
