/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the netlink interface: status, channels, changes of the store */
#ifndef KCTL_LIBKCTL_GENL_H
#define KCTL_LIBKCTL_GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

#include "libkctl_common.h"

KCTL_BEGIN_DECLS

/* A socket of generic netlink. */
struct kctl_genl;

/**
 * kctl_genl_open() - open a netlink socket and look up the family
 * @genl: set to the handle, or to NULL on failure
 *
 * Any user may call it.
 *
 * Return: 0, -ENOPROTOOPT, -ENOMEM or an error of socket(2).
 */
int kctl_genl_open(struct kctl_genl **genl);

/**
 * kctl_genl_close() - close the socket, which ends its watch, and free the handle
 * @genl: the handle, or NULL
 */
void kctl_genl_close(struct kctl_genl *genl);

/**
 * kctl_genl_ext_ack() - get the message of the kernel about the last request
 * @genl: the handle, or NULL
 *
 * Return: the extended acknowledgement if the request failed and the kernel gave a reason,
 * otherwise ""; valid until kctl_genl_close(), and changed by the next request or failure.
 */
const char *kctl_genl_ext_ack(const struct kctl_genl *genl);

/**
 * kctl_genl_strerror() - describe the last failure of a handle
 * @genl: the handle
 *
 * Return: the message of the kernel, or if it gave none, the sentence of kctl_strerror();
 * valid until the next call with this handle.
 */
const char *kctl_genl_strerror(const struct kctl_genl *genl);

/**
 * kctl_genl_fd() - get the socket, to poll(2) for POLLIN during a watch
 * @genl: the handle
 *
 * When it is readable, call kctl_watch_read(), kctl_store_events() or kctl_channel_events()
 * until that returns -EAGAIN. With edge-triggered epoll(7) this is necessary, with poll(2) it saves calls.
 * POLLERR means an overrun, which the same functions handle.
 *
 * Return: the file descriptor; it still belongs to the handle.
 */
int kctl_genl_fd(const struct kctl_genl *genl);

/**
 * kctl_genl_rcvbuf() - set the size of the receive buffer
 * @genl: the handle
 * @size: bytes, as for SO_RCVBUF
 * @got: set to the new size, which is at most net.core.rmem_max unless the caller is
 *	privileged; to 0 on failure
 *
 * Without this call, the start of a watch or a subscription makes room for thousands of
 * messages.
 *
 * Return: 0 or a negative errno.
 */
int kctl_genl_rcvbuf(struct kctl_genl *genl, uint32_t size, uint32_t *got);

/* Answer to KCTL_CMD_GET_STATUS. */
struct kctl_status;

/**
 * kctl_status_get() - read versions, counters and limits
 * @genl: the handle
 * @status: set to the answer, which kctl_status_free() releases, or to NULL on failure
 *
 * Any user may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_status_get(struct kctl_genl *genl, struct kctl_status **status);

/**
 * kctl_status_free() - release a status
 * @status: the status, or NULL
 */
void kctl_status_free(struct kctl_status *status);

/**
 * kctl_status_has() - check if an attribute was in the answer
 * @status: the status, or NULL: nothing is known
 * @attr: the attribute; an older module or library does not know all of them
 *
 * Return: true if it was.
 */
bool kctl_status_has(const struct kctl_status *status,
		     enum kctl_status_attr attr);

/**
 * kctl_status_value() - get a number of the status
 * @status: the status, or NULL: nothing is known
 * @attr: the attribute
 *
 * Return: the number, or 0 if it was not in the answer.
 */
uint64_t kctl_status_value(const struct kctl_status *status,
			   enum kctl_status_attr attr);

/**
 * kctl_status_module_version() - get the version of the module
 * @status: the status, or NULL: nothing is known
 *
 * Return: the version, or "" if it was not in the answer; valid as long as @status.
 */
const char *kctl_status_module_version(const struct kctl_status *status);

/**
 * kctl_module_version() - get the version of the loaded module
 * @version: set to the version, NUL-terminated; to "" on failure
 * @size: bytes at @version, at least 1
 *
 * Any user may call it.
 *
 * Return: 0, or -ENOPROTOOPT if no module is loaded.
 */
int kctl_module_version(char *version, size_t size);

