// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: note them, and pass them to the interface that sends them.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "event.h"

/* Limit of namespaces that send events at a time: a slow listener delays other namespaces. */
#define KCTL_EVENT_WORKERS	4

static struct workqueue_struct *kctl_event_queue __ro_after_init;

/* The multicast group is about to be unregistered, and its number may be reused. */
static bool kctl_event_closed;

const struct kctl_setting kctl_setting_table[KCTL_SETTINGS] = {
	{ KCTL_A_CHANNEL_MODE, offsetof(struct kctl_settings, mode) },
	{ KCTL_A_CHANNEL_MAX_DELIVERIES, offsetof(struct kctl_settings, max_deliveries) },
	{ KCTL_A_CHANNEL_DEAD_LETTER, offsetof(struct kctl_settings, dead_letter) },
	{ KCTL_A_CHANNEL_RETRY_DELAY, offsetof(struct kctl_settings, retry_delay) },
	{ KCTL_A_CHANNEL_HOLD_TIME_MAX, offsetof(struct kctl_settings, hold_time_max) },
	{ KCTL_A_CHANNEL_TTL, offsetof(struct kctl_settings, ttl) },
};

static void kctl_event_free(struct kctl_event *event)
{
	if (!event)
		return;
	put_pid(event->process);
	if (event->cred)
		put_cred(event->cred);
	kfree(event);
}

/* ---- send ------------------------------------------------------------------ */

/* Returns NULL once all noted events are sent or lost. */
static struct kctl_event *kctl_events_take(struct kctl_events *events)
{
	struct kctl_event *event;

	spin_lock(&events->lock);
	event = list_first_entry_or_null(&events->queue, struct kctl_event, node);
	if (event) {
		list_del(&event->node);
		events->count--;
	} else {
		events->sent = events->seq;
	}
	spin_unlock(&events->lock);
	return event;
}

/* Called once the event is in the buffers of the listeners: see kctl_events_sent(). */
static void kctl_events_set_sent(struct kctl_events *events, u64 seq)
{
	spin_lock(&events->lock);
	events->sent = seq;
	spin_unlock(&events->lock);
}

/*
 * A few, and the rest at the end of the queue: other namespaces have events too, and those
 * of this one may not end.
 */
static void kctl_events_work(struct work_struct *work)
{
	struct kctl_events *events = container_of(work, struct kctl_events, work);
	struct kctl_channels *channels = container_of(events, struct kctl_channels, events);
	struct kctl_event *event;
	u32 count;

	for (count = 0; count < KCTL_BATCH; count++) {
		event = kctl_events_take(events);
		if (!event)
			return;
		if (!READ_ONCE(kctl_event_closed))
			events->ops->send(channels, event);
		kctl_events_set_sent(events, event->seq);
		kctl_event_free(event);
		cond_resched();
	}
	queue_work(kctl_event_queue, work);
}

/**
 * kctl_events_sent() - get the number of the last event that was sent
 * @channels: the channels of a network namespace
 *
 * Return: the number; all events up to it are sent or lost. 0 if there was none.
 */
u64 kctl_events_sent(struct kctl_channels *channels)
{
	u64 sent;

	spin_lock(&channels->events.lock);
	sent = channels->events.sent;
	spin_unlock(&channels->events.lock);
	return sent;
}

/* ---- note ------------------------------------------------------------------ */

/**
 * kctl_events_wanted() - check whether there are listeners
 * @channels: the channels of a network namespace
 *
 * Return: whether to note an event.
 */
bool kctl_events_wanted(const struct kctl_channels *channels)
{
	return !READ_ONCE(kctl_event_closed) && channels->events.ops->wanted(channels);
}

/* Takes over @event. If it is NULL, for lack of memory, only a number is used up. */
static void kctl_event_queue_up(struct kctl_channels *channels, struct kctl_event *event)
{
	struct kctl_events *events = &channels->events;
	u64 seq;

	spin_lock(&events->lock);
	seq = ++events->seq;
	if (event && events->count < KCTL_EVENTS_MAX) {
		event->seq = seq;
		list_add_tail(&event->node, &events->queue);
		events->count++;
		event = NULL;
	}
	spin_unlock(&events->lock);
	queue_work(kctl_event_queue, &events->work);
	kctl_event_free(event);
}

/* Not from the memory reserves: an event may be lost. */
static struct kctl_event *kctl_event_new(enum kctl_proto_action action, u32 channel)
{
	struct kctl_event *event = kzalloc(sizeof(*event),
					   GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);

	if (event) {
		event->action = action;
		event->channel = channel;
	}
	return event;
}

static struct kctl_event *kctl_event_of(const struct kctl_channel *channel,
					enum kctl_proto_action action)
{
	struct kctl_event *event = kctl_event_new(action, channel->number);

	if (event)
		kctl_channel_copy_name(channel, event->name);
	return event;
}

static void kctl_event_add_process(struct kctl_event *event)
{
	if (!event)
		return;
	event->process = get_pid(task_tgid(current));
	event->cred = get_current_cred();
	get_task_comm(event->command, current->group_leader);
}

/**
 * kctl_event_note() - note an event that no request caused
 * @channel: the channel, locked
 * @action: what happened
 */
void kctl_event_note(struct kctl_channel *channel, enum kctl_proto_action action)
{
	lockdep_assert_held(&channel->lock);
	if (kctl_events_wanted(channel->channels))
		kctl_event_queue_up(channel->channels, kctl_event_of(channel, action));
}

