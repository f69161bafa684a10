/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that a request changes, and the data that the list of channels reports.
 */
#ifndef _KCTL_CONFIG_H
#define _KCTL_CONFIG_H

#include <linux/kctl.h>
#include <linux/uidgid.h>

/**
 * struct kctl_channel_change - a change of the settings of a channel
 * @uid: the new owner; INVALID_UID leaves it as it is
 * @gid: the new group; INVALID_GID leaves it as it is
 * @mode: the new mode; a negative value leaves it as it is
 * @max_deliveries: likewise
 * @letter: number of the new dead letter channel; 0: none; likewise
 * @retry_delay: likewise
 * @hold_time_max: likewise
 * @ttl: likewise
 * @name: the new name, KCTL_NAME_SIZE bytes, "" for none; NULL leaves it as it is
 */
struct kctl_channel_change {
	kuid_t		uid;
	kgid_t		gid;
	int		mode;
	s64		max_deliveries;
	s64		letter;
	s64		retry_delay;
	s64		hold_time_max;
	s64		ttl;
	const char	*name;
};

/**
 * struct kctl_channel_info - what GET_CHANNELS reports about a channel
 * @number: number of the channel
 * @name: its name, or ""
 * @messages: messages in the queue
 * @held: messages that receivers hold
 * @delayed: messages that are delayed after they were given back
 * @receivers: sockets bound to it
 * @senders: sockets connected to it
 * @taps: sockets that tap it
 * @flags: enum kctl_channel_flags
 * @mode: mode
 * @uid: owner
 * @gid: group
 * @bytes: sum of the message sizes
 * @max_deliveries: number of counted deliveries after which a message dies; 0: no limit
 * @letter: number of its dead letter channel, or 0
 * @moved: dead messages that moved to a dead letter channel
 * @dropped: dead messages that were dropped
 * @retry_delay: delay in ms of a message that is given back, counted, without a delay;
 *	0: none
 * @hold_time_max: longest time that a receiver holds a message, in ms; 0: no limit
 * @ttl: time in ms after which a waiting message dies; 0: never
 * @expired: messages that died because of @ttl
 * @sent: messages that entered it
 * @received: messages that were received for good
 * @age: ms since it was created
 * @oldest: ms since the next message in the queue was sent, if there is one
 * @listed: number of @sockets
 * @sockets: inode numbers of the receivers, the taps and the senders, in this order
 */
struct kctl_channel_info {
	u32	number;
	char	name[KCTL_NAME_SIZE];
	u32	messages;
	u32	held;
	u32	delayed;
	u32	receivers;
	u32	senders;
	u32	taps;
	u32	flags;
	u32	mode;
	kuid_t	uid;
	kgid_t	gid;
	u64	bytes;
	u32	max_deliveries;
	u32	letter;
	u64	moved;
	u64	dropped;
	u32	retry_delay;
	u32	hold_time_max;
	u32	ttl;
	u64	expired;
	u64	sent;
	u64	received;
	u64	age;
	u64	oldest;
	u32	listed;
	u32	sockets[KCTL_CHANNEL_SOCKETS_LISTED];
};

#endif /* _KCTL_CONFIG_H */