/**
 * struct kctl_channel - a channel in a dump
 * @present: bit n is set if attribute n was in the dump; an older module sends fewer
 *	attributes
 * @number: number of the channel
 * @messages: messages in its queue
 * @bytes: sum of their sizes
 * @receivers: sockets bound to it
 * @senders: sockets connected to it
 * @taps: sockets that tap it
 * @uid: its owner
 * @gid: its group
 * @mode: its mode, see KCTL_A_CHANNEL_MODE
 * @flags: bits of enum kctl_channel_flags
 * @held: messages that its receivers hold, which are not in its queue
 * @delayed: messages that were given back with a delay that is not over; they are neither in
 *	its queue nor held
 * @listed: number of @sockets
 * @sockets: inode numbers of the receivers, the taps and the senders, in this order
 * @max_deliveries: number of counted deliveries after which a message is dead; 0: no limit
 * @dead_letter: the channel that dead messages move to; 0: none
 * @dead: number of dead messages that moved to another channel
 * @dropped: number of dead messages that were dropped
 * @name: its name, or ""
 * @retry_delay: delay in ms of a message that is given back, counted, without a delay; 0: none
 * @hold_time_max: longest time in ms that a receiver holds a message; 0: no limit
 * @expired: number of messages that died because they waited longer than @ttl
 * @ttl: time in ms after which a waiting message is dead; 0: never
 * @sent: number of messages that entered it
 * @received: number of messages that receivers took for good
 * @age: time since it was created, in ms
 * @oldest: time since the next message in the queue was sent, in ms; not present if no message
 *	waits
 *
 * The library allocates it.
 */
struct kctl_channel {
	uint64_t present;
	uint32_t number;
	uint32_t messages;
	uint64_t bytes;
	uint32_t receivers;
	uint32_t senders;
	uint32_t taps;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint32_t flags;
	uint32_t held;
	uint32_t delayed;
	uint32_t listed;
	const uint32_t *sockets;
	uint32_t max_deliveries;
	uint32_t dead_letter;
	uint64_t dead;
	uint64_t dropped;
	char name[KCTL_NAME_SIZE];
	uint32_t retry_delay;
	uint32_t hold_time_max;
	uint64_t expired;
	uint32_t ttl;
	uint64_t sent;
	uint64_t received;
	uint64_t age;
	uint64_t oldest;
};

/**
 * struct kctl_channels - all channels
 * @count: number of @channels
 * @channels: the channels
 *
 * The library allocates it.
 */
struct kctl_channels {
	size_t count;
	const struct kctl_channel **channels;
};

/**
 * kctl_channels_get() - list the channels of the network namespace
 * @genl: the handle
 * @channels: set to the list, which kctl_channels_free() releases, or to NULL on failure
 *
 * A caller without privilege gets the channels that it owns, if the module allows that.
 *
 * Return: 0, -EPERM, -ENOMEM or -EINTR (the list kept changing during the dump).
 */
int kctl_channels_get(struct kctl_genl *genl, struct kctl_channels **channels);

/**
 * kctl_channels_free() - release a list and its channels
 * @channels: the list, or NULL
 */
void kctl_channels_free(struct kctl_channels *channels);

/**
 * kctl_channel_has() - check if an attribute was in the dump
 * @channel: the channel
 * @attr: the attribute
 *
 * Return: true if it was.
 */
bool kctl_channel_has(const struct kctl_channel *channel,
		      enum kctl_channel_attr attr);

/**
 * struct kctl_channel_settings - new settings of a channel
 * @uid: its owner
 * @gid: its group
 * @mode: its mode, see KCTL_A_CHANNEL_MODE
 * @max_deliveries: number of counted deliveries after which a message is dead; 0: no limit
 * @dead_letter: the channel that dead messages move to; 0: none
 * @has_uid: set the owner
 * @has_gid: set the group
 * @has_mode: set the mode
 * @has_max_deliveries: set the limit of deliveries
 * @has_dead_letter: set the dead letter channel
 * @has_retry_delay: set the delay of messages that are given back
 * @has_hold_time_max: set the longest time that a receiver holds a message
 * @has_ttl: set the time after which a waiting message is dead
 * @reserved: zero
 * @name: its new name, "" to remove the name, or NULL to keep it
 * @retry_delay: delay in ms, at most KCTL_TIME_MAX, of a message that is given back, counted,
 *	without a delay; 0: none
 * @hold_time_max: longest time in ms, at most KCTL_TIME_MAX, that a receiver holds a message;
 *	0: no limit
 * @ttl: time in ms after which a waiting message is dead; 0: never
 * @reserved2: zero
 *
 * The program allocates it, and sets all members that it does not use to zero.
 */
