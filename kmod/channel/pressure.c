// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pressure: announce to listeners which channels are full.
 *
 * A channel that hovers at its limit is full again after each message. So it is announced
 * as full a second time only after it was half empty, and as drained only once it is empty.
 */
#include "event.h"

/**
 * kctl_channel_press() - note that a message found no room in a channel
 * @channel: the channel, locked
 *
 * Until the channel has drained, each message that leaves it passes through
 * kctl_channel_relieve(): kctl_channel.room_wanted makes kctl_channel_admit() call it.
 * Other channels pay nothing.
 */
void kctl_channel_press(struct kctl_channel *channel)
{
	lockdep_assert_held(&channel->lock);
	if (channel->pressure == KCTL_PRESSURE_FULL || !kctl_events_wanted(channel->channels))
		return;
	channel->pressure = KCTL_PRESSURE_FULL;
	channel->room_wanted = min(channel->room_wanted, KCTL_ROOM_WATCHED);
	kctl_event_note(channel, KCTL_PROTO_FULL);
}

static bool kctl_channel_is_half_empty(const struct kctl_channel *channel)
{
	const struct kctl_channels *channels = channel->channels;
	const struct kctl_queue *queue = &channel->queue;

	return queue->count + queue->held <= READ_ONCE(channels->max_messages) / 2 &&
	       queue->bytes + queue->held_bytes <= READ_ONCE(channels->max_bytes) / 2;
}

/**
 * kctl_channel_relieve() - check whether a channel that was full is empty or half empty
 * @channel: the channel, locked; waiting senders were admitted
 */
void kctl_channel_relieve(struct kctl_channel *channel)
{
	const struct kctl_queue *queue = &channel->queue;

	lockdep_assert_held(&channel->lock);
	if (!queue->count && !queue->held && list_empty(&channel->waiting_senders)) {
		channel->pressure = KCTL_PRESSURE_NONE;
		kctl_event_note(channel, KCTL_PROTO_DRAINED);
		return;
	}
	if (kctl_channel_is_half_empty(channel))
		channel->pressure = KCTL_PRESSURE_EASED;
	/* The notification of senders may have reset it. */
	channel->room_wanted = min(channel->room_wanted, KCTL_ROOM_WATCHED);
}