/**
 * kctl_event_note_request() - note that the current process created or deleted a
 * channel
 * @channel: the channel, locked
 * @action: what it did
 */
void kctl_event_note_request(struct kctl_channel *channel, enum kctl_proto_action action)
{
	struct kctl_event *event;

	lockdep_assert_held(&channel->lock);
	if (!kctl_events_wanted(channel->channels))
		return;
	event = kctl_event_of(channel, action);
	kctl_event_add_process(event);
	kctl_event_queue_up(channel->channels, event);
}

/**
 * kctl_settings_get() - remember the settings of a channel
 * @channel: the channel, locked
 * @settings: filled in; valid until the lock is released
 */
void kctl_settings_get(const struct kctl_channel *channel, struct kctl_settings *settings)
{
	lockdep_assert_held(&channel->lock);
	*settings = (struct kctl_settings) {
		.uid		= channel->uid,
		.gid		= channel->gid,
		.name		= channel->name,
		.mode		= channel->mode,
		.max_deliveries	= channel->max_deliveries,
		.dead_letter	= channel->letter.number,
		.retry_delay	= channel->retry_delay,
		.hold_time_max	= channel->hold_time_max,
		.ttl		= channel->ttl,
	};
}

static u32 kctl_settings_compare(const struct kctl_settings *old,
				 const struct kctl_settings *new)
{
	u32 changed = 0;
	size_t i;

	if (!uid_eq(old->uid, new->uid))
		changed |= BIT(KCTL_A_CHANNEL_UID);
	if (!gid_eq(old->gid, new->gid))
		changed |= BIT(KCTL_A_CHANNEL_GID);
	if (old->name != new->name)
		changed |= BIT(KCTL_A_CHANNEL_NAME);
	for (i = 0; i < KCTL_SETTINGS; i++) {
		const struct kctl_setting *setting = &kctl_setting_table[i];

		if (kctl_setting_value(old, setting) != kctl_setting_value(new, setting))
			changed |= BIT(setting->attr);
	}
	return changed;
}

/**
 * kctl_event_note_set() - note that the current process set a channel
 * @channel: the channel, locked
 * @old: its settings before the change, from the same critical section
 */
void kctl_event_note_set(struct kctl_channel *channel, const struct kctl_settings *old)
{
	struct kctl_event *event;

	lockdep_assert_held(&channel->lock);
	if (!kctl_events_wanted(channel->channels))
		return;
	event = kctl_event_of(channel, KCTL_PROTO_SET);
	kctl_event_add_process(event);
	if (event) {
		kctl_settings_get(channel, &event->settings);
		event->changed = kctl_settings_compare(old, &event->settings);
		event->settings.name = NULL;
	}
	kctl_event_queue_up(channel->channels, event);
}

/**
 * kctl_event_note_dead() - note that a message died
 * @channels: the channels of the network namespace
 * @dead: where and why it died
 * @name: the name of the channel that it died in, or ""
 * @to: number of the channel that it moves to; 0 if it is dropped
 */
void kctl_event_note_dead(struct kctl_channels *channels, const struct kctl_history *dead,
			  const char *name, u32 to)
{
	struct kctl_event *event;

	if (!kctl_events_wanted(channels))
		return;
	event = kctl_event_new(KCTL_PROTO_DEAD, dead->from);
	if (event) {
		strscpy(event->name, name, sizeof(event->name));
		event->dead = *dead;
		event->to = to;
	}
	kctl_event_queue_up(channels, event);
}

/* ---- lifetime -------------------------------------------------------------- */

/**
 * kctl_events_init() - initialise the events of a network namespace
 * @channels: its channels
 * @ops: how events are announced
 */
void kctl_events_init(struct kctl_channels *channels, const struct kctl_event_ops *ops)
{
	struct kctl_events *events = &channels->events;

	events->ops = ops;
	spin_lock_init(&events->lock);
	INIT_LIST_HEAD(&events->queue);
	INIT_WORK(&events->work, kctl_events_work);
}

/**
 * kctl_events_exit() - drop the events that were not sent
 * @channels: the channels of a network namespace, all of which were freed
 */
void kctl_events_exit(struct kctl_channels *channels)
{
	struct kctl_event *event;

	cancel_work_sync(&channels->events.work);
	while ((event = kctl_events_take(&channels->events)))
		kctl_event_free(event);
}

/**
 * kctl_event_close() - stop sending events
 *
 * Called before the multicast group is unregistered.
 *
 * Context: process, may sleep.
 */
void kctl_event_close(void)
{
	WRITE_ONCE(kctl_event_closed, true);
	/* Work items that are queued from now on see the flag; flush those queued before. */
	flush_workqueue(kctl_event_queue);
}

/**
 * kctl_event_init() - create the queue of the work items
 *
 * Return: 0 or -ENOMEM.
 */
int __init kctl_event_init(void)
{
	kctl_event_queue = alloc_workqueue("kctl_event", WQ_UNBOUND, KCTL_EVENT_WORKERS);
	return kctl_event_queue ? 0 : -ENOMEM;
}

/**
 * kctl_event_exit() - undo kctl_event_init(); no namespace has channels any more
 */
void kctl_event_exit(void)
{
	destroy_workqueue(kctl_event_queue);
}