struct kctl_channel_settings {
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint32_t max_deliveries;
	uint32_t dead_letter;
	bool has_uid;
	bool has_gid;
	bool has_mode;
	bool has_max_deliveries;
	bool has_dead_letter;
	bool has_retry_delay;
	bool has_hold_time_max;
	bool has_ttl;
	uint8_t reserved[4];
	const char *name;
	uint32_t retry_delay;
	uint32_t hold_time_max;
	uint32_t ttl;
	uint8_t reserved2[4];
};

/**
 * kctl_channel_set() - configure a channel and make it persistent
 * @genl: the handle
 * @number: the channel; created if it does not exist
 * @settings: the new settings; all others keep their value
 * @size: sizeof(*@settings)
 *
 * The caller must be the owner of the channel or an administrator. KCTL_CMD_SET_CHANNEL
 * describes the permission to give a channel to another user, and to create one.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOENT (an ephemeral channel that does not
 * exist, or a dead letter channel that is not configured), -EACCES (the dead letter channel
 * belongs to another user), -ELOOP (the dead letter channel has a dead letter channel itself),
 * -EEXIST (another channel has the name), -EINVAL, -ERANGE (a time is too long), -E2BIG (this
 * library is too old for a member of @settings), -ENOSPC or -ENOMEM.
 */
int kctl_channel_set(struct kctl_genl *genl, uint32_t number,
		     const struct kctl_channel_settings *settings, size_t size);

/**
 * kctl_channel_delete() - drop the messages of a channel and its configuration
 * @genl: the handle
 * @number: the channel; it stays while sockets use it
 *
 * The caller must be the owner of the channel or an administrator.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP or -ENOENT.
 */
int kctl_channel_delete(struct kctl_genl *genl, uint32_t number);

/**
 * kctl_channel_flush() - drop the messages of a channel
 * @genl: the handle
 * @number: the channel
 *
 * The caller must be the owner of the channel or an administrator.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP or -ENOENT.
 */
int kctl_channel_flush(struct kctl_genl *genl, uint32_t number);

/* Size of the name of a process, with its NUL. */
#define KCTL_COMMAND_SIZE 16

/**
 * struct kctl_store_event - a change of the store
 * @action: the kind of change; a newer module can send unknown ones
 * @generation: generation of the change
 * @name: the entry, or "" for the whole store
 * @has_changer: the members below are known; older modules do not report them
 * @uid: real user of the process that made the change, as numbered in the user namespace
 *	that owns the network namespace
 * @pid: that process, or 0 if it has no number in the pid namespace of the caller
 * @command: name of that process
 *
 * The library allocates it.
 */
struct kctl_store_event {
	enum kctl_store_action action;
	uint64_t generation;
	char name[KCTL_NAME_SIZE];
	bool has_changer;
	uint32_t uid;
	uint32_t pid;
	char command[KCTL_COMMAND_SIZE];
};

/**
 * typedef kctl_store_event_fn - callback for an event of the store
 * @data: from the caller of kctl_store_subscribe()
 * @event: the event; a gap between two generations means lost events; valid until the
 *	callback returns
 *
 * It must not call a function with the handle: the call would fail with -EDEADLK.
 *
 * Return: 0 to continue, or any other number to stop, see kctl_record_fn.
 */
typedef int kctl_store_event_fn(void *data,
				const struct kctl_store_event *event);

/**
 * kctl_store_subscribe() - subscribe to changes of the store
 * @genl: the handle, which can have one subscription or one watch
 * @fn: called for each event, by kctl_store_events() and by every function that sends a
 *	request with the handle, because an event can arrive before the answer
 * @data: passed to @fn
 *
 * Return: 0, -EPERM, -EBUSY (the handle has a subscription or a watch) or -EOPNOTSUPP.
 */
