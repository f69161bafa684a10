/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages, queues of messages, and tasks that wait in line.
 *
 * The lowest component: it knows no channel. A lock that protects a queue is the lock of
 * the channel that the queue belongs to; functions that sleep get it as an argument.
 */
#ifndef _KCTL_QUEUE_H
#define _KCTL_QUEUE_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct iov_iter;
struct kctl_channels;
struct pid;
struct sock;
struct task_struct;

/* So many bytes of a message need no memory of their own. */
#define KCTL_MESSAGE_INLINE	112

/**
 * struct kctl_item - a message in a queue
 * @next: the item behind it, or NULL
 * @message: the message, with a reference
 * @drops: in the queue of a tap: how many messages it had missed by then
 */
struct kctl_item {
	struct kctl_item	*next;
	struct kctl_message	*message;
	u32			drops;
};

/**
 * struct kctl_part - more of the data of a message, in memory of its own
 * @next: the next part, or NULL
 * @data: the data
 */
struct kctl_part {
	struct kctl_part	*next;
	u8			data[];
};

/**
 * struct kctl_message - a message; constant once it was sent, but for @refs
 * @item: in the queue of its channel
 * @seq: its number in the channel, counted up
 * @time: when it was sent, in ns since the epoch
 * @pid: the process that sent it, with a reference
 * @uid: the user that sent it
 * @gid: the group that sent it
 * @refs: one of whoever is to consume it, one of each tap or caller that looks at it
 * @size: bytes of its data
 * @from: channel its sender was bound to, or 0
 * @parts: what has no place in @data
 * @data: the beginning of what was sent
 */
struct kctl_message {
	struct kctl_item	item;
	u64			seq;
	u64			time;
	struct pid		*pid;
	kuid_t			uid;
	kgid_t			gid;
	refcount_t		refs;
	u32			size;
	u32			from;
	struct kctl_part	*parts;
	u8			data[KCTL_MESSAGE_INLINE];
};

/**
 * struct kctl_delivery - what a receiver got
 * @message: the message, with a reference; NULL if there is none
 * @item: its item, now the receiver's; NULL if it only peeks
 * @drops: see struct kctl_item
 */
struct kctl_delivery {
	struct kctl_message	*message;
	struct kctl_item	*item;
	u32			drops;
};

/**
 * struct kctl_waiter - a task that stands in line; lives on its stack
 * @node: in a list of a channel until it is served
 * @task: the task
 * @message: of a sender: what it sends
 * @delivery: of a receiver: where to put what it is given
 * @peek: the receiver does not consume the message
 * @served: nothing is left to wait for
 * @abandoned: nobody will receive what the sender sends
 *
 * Protected by the lock of the channel, except that the task itself may look at @served.
 */
struct kctl_waiter {
	struct list_head	node;
	struct task_struct	*task;
	struct kctl_message	*message;
	struct kctl_delivery	*delivery;
	bool			peek;
	bool			served;
	bool			abandoned;
};

/**
 * struct kctl_queue - messages, and who waits for one
 * @first: the oldest item, or NULL
 * @end: where the next one is to be linked
 * @count: how many there are; poll reads it without the lock
 * @bytes: sum of the sizes of their messages
 * @waiting: struct kctl_waiter, first come, first served; there is no item while there
 *	are any
 *
 * Linked in one direction: nothing is taken from the middle, and each message passes here.
 * Protected by the lock of its channel.
 */
struct kctl_queue {
	struct kctl_item	*first;
	struct kctl_item	**end;
	u32			count;
	u64			bytes;
	struct list_head	waiting;
};

/*
 * These few are what most messages pass through. A queue that is asked for belongs to a
 * channel that is locked.
 */

static inline void kctl_item_deliver(struct kctl_item *item, struct kctl_delivery *delivery,
				     bool peek)
{
	delivery->message = item->message;
	delivery->item = peek ? NULL : item;
	delivery->drops = item->drops;
	if (peek)
		refcount_inc(&item->message->refs);
}

static inline void kctl_queue_count(struct kctl_queue *queue, const struct kctl_item *item)
{
	queue->bytes += item->message->size;
	WRITE_ONCE(queue->count, queue->count + 1);
}

bool kctl_queue_serve(struct kctl_queue *queue, struct kctl_item *item);

/**
 * kctl_queue_hand_over() - give a message to who waits for one
 * @queue: the queue, empty
 * @item: the message: those that peek look at it, the first other takes it
 *
 * Return: whether it was taken.
 */
static inline bool kctl_queue_hand_over(struct kctl_queue *queue, struct kctl_item *item)
{
	return !list_empty(&queue->waiting) && kctl_queue_serve(queue, item);
}

/**
 * kctl_queue_add() - put a message at the end of a queue
 * @queue: the queue; nobody waits for a message
 * @item: the message, from now on the queue's
 */
static inline void kctl_queue_add(struct kctl_queue *queue, struct kctl_item *item)
{
	item->next = NULL;
	*queue->end = item;
	queue->end = &item->next;
	kctl_queue_count(queue, item);
}

/**
 * kctl_queue_take() - take the oldest message out of a queue
 * @queue: the queue
 * @delivery: where to put it
 * @peek: leave it in the queue
 *
 * Return: whether there was one.
 */
static inline bool kctl_queue_take(struct kctl_queue *queue, struct kctl_delivery *delivery,
				   bool peek)
{
	struct kctl_item *item = queue->first;

	if (!item)
		return false;

	kctl_item_deliver(item, delivery, peek);
	if (!peek) {
		queue->first = item->next;
		if (!queue->first)
			queue->end = &queue->first;
		queue->bytes -= item->message->size;
		WRITE_ONCE(queue->count, queue->count - 1);
	}
	return true;
}

/* message.c */
int kctl_message_init(void);
void kctl_message_exit(void);
struct kctl_message *kctl_message_alloc(struct kctl_channels *channels, size_t size);
void kctl_message_put(struct kctl_channels *channels, struct kctl_message *message);
int kctl_message_fill(struct kctl_message *message, struct iov_iter *from);
int kctl_message_copy(const struct kctl_message *message, struct iov_iter *to, size_t size);

/* queue.c */
void kctl_queue_init(struct kctl_queue *queue);
void kctl_queue_put_back(struct kctl_queue *queue, struct kctl_item *item);
void kctl_queue_drop(struct kctl_queue *queue, struct kctl_channels *channels);
void kctl_delivery_put(struct kctl_channels *channels, struct kctl_delivery *delivery);
void kctl_waiter_serve(struct kctl_waiter *waiter);
int kctl_waiter_wait(struct kctl_waiter *waiter, struct list_head *line, spinlock_t *lock,
		     struct sock *sk, u8 shutdown, long timeout) __must_hold(lock);

#endif /* _KCTL_QUEUE_H */
