// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hold time: held messages have a deadline, at which they are given back.
 *
 * Each window has a work item. Settling a message does not requeue it: it gives back the
 * messages that are due, and is queued again for the next deadline.
 */
#include <linux/ktime.h>

#include "hold.h"

static struct kctl_slot *kctl_window_first_deadline(const struct kctl_window *window)
{
	return rb_entry_safe(rb_first_cached(&window->deadlines), struct kctl_slot, expiry);
}

/* Returns whether the slot is the first. */
static bool kctl_window_add_deadline(struct kctl_window *window, struct kctl_slot *slot)
{
	struct rb_node **at = &window->deadlines.rb_root.rb_node, *parent = NULL;
	bool first = true;

	while (*at) {
		parent = *at;
		if (rb_entry(parent, struct kctl_slot, expiry)->deadline > slot->deadline) {
			at = &parent->rb_left;
		} else {
			at = &parent->rb_right;
			first = false;
		}
	}
	rb_link_node(&slot->expiry, parent, at);
	rb_insert_color_cached(&slot->expiry, &window->deadlines, first);
	return first;
}

/* In ms; 0: no limit. The limit that the owner of the channel set takes precedence. */
static u32 kctl_window_time(const struct kctl_window *window)
{
	u32 max = window->receiver->channel->hold_time_max;
	u32 time = READ_ONCE(window->time);

	if (!time)
		return max;
	return max ? min(time, max) : time;
}

/**
 * kctl_window_begin_time() - start the hold time of a message
 * @window: the window, its channel locked
 * @slot: the slot of the message, whose deadline is 0
 */
void kctl_window_begin_time(struct kctl_window *window, struct kctl_slot *slot)
{
	u32 time = kctl_window_time(window);

	if (!time)
		return;
	slot->deadline = ktime_get_ns() + (u64)time * NSEC_PER_MSEC;
	if (kctl_window_add_deadline(window, slot))
		kctl_work_at(&window->expire, slot->deadline);
}

/**
 * kctl_window_end_time() - stop the hold time of a message before it is over
 * @window: the window, its channel locked
 * @slot: the slot of the message
 */
void kctl_window_end_time(struct kctl_window *window, struct kctl_slot *slot)
{
	if (!slot->deadline)
		return;
	rb_erase_cached(&slot->expiry, &window->deadlines);
	slot->deadline = 0;
}

/* Give back a batch of the messages that are due. */
static void kctl_window_expire_some(struct kctl_window *window, struct kctl_channel *channel,
				    struct kctl_left *left)
{
	static const struct kctl_settle retry = { .verb = KCTL_SETTLE_RETRY };
	u64 now = ktime_get_ns();
	u32 count = 0, back = 0;
	struct kctl_slot *slot;

	while (count < KCTL_BATCH && (slot = kctl_window_first_deadline(window)) &&
	       slot->deadline <= now) {
		back += kctl_window_settle_one(window, channel, slot, &retry, left);
		count++;
	}
	if (count)
		kctl_window_settled(window, channel, back);
}

/**
 * kctl_window_expire() - give back the messages whose hold time is over
 * @work: the work of the window. The socket is bound, and its release waits for the
 *	work
 *
 * If more are due, it goes to the end of the work queue, as kctl_delay_work() does.
 */
void kctl_window_expire(struct work_struct *work)
{
	struct kctl_window *window = container_of(to_delayed_work(work), struct kctl_window,
						  expire);
	struct kctl_channel *channel = window->receiver->channel;
	struct kctl_slot *slot;
	struct kctl_left left;

	kctl_left_init(&left);
	spin_lock(&channel->lock);
	kctl_window_expire_some(window, channel, &left);
	slot = kctl_window_first_deadline(window);
	if (slot)
		kctl_work_at(&window->expire, slot->deadline);
	spin_unlock(&channel->lock);
	kctl_left_dispose(&left, channel);
}
