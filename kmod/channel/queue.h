/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages, queues of messages, and tasks that wait in line.
 *
 * The lowest component: it knows no channel. A queue is protected by the lock of its
 * channel; functions that sleep get the lock as an argument.
 */
#ifndef _KCTL_QUEUE_H
#define _KCTL_QUEUE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct iov_iter;
struct kctl_caller;
struct kctl_channels;
struct kctl_held;
struct kctl_user;
struct pid;
struct sock;
struct task_struct;

/* Bytes of a message that struct kctl_message itself holds; it has three cache lines. */
#define KCTL_MESSAGE_INLINE	80

/**
 * struct kctl_item - a message in a queue
 * @next: the next item, or NULL
 * @message: the message, with a reference
 * @drops: in the queue of a tap: number of messages that the tap had missed before this
 *	one
 * @order: likewise: the low bits of the sequence number that the message had when it
 *	was copied
 */
struct kctl_item {
	struct kctl_item	*next;
	struct kctl_message	*message;
	u32			drops;
	u32			order;
};

/**
 * struct kctl_copy - a message in the queue of a tap
 * @item: its item there
 * @user: user that the copy is charged to, or NULL
 */
struct kctl_copy {
	struct kctl_item	item;
	struct kctl_user	*user;
};

/**
 * struct kctl_part - data of a message beyond KCTL_MESSAGE_INLINE
 * @next: the next part, or NULL
 * @data: the data
 */
struct kctl_part {
	struct kctl_part	*next;
	u8			data[];
};

#define KCTL_HISTORY_DELIVERIES_MAX	((1U << 30) - 1)

/**
 * struct kctl_history - how a message came to a dead letter channel
 * @from: channel that it died in; 0 if it did not die, and all members are 0
 * @deliveries: number of counted deliveries there, at most KCTL_HISTORY_DELIVERIES_MAX
 * @why: enum kctl_dead_why
 */
struct kctl_history {
	u32	from;
	u32	deliveries : 30;
	u32	why : 2;
};

/**
 * struct kctl_message - a message; constant after it is sent, except @refs, and except
 *	@item, @returned, @seq, @returns, @history, @ready and @entered, which the lock of
 *	its channel protects
 * @item: its item in the queue of the channel
 * @returned: instead of @item: in kctl_queue.returned or kctl_queue.delays
 * @seq: sequence number in the channel
 * @time: time at which it entered the channel it was sent to, in ns of CLOCK_BOOTTIME
 * @pid: process that sent it, with a reference
 * @user: user that it is charged to until it is received, or settled if it is held; or
 *	NULL
 * @uid: user that sent it
 * @gid: group that sent it
 * @refs: one for its owner (sender, queue or receiver), one for each tap, each peek and the
 *	call that receives it to hold it
 * @size: bytes of its data
 * @from: channel that the sender was bound to, or 0
 * @returns: number of counted deliveries after which it was given back
 * @history: history of a dead letter
 * @ready: in kctl_queue.delays: time at which it returns to its place, in ns of
 *	CLOCK_MONOTONIC
 * @entered: time at which it entered its channel, in ns of CLOCK_BOOTTIME; earlier if the
 *	channel had no time to live then
 * @parts: the data that does not fit into @data, or NULL
 * @data: the first bytes of the data
 */
struct kctl_message {
	union {
		struct kctl_item	item;
		struct rb_node		returned;
	};
	u64			seq;
	u64			time;
	struct pid		*pid;
	struct kctl_user	*user;
	kuid_t			uid;
	kgid_t			gid;
	refcount_t		refs;
	u32			size;
	u32			from;
	u32			returns;
	struct kctl_history	history;
	u64			ready;
	u64			entered;
	struct kctl_part	*parts;
	u8			data[KCTL_MESSAGE_INLINE];
};

/**
 * struct kctl_delivery - a message on its way to a receiver
 * @message: the message, with a reference; or NULL
 * @item: its item, which the receiver now owns; NULL after a peek
 * @drops: see struct kctl_item
 */
struct kctl_delivery {
	struct kctl_message	*message;
	struct kctl_item	*item;
	u32			drops;
};

/**
 * struct kctl_waiter - a task that waits in line; lives on its stack
 * @node: in a list of a channel until the task is served
 * @task: the task
 * @message: of a sender: its message
 * @delivery: of a receiver: where to put the message
 * @peek: the receiver does not consume the message
 * @hold: the receiver holds the message, and has a place in its window for it
 * @served: the wait is over
 * @error: of a sender: 0, or the error that refuses its message
 *
 * Protected by the lock of the channel. The task itself may read @served without the
 * lock.
 */
struct kctl_waiter {
	struct list_head	node;
	struct task_struct	*task;
	struct kctl_message	*message;
	struct kctl_delivery	*delivery;
	bool			peek;
	bool			hold;
	bool			served;
	int			error;
};

