// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taps: sockets that get a copy of every message on a channel and consume none.
 *
 * The copy is a reference, so it costs the sender little. It does not slow down others
 * either: a tap that does not keep up loses messages, and it alone.
 */
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "channel.h"
#include "../trace.h"

/*
 * The queue may exceed the receive buffer by one message, as that of any socket may:
 * otherwise a tap could never see a large one. Taps stop at half of the memory limit of
 * the namespace, and leave the other half to senders.
 */
static bool kctl_tap_has_room(const struct kctl_tap *tap, const struct kctl_channels *channels)
{
	u64 used = tap->queue.bytes + tap->queue.count * sizeof(struct kctl_message);

	return used < READ_ONCE(tap->endpoint.sk->sk_rcvbuf) &&
	       atomic_long_read(&channels->memory) <= READ_ONCE(channels->max_memory) / 2;
}

/*
 * The item is allocated in the context of the sender, but charged to the cgroup that
 * bound the tap. Unlike GFP_ATOMIC, GFP_NOWAIT cannot exceed its limit.
 */
static struct kctl_item *kctl_tap_item(const struct kctl_tap *tap,
				       struct kctl_message *message)
{
	struct mem_cgroup *old = set_active_memcg(tap->memcg);
	struct kctl_item *item;

	item = kmalloc(sizeof(*item), GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	set_active_memcg(old);
	if (!item)
		return NULL;

	refcount_inc(&message->refs);
	item->message = message;
	item->drops = tap->drops;
	return item;
}

static void kctl_tap_copy(struct kctl_tap *tap, struct kctl_channel *channel,
			  struct kctl_message *message, bool notify)
{
	struct kctl_item *item = NULL;

	if (kctl_tap_has_room(tap, channel->channels))
		item = kctl_tap_item(tap, message);
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

	list_for_each_entry(tap, &channel->taps, endpoint.node)
		kctl_tap_copy(tap, channel, message, notify);
}
