// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release of a socket that holds messages.
 */
#include <linux/slab.h>
#include <net/sock.h>

#include "hold.h"

/*
 * Waiting receivers get the messages in the order of the channel: a queue that only this
 * call uses sorts them. No other call uses the window any more.
 */
static void kctl_window_give_back(struct kctl_window *window, struct kctl_channel *channel)
{
	struct kctl_queue messages;
	struct kctl_slot *slot;
	bool more;
	u32 i;

	kctl_queue_init(&messages);
	for (i = 0; i < window->slots; i++) {
		slot = kctl_window_slot(window, i);
		if (slot->message)
			kctl_queue_return(&messages, slot->message);
	}

	do {
		struct kctl_left left;

		kctl_left_init(&left);
		spin_lock(&channel->lock);
		more = kctl_channel_fail_some(channel, &messages, &left);
		spin_unlock(&channel->lock);
		kctl_left_dispose(&left, channel);
		cond_resched();
	} while (more);

	spin_lock(&channel->lock);
	/* Not earlier: returned messages go before those of waiting senders. */
	kctl_channel_admit(channel);
	spin_unlock(&channel->lock);
}

/**
 * kctl_window_release() - give back what a socket holds, and free its slots
 * @window: the window of the socket, still bound; no call uses it any more
 * @channels: the channels of the network namespace
 *
 * Context: process, may sleep.
 */
void kctl_window_release(struct kctl_window *window, struct kctl_channels *channels)
{
	u32 i;

	if (window->slots)
		cancel_delayed_work_sync(&window->expire);
	if (window->count)
		kctl_window_give_back(window, window->receiver->channel);
	for (i = 0; i < KCTL_CHUNKS; i++)
		kvfree(window->chunks[i]);
	kctl_user_put(channels, window->receiver->caller->user,
		      window->slots * sizeof(struct kctl_slot));
}
