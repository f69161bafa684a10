// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues, and who stands in line.
 *
 * A message is handed straight to the first receiver that waits, before that is
 * woken. So nobody is woken in vain, nobody overtakes, and a message always has
 * exactly one owner: its sender, a queue, or one receiver.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "queue.h"

/**
 * kctl_queue_init() - begin with an empty queue
 * @queue: the queue
 */
void kctl_queue_init(struct kctl_queue *queue)
{
	*queue = (struct kctl_queue) {};
	queue->end = &queue->first;
	INIT_LIST_HEAD(&queue->waiting);
}

/**
 * kctl_queue_serve() - kctl_queue_hand_over() where somebody may be waiting
 * @queue: the queue, empty, its channel locked
 * @item: the message
 *
 * Return: whether it was taken.
 */
bool kctl_queue_serve(struct kctl_queue *queue, struct kctl_item *item)
{
	struct kctl_waiter *waiter, *next;

	list_for_each_entry_safe(waiter, next, &queue->waiting, node) {
		bool peek = waiter->peek;

		kctl_item_deliver(item, waiter->delivery, peek);
		kctl_waiter_serve(waiter);
		if (!peek)
			return true;
	}
	return false;
}

/**
 * kctl_queue_put_back() - undo kctl_queue_take()
 * @queue: the queue; nobody waits for a message, its channel is locked
 * @item: the message: it was among the oldest. Others that were can have come back
 *	before, so it is put where its number belongs
 */
void kctl_queue_put_back(struct kctl_queue *queue, struct kctl_item *item)
{
	struct kctl_item **at = &queue->first;

	while (*at && (*at)->message->seq < item->message->seq)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
	if (!item->next)
		queue->end = &item->next;
	kctl_queue_count(queue, item);
}

/**
 * kctl_delivery_put() - be done with a message that was received
 * @channels: where it was allocated
 * @delivery: the message
 */
void kctl_delivery_put(struct kctl_channels *channels, struct kctl_delivery *delivery)
{
	/* That of a tap is no part of the message. */
	if (delivery->item && delivery->item != &delivery->message->item)
		kfree(delivery->item);
	kctl_message_put(channels, delivery->message);
}

/**
 * kctl_queue_drop() - drop all messages of a queue
 * @queue: the queue, its channel locked or gone
 * @channels: where they were allocated
 */
void kctl_queue_drop(struct kctl_queue *queue, struct kctl_channels *channels)
{
	struct kctl_delivery delivery;

	while (kctl_queue_take(queue, &delivery, false))
		kctl_delivery_put(channels, &delivery);
}

/**
 * kctl_waiter_serve() - wake a task that got what it waited for
 * @waiter: in a line of a channel that is locked. It may vanish with the lock, so it
 *	is woken before that
 */
void kctl_waiter_serve(struct kctl_waiter *waiter)
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

/**
 * kctl_waiter_wait() - stand in line
 * @waiter: the caller
 * @line: where to stand
 * @lock: protects @line; held on entry and on return, but not while the caller sleeps. The
 *	caller has a reference to what it is in
 * @sk: the socket
 * @shutdown: RCV_SHUTDOWN or SEND_SHUTDOWN of the socket ends the wait
 * @timeout: how long to wait, in jiffies
 *
 * Whoever was served succeeds, also if something else would have ended the wait.
 *
 * Return: 0 if it was served, or the socket was shut down; -EAGAIN if the time is over;
 * -ERESTARTSYS or -EINTR after a signal.
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