int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data);

/**
 * kctl_store_events() - read a datagram of events, without waiting
 * @genl: the handle
 *
 * Return: 0, -EAGAIN if nothing has arrived, -ENOPROTOOPT if the module was unloaded,
 * -ENOBUFS if events were lost to an overrun of the receive buffer, another negative
 * errno, or the return value of the callback.
 */
int kctl_store_events(struct kctl_genl *genl);

/**
 * kctl_store_sync() - read all events and the current generation
 * @genl: the handle
 * @generation: set to the generation of the store; every event up to it was either
 *	read or lost; set to 0 on failure
 *
 * Return: 0, -ENOBUFS if the answer was lost several times, another negative errno, or
 * the return value of the callback.
 */
int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation);

/**
 * struct kctl_channel_event - an event of a channel
 * @action: what happened; a newer module can send unknown ones
 * @seq: number of the event
 * @channel: number of the channel
 * @name: its name, or ""
 * @has_changer: the next three members are known: for KCTL_PROTO_CREATED, SET and DELETED
 * @uid: real user of the process that made the request, as numbered in the user namespace
 *	that owns the network namespace
 * @pid: that process, or 0 if it has no number in the pid namespace of the caller
 * @command: name of that process
 * @settings: of KCTL_PROTO_SET: only the settings that have changed, see kctl_channel_has();
 *	otherwise NULL
 * @to: of KCTL_PROTO_DEAD: the channel that the message moved to; 0: it was dropped
 * @why: likewise: enum kctl_dead_why
 * @deliveries: likewise: number of counted deliveries of the message, see
 *	KCTL_A_PROTO_DELIVERIES
 *
 * The library allocates it.
 */
struct kctl_channel_event {
	enum kctl_proto_action action;
	uint64_t seq;
	uint32_t channel;
	char name[KCTL_NAME_SIZE];
	bool has_changer;
	uint32_t uid;
	uint32_t pid;
	char command[KCTL_COMMAND_SIZE];
	const struct kctl_channel *settings;
	uint32_t to;
	uint32_t why;
	uint32_t deliveries;
};

/**
 * typedef kctl_channel_event_fn - callback for an event of a channel
 * @data: from the caller of kctl_channel_subscribe()
 * @event: the event; a gap between two numbers means lost events; valid until the
 *	callback returns
 *
 * It must not call a function with the handle: the call would fail with -EDEADLK.
 *
 * Return: 0 to continue, or any other number to stop, see kctl_record_fn.
 */
typedef int kctl_channel_event_fn(void *data,
				  const struct kctl_channel_event *event);

/**
 * kctl_channel_subscribe() - subscribe to events of all channels
 * @genl: the handle, which can have one subscription or one watch
 * @fn: called for each event, by kctl_channel_events() and by every function that sends a
 *	request with the handle, because an event can arrive before the answer
 * @data: passed to @fn
 *
 * Return: 0, -EPERM, -EBUSY (the handle has a subscription or a watch) or -EOPNOTSUPP (the
 * module is older than these events).
 */
int kctl_channel_subscribe(struct kctl_genl *genl, kctl_channel_event_fn *fn,
			   void *data);

/**
 * kctl_channel_events() - read a datagram of events, without waiting
 * @genl: the handle
 *
 * Return: 0, -EAGAIN if nothing has arrived, -ENOPROTOOPT if the module was unloaded,
 * -ENOBUFS if events were lost to an overrun of the receive buffer, another negative
 * errno, or the return value of the callback.
 */
int kctl_channel_events(struct kctl_genl *genl);

/**
 * kctl_channel_sync() - read all events, and the number of the last one
 * @genl: the handle
 * @seq: set to the number of the last event; every event up to it was either read or
 *	lost; set to 0 on failure. Later events may be about earlier actions, as the kernel
 *	sends events shortly after the action
 *
 * Return: 0, -ENOBUFS if the answer was lost several times, another negative errno, or
 * the return value of the callback.
 */
int kctl_channel_sync(struct kctl_genl *genl, uint64_t *seq);

KCTL_END_DECLS

#endif /* KCTL_LIBKCTL_GENL_H */