/**
 * struct kctl_queue - messages, or receivers that wait for a message
 * @first: the oldest item, or NULL
 * @end: link to which the next item is appended
 * @count: number of items; poll reads it without the lock
 * @bytes: sum of the message sizes
 * @held: number of messages that were taken from the queue and can return: a receiver
 *	holds them, or they are delayed
 * @held_bytes: sum of their sizes
 * @delayed: number of delayed messages, which return at a set time; part of @held
 * @delayed_bytes: sum of their sizes; part of @held_bytes
 * @delays: struct kctl_message that are delayed, sorted by that time
 * @returned: struct kctl_message that were given back, sorted by sequence number: all
 *	of them behind @first, and included in @count and @bytes
 * @waiting: struct kctl_waiter, served in order; empty unless the queue has no items
 *
 * Singly linked, as items leave only at the front, and every message pays for the links.
 * A message that returns may belong behind any number of other returned messages, so
 * these are in a tree. The first of them moves to the front of the list when it is the
 * next. Protected by the lock of its channel.
 */
struct kctl_queue {
	struct kctl_item	*first;
	struct kctl_item	**end;
	u32			count;
	u64			bytes;
	u32			held;
	u64			held_bytes;
	u32			delayed;
	u64			delayed_bytes;
	struct rb_root_cached	delays;
	struct rb_root		returned;
	struct list_head	waiting;
};

/*
 * Inline, as most messages pass through these few functions. The caller has locked the
 * channel of the queue.
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

static inline void kctl_queue_hold(struct kctl_queue *queue, const struct kctl_item *item)
{
	queue->held++;
	queue->held_bytes += item->message->size;
}

static inline void kctl_queue_unhold(struct kctl_queue *queue, const struct kctl_item *item)
{
	queue->held--;
	queue->held_bytes -= item->message->size;
}

bool kctl_queue_serve(struct kctl_queue *queue, struct kctl_item *item);
void kctl_queue_refill(struct kctl_queue *queue);

/**
 * kctl_queue_hand_over() - deliver a message to the receivers that wait for one
 * @queue: the queue, empty
 * @item: the message; receivers that peek get a reference, the first receiver that does
 *	not takes it
 *
 * Return: whether a receiver took it.
 */
static inline bool kctl_queue_hand_over(struct kctl_queue *queue, struct kctl_item *item)
{
	return !list_empty(&queue->waiting) && kctl_queue_serve(queue, item);
}

/**
 * kctl_queue_add() - append a message to a queue
 * @queue: the queue; no receiver waits
 * @item: the message; belongs to the queue afterwards
 */
static inline void kctl_queue_add(struct kctl_queue *queue, struct kctl_item *item)
{
	item->next = NULL;
	*queue->end = item;
	queue->end = &item->next;
	kctl_queue_count(queue, item);
}

/**
 * kctl_queue_take() - take the oldest message from a queue
 * @queue: the queue
 * @delivery: filled in
 * @peek: leave the message in the queue
 *
 * Return: true, or false if the queue is empty.
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
		if (unlikely(!RB_EMPTY_ROOT(&queue->returned)))
			kctl_queue_refill(queue);
	}
	return true;
}

/* message.c */
int kctl_message_init(void);
void kctl_message_exit(void);
long kctl_message_memory(size_t size);
struct kctl_message *kctl_message_alloc(struct kctl_channels *channels,
					const struct kctl_caller *caller, size_t size);
void kctl_message_put(struct kctl_channels *channels, struct kctl_message *message);
void kctl_message_drop(struct kctl_channels *channels, struct kctl_message *message);
int kctl_message_fill(struct kctl_message *message, struct iov_iter *from);
struct kctl_held kctl_message_describe(const struct kctl_message *message);
int kctl_message_copy(const struct kctl_message *message, struct iov_iter *to, size_t size);

/* queue.c */
void kctl_queue_init(struct kctl_queue *queue);
long kctl_copy_memory(const struct kctl_message *message);
void kctl_queue_put_back(struct kctl_queue *queue, struct kctl_item *item);
void kctl_queue_return(struct kctl_queue *queue, struct kctl_message *message);
bool kctl_queue_delay(struct kctl_queue *queue, struct kctl_message *message, u64 ready);
struct kctl_message *kctl_queue_first_delayed(const struct kctl_queue *queue);
void kctl_queue_undelay(struct kctl_queue *queue, struct kctl_message *message);
void kctl_queue_detach(struct kctl_queue *queue, struct kctl_queue *dropped);
void kctl_queue_free(struct kctl_queue *queue, struct kctl_channels *channels);
void kctl_delivery_put(struct kctl_channels *channels, struct kctl_delivery *delivery);
void kctl_waiter_serve(struct kctl_waiter *waiter);
int kctl_waiter_wait(struct kctl_waiter *waiter, struct list_head *line, spinlock_t *lock,
		     struct sock *sk, u8 shutdown, long timeout) __must_hold(lock);

#endif /* _KCTL_QUEUE_H */
