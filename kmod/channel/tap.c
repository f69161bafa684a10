// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taps: sockets that get a copy of every message on a channel, and consume none.
 *
 * The copy is a reference, so it costs the sender little. A tap that does not keep up
 * loses messages itself, and slows down nobody.
 */
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "endpoint.h"
#include "../trace.h"

/* Checked once, and only if it decides the outcome: each failure is audited. */
static bool kctl_tap_is_admin(struct kctl_tap *tap)
{
	if (!tap->asked) {
		tap->asked = true;
		tap->admin = kctl_caller_is_admin(tap->endpoint.caller);
	}
	return tap->admin;
}

/*
 * The queue may exceed the receive buffer by one message, as for any socket: otherwise
 * a tap could never receive a message larger than its buffer.
 *
 * A tap keeps a message in memory after it was received. Memory that is reserved for
 * administrators must not be held by taps of other users.
 */
static bool kctl_tap_has_room(struct kctl_tap *tap, const struct kctl_channels *channels)
{
	u64 used = tap->queue.bytes + tap->queue.count * sizeof(struct kctl_message);

	if (used >= READ_ONCE(tap->endpoint.sk->sk_rcvbuf))
		return false;
	return atomic_long_read(&channels->memory) <=
		       kctl_limit_of_users(READ_ONCE(channels->max_memory)) ||
	       kctl_tap_is_admin(tap);
}

/* Copies have limits of their own, so waiting messages do not make taps miss messages. */
static bool kctl_tap_charge(struct kctl_tap *tap, struct kctl_channels *channels, long bytes)
{
	unsigned long limit = READ_ONCE(channels->max_memory);
	struct kctl_user *user = tap->endpoint.caller->user;
	struct kctl_charge charge;

	if (!user)
		return kctl_counter_add(&channels->copies, bytes, limit / 2);
	charge = (struct kctl_charge) {
		.amount		= bytes,
		.own		= &user->memory,
		.own_limit	= kctl_limit_of_user(limit),
		.all		= &channels->copies,
		.limit		= limit / 2,
	};
	return kctl_charge(&charge, false) ||
	       (kctl_tap_is_admin(tap) && kctl_charge(&charge, true));
}

/*
 * The copy is allocated in the context of the sender, but charged to the cgroup that
 * bound the tap. Unlike GFP_ATOMIC, GFP_NOWAIT cannot exceed its limit.
 */
static struct kctl_copy *kctl_copy_alloc(const struct kctl_tap *tap)
{
	struct mem_cgroup *old = set_active_memcg(tap->memcg);
	struct kctl_copy *copy;

	copy = kmalloc(sizeof(*copy), GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	set_active_memcg(old);
	return copy;
}

/* Returns NULL if the tap misses the message. */
static struct kctl_item *kctl_tap_item(struct kctl_tap *tap, struct kctl_channels *channels,
				       struct kctl_message *message)
{
	long bytes = kctl_copy_memory(message);
	struct kctl_copy *copy;

	if (!kctl_tap_has_room(tap, channels) || !kctl_tap_charge(tap, channels, bytes))
		return NULL;
	copy = kctl_copy_alloc(tap);
	if (!copy) {
		atomic_long_sub(bytes, &channels->copies);
		kctl_user_put(channels, tap->endpoint.caller->user, bytes);
		return NULL;
	}

	refcount_inc(&message->refs);
	copy->item.message = message;
	copy->item.drops = tap->drops;
	copy->item.order = message->seq;
	copy->user = tap->endpoint.caller->user;
	return &copy->item;
}

static void kctl_tap_copy(struct kctl_tap *tap, struct kctl_channel *channel,
			  struct kctl_message *message, bool notify)
{
	struct kctl_item *item = kctl_tap_item(tap, channel->channels, message);

	if (!item) {
		WRITE_ONCE(tap->drops, tap->drops + 1);
		trace_channel_drop(channel->number, message, tap->drops);
		return;
	}

	if (kctl_queue_hand_over(&tap->queue, item))
		return;
	kctl_queue_add(&tap->queue, item);
	if (notify)
		kctl_endpoint_notify(&tap->endpoint);
}

/**
 * kctl_taps_copy() - copy a message to the taps of a channel
 * @channel: the channel, locked
 * @message: the message, not in a queue yet
 */
void kctl_taps_copy(struct kctl_channel *channel, struct kctl_message *message)
{
	bool notify = !kctl_channel_notify_taps_later(channel);
	struct kctl_tap *tap;

	lockdep_assert_held(&channel->lock);
	list_for_each_entry(tap, &channel->taps, endpoint.node)
		kctl_tap_copy(tap, channel, message, notify);
}
