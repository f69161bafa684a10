/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hold and settle: receivers that keep messages until they settle them.
 *
 * A receiver has a window, which limits the number of messages that it holds. A call that
 * receives takes a place in the window before it takes a message or waits for one. So a
 * receiver that waits in the queue of the channel can always take a message. A call that
 * finds the window full waits in the line of the window.
 */
#ifndef _KCTL_HOLD_H
#define _KCTL_HOLD_H

#include <linux/bitops.h>

#include "dead.h"
#include "endpoint.h"

/* Slots in the first chunk of a window; each further chunk doubles the number of slots. */
#define KCTL_CHUNK_SLOTS	8
#define KCTL_CHUNKS		8

static_assert(KCTL_CHUNK_SLOTS << (KCTL_CHUNKS - 1) == KCTL_HOLD_MAX);

/**
 * struct kctl_slot - a place for a held message
 * @node: without a message: in kctl_window.unused
 * @expiry: with a deadline: in kctl_window.deadlines
 * @message: the message, with its owner's reference; NULL if the slot is unused
 * @id: number of the last delivery into the slot, times KCTL_HOLD_MAX, plus the index
 *	of the slot
 * @deadline: when the message is given back, in ns of CLOCK_MONOTONIC; 0: never
 */
struct kctl_slot {
	union {
		struct list_head	node;
		struct rb_node		expiry;
	};
	struct kctl_message	*message;
	u64			id;
	u64			deadline;
};

/**
 * struct kctl_window - the messages that a socket holds
 * @receiver: endpoint of the socket
 * @limit: limit of the messages that it holds (KCTL_HOLD); 0: receive without holding.
 *	Written under the lock of the socket too; recvmsg(2) reads it without a lock
 * @time: how long it holds a message, in ms (KCTL_HOLD_TIME); 0: no limit except that of
 *	its channel. Written under the lock of the socket
 * @places: number of places taken by messages and by calls that wait for a message
 * @count: number of held messages; written under the lock of the channel only
 * @deliveries: number of messages that it has held so far
 * @waiting: struct kctl_waiter of calls that wait for a place, served in order
 * @unused: struct kctl_slot without a message
 * @deadlines: struct kctl_slot with a deadline, sorted by deadline
 * @expire: gives back the messages whose deadline has passed; queued for the first
 *	deadline, or earlier
 * @slots: number of slots, at least @places
 * @chunks: the slots; freed on release only
 *
 * Protected by the lock of the channel. Before bind(2) there is no channel, and only
 * setsockopt(2), which locks the socket, uses the window.
 */
struct kctl_window {
	struct kctl_endpoint	*receiver;
	u32			limit;
	u32			time;
	u32			places;
	u32			count;
	u32			slots;
	u64			deliveries;
	struct list_head	waiting;
	struct list_head	unused;
	struct rb_root_cached	deadlines;
	struct delayed_work	expire;
	struct kctl_slot	*chunks[KCTL_CHUNKS];
};

/**
 * kctl_window_slot() - find a slot of a window
 * @window: the window
 * @index: its index, below kctl_window.slots
 *
 * Return: the slot.
 */
static inline struct kctl_slot *kctl_window_slot(const struct kctl_window *window, u32 index)
{
	u32 chunk = fls(index / KCTL_CHUNK_SLOTS);

	return &window->chunks[chunk][index - (chunk ? KCTL_CHUNK_SLOTS << (chunk - 1) : 0)];
}

/* hold.c */
void kctl_window_init(struct kctl_window *window, struct kctl_endpoint *receiver);
int kctl_window_set(struct kctl_window *window, struct kctl_channels *channels, u32 limit);
int kctl_window_receive(struct kctl_window *window, long timeout,
			struct kctl_delivery *delivery, struct kctl_held *held);
void kctl_window_unreceive(struct kctl_window *window, u64 id);
int kctl_window_settle(struct kctl_window *window, const struct kctl_settle *settles,
		       u32 count);
bool kctl_window_settle_one(struct kctl_window *window, struct kctl_channel *channel,
			    struct kctl_slot *slot, const struct kctl_settle *settle,
			    struct kctl_left *left);
void kctl_window_settled(struct kctl_window *window, struct kctl_channel *channel, u32 back);

/* release.c */
void kctl_window_release(struct kctl_window *window, struct kctl_channels *channels);

/* deadline.c */
void kctl_window_begin_time(struct kctl_window *window, struct kctl_slot *slot);
void kctl_window_end_time(struct kctl_window *window, struct kctl_slot *slot);
void kctl_window_expire(struct work_struct *work);

#endif /* _KCTL_HOLD_H */
