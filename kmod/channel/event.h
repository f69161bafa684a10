/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: announce to listeners what happens to channels.
 *
 * Most events happen while a channel is locked. They are noted there, which allocates a few
 * bytes and may fail, and a work item of the namespace sends the notes. Without a listener
 * nothing is noted. An event gets its number when it is noted. A lost event has a number
 * too, so a listener sees the gap.
 */
#ifndef _KCTL_EVENT_H
#define _KCTL_EVENT_H

#include <linux/bits.h>
#include <linux/sched.h>

#include "channel.h"

struct cred;
struct pid;

/* Limit of the events of a namespace that wait to be sent; further events are lost. */
#define KCTL_EVENTS_MAX		1024

/**
 * struct kctl_settings - the settings of a channel
 * @uid: owner
 * @gid: group
 * @name: its name, or NULL; NULL in an event
 * @mode: mode
 * @max_deliveries: number of counted deliveries after which a message dies; 0: no limit
 * @dead_letter: number of its dead letter channel, or 0
 * @retry_delay: as in struct kctl_channel
 * @hold_time_max: likewise
 * @ttl: likewise
 */
struct kctl_settings {
	kuid_t				uid;
	kgid_t				gid;
	const struct kctl_channel_name	*name;
	u32				mode;
	u32				max_deliveries;
	u32				dead_letter;
	u32				retry_delay;
	u32				hold_time_max;
	u32				ttl;
};

/**
 * struct kctl_setting - a numeric setting
 * @attr: enum kctl_channel_attr
 * @offset: offset of its u32 in struct kctl_settings
 */
struct kctl_setting {
	u16	attr;
	u16	offset;
};

#define KCTL_SETTINGS		6

extern const struct kctl_setting kctl_setting_table[KCTL_SETTINGS];

static inline u32 kctl_setting_value(const struct kctl_settings *settings,
				     const struct kctl_setting *setting)
{
	return *(const u32 *)((const char *)settings + setting->offset);
}

/**
 * struct kctl_event - something that happened to a channel
 * @node: in kctl_events.queue
 * @seq: its number
 * @action: what happened
 * @channel: number of the channel
 * @name: its name, or ""
 * @process: the process that made a request, with a reference; or NULL
 * @cred: the credentials of that process, with a reference; or NULL
 * @command: the name of that process
 * @changed: of KCTL_PROTO_SET: the settings that changed, as bits of enum
 *	kctl_channel_attr
 * @settings: likewise: the new settings, except @name
 * @to: of KCTL_PROTO_DEAD: the channel that the message moved to; 0: it was dropped
 * @dead: likewise: where, why and after how many deliveries the message died
 */
struct kctl_event {
	struct list_head	node;
	u64			seq;
	enum kctl_proto_action	action;
	u32			channel;
	char			name[KCTL_NAME_SIZE];
	struct pid		*process;
	const struct cred	*cred;
	char			command[TASK_COMM_LEN];
	u32			changed;
	struct kctl_settings	settings;
	u32			to;
	struct kctl_history	dead;
};

/**
 * struct kctl_event_ops - how events are announced
 * @wanted: whether anybody listens; called with a channel locked
 * @send: sends an event to the listeners; may sleep
 */
struct kctl_event_ops {
	bool (*wanted)(const struct kctl_channels *channels);
	void (*send)(const struct kctl_channels *channels, const struct kctl_event *event);
};

/* event.c */
int kctl_event_init(void);
void kctl_event_close(void);
void kctl_event_exit(void);
void kctl_events_init(struct kctl_channels *channels, const struct kctl_event_ops *ops);
void kctl_events_exit(struct kctl_channels *channels);
u64 kctl_events_sent(struct kctl_channels *channels);
bool kctl_events_wanted(const struct kctl_channels *channels);

void kctl_event_note(struct kctl_channel *channel, enum kctl_proto_action action);
void kctl_event_note_request(struct kctl_channel *channel, enum kctl_proto_action action);
void kctl_settings_get(const struct kctl_channel *channel, struct kctl_settings *settings);
void kctl_event_note_set(struct kctl_channel *channel, const struct kctl_settings *old);
void kctl_event_note_dead(struct kctl_channels *channels, const struct kctl_history *dead,
			  const char *name, u32 to);

#endif /* _KCTL_EVENT_H */
