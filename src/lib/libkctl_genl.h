/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl, door 2: netlink */
#ifndef KCTL_LIBKCTL_GENL_H
#define KCTL_LIBKCTL_GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

struct kctl_genl;

/**
 * kctl_genl_open() - open a netlink socket and look the family up
 * @genl: set to the handle
 * @ext_ack: gets the kernel's own words on every failed request, else "";
 *	must live as long as the handle
 * @size: bytes at @ext_ack, at least 1
 *
 * Anybody may call it.
 *
 * Return: 0, or -ENOPROTOOPT, -ENOMEM, or what socket(2) says. On failure there
 * is nothing to close.
 */
int kctl_genl_open(struct kctl_genl **genl, char *ext_ack, size_t size);

/**
 * kctl_genl_close() - close the socket, which ends a watch on it, and free all
 * @genl: the handle, or NULL
 */
void kctl_genl_close(struct kctl_genl *genl);

/**
 * kctl_genl_fd() - the socket, to poll(2) for POLLIN during a watch
 * @genl: the handle
 *
 * Return: the file descriptor; it stays the handle's.
 */
int kctl_genl_fd(const struct kctl_genl *genl);

/**
 * kctl_genl_rcvbuf() - set the size of the socket's receive buffer
 * @genl: the handle
 * @size: bytes, as for SO_RCVBUF
 * @got: set to the size it has now: who may not go beyond net.core.rmem_max gets that
 *
 * Without this, a watch or a subscription gets room for thousands of messages.
 *
 * Return: 0 or a negative errno.
 */
int kctl_genl_rcvbuf(struct kctl_genl *genl, uint32_t size, uint32_t *got);

/**
 * struct kctl_status - answer to KCTL_CMD_GET_STATUS
 * @module_version: version of the module, NUL-terminated
 * @present: bit n tells that attribute n was in the answer; an older module
 *	leaves out what it does not know
 * @value: the numbers, indexed by enum kctl_status_attr; 0 if not present
 */
struct kctl_status {
	char module_version[32];
	uint64_t present;
	uint64_t value[KCTL_A_STATUS_MAX + 1];
};

/**
 * kctl_status_get() - ask for versions, counters and limits
 * @genl: the handle
 * @status: gets the answer
 *
 * Anybody may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_status_get(struct kctl_genl *genl, struct kctl_status *status);

/**
 * kctl_status_has() - was an attribute in the answer?
 * @status: the answer
 * @attr: the attribute
 *
 * Return: true if it was.
 */
bool kctl_status_has(const struct kctl_status *status,
		     enum kctl_status_attr attr);

/**
 * kctl_module_version() - version of the loaded module
 * @version: gets it, NUL-terminated
 * @size: bytes at @version
 *
 * Anybody may call it.
 *
 * Return: 0, or -ENOPROTOOPT if no module is loaded.
 */
int kctl_module_version(char *version, size_t size);

/**
 * struct kctl_channel - one channel, as a dump tells of it
 * @present: bit n tells that attribute n was there; an older module leaves out what
 *	it does not know
 * @number: number of the channel
 * @messages: messages that wait in it
 * @bytes: sum of their sizes
 * @receivers: sockets bound to it
 * @senders: sockets connected to it
 * @taps: sockets that tap it
 * @uid: its owner
 * @gid: its group
 * @mode: who may receive and send, see KCTL_A_CHANNEL_MODE
 * @flags: enum kctl_channel_flags
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
};

/**
 * kctl_channels_get() - list the channels of the network namespace
 * @genl: the handle
 * @channels: set to an array that the caller frees
 * @count: set to the number of its elements
 *
 * Return: 0, or -EPERM, -ENOMEM, -EINTR (the list kept changing
 * while it was read).
 */
int kctl_channels_get(struct kctl_genl *genl, struct kctl_channel **channels,
		      size_t *count);

/**
 * kctl_channel_has() - was an attribute in the dump?
 * @channel: the channel
 * @attr: the attribute
 *
 * Return: true if it was.
 */
bool kctl_channel_has(const struct kctl_channel *channel,
		      enum kctl_channel_attr attr);

/**
 * struct kctl_channel_settings - what there is to set of a channel
 * @uid: its owner
 * @gid: its group
 * @mode: who may receive and send, see KCTL_A_CHANNEL_MODE
 * @has_uid: set the owner
 * @has_gid: set the group
 * @has_mode: set the mode
 */
struct kctl_channel_settings {
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	bool has_uid;
	bool has_gid;
	bool has_mode;
};

/**
 * kctl_channel_set() - configure a channel, so that it stays, or make one
 * @genl: the handle
 * @number: the channel
 * @settings: what to set; all else stays as it is
 *
 * For the owner of the channel or an administrator; to give it away, and to make
 * one, see KCTL_CMD_SET_CHANNEL.
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOENT (an ephemeral channel that is not
 * there), -EINVAL, -ENOSPC, -ENOMEM.
 */
int kctl_channel_set(struct kctl_genl *genl, uint32_t number,
		     const struct kctl_channel_settings *settings);

/**
 * kctl_channel_delete() - drop what waits in a channel, and let it end
 * @genl: the handle
 * @number: the channel; while sockets use it it stays
 *
 * For the owner of the channel or an administrator.
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOENT.
 */
int kctl_channel_delete(struct kctl_genl *genl, uint32_t number);

/**
 * kctl_channel_flush() - drop what waits in a channel
 * @genl: the handle
 * @number: the channel
 *
 * For the owner of the channel or an administrator.
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOENT.
 */
int kctl_channel_flush(struct kctl_genl *genl, uint32_t number);

/**
 * struct kctl_prefix - a prefix of addresses
 * @family: AF_INET or AF_INET6; 0: any address of either
 * @length: its bits
 * @address: 4 or 16 bytes in network byte order; the bits behind @length are zero
 */
struct kctl_prefix {
	uint32_t family;
	uint32_t length;
	uint8_t address[16];
};

/**
 * struct kctl_watch_filter - what a watcher wants to see
 * @family: AF_INET, AF_INET6, or 0 for both
 * @direction: bits of enum kctl_direction, or 0 for both
 * @ifindex: index of the interface, or 0 for all
 * @src: prefix of the source address
 * @dst: prefix of the destination address
 * @types4: ICMP types to report
 * @types6: ICMPv6 types to report
 * @types4_count: how many; 0 for all
 * @types6_count: how many; 0 for all
 * @has_code: @code means something; else all codes
 * @code: ICMP or ICMPv6 code
 * @sample: one packet in so many; 0 and 1: all
 * @snaplen: bytes of a packet to capture, 0 to KCTL_SNAPLEN_MAX
 * @has_coalesce: @coalesce means something; else KCTL_COALESCE_DEFAULT
 * @coalesce: µs for which records are gathered, 0 to KCTL_COALESCE_MAX
 */
struct kctl_watch_filter {
	uint32_t family;
	uint32_t direction;
	uint32_t ifindex;
	struct kctl_prefix src;
	struct kctl_prefix dst;
	uint8_t types4[256];
	uint8_t types6[256];
	size_t types4_count;
	size_t types6_count;
	bool has_code;
	uint32_t code;
	uint32_t sample;
	uint32_t snaplen;
	bool has_coalesce;
	uint32_t coalesce;
};

/**
 * struct kctl_watch_totals - what the kernel counted for a watcher
 * @matched: packets that the filter let through
 * @lost: those of them that could not be delivered
 */
struct kctl_watch_totals {
	uint64_t matched;
	uint64_t lost;
};

/**
 * struct kctl_watcher - one watcher, as a dump tells of it
 * @port: netlink port of its socket: often, but not always, the process that
 *	opened it
 * @filter: what it wants to see
 * @matched: packets that the filter let through
 * @delivered: records of those in its receive buffer, or read from it
 * @lost: those that could not be delivered
 */
struct kctl_watcher {
	uint32_t port;
	struct kctl_watch_filter filter;
	uint64_t matched;
	uint64_t delivered;
	uint64_t lost;
};

/**
 * kctl_watchers_get() - list the watchers of the network namespace
 * @genl: the handle
 * @watchers: set to an array that the caller frees
 * @count: set to the number of its elements
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOMEM, -EINTR (the list kept changing while
 * it was read).
 */
int kctl_watchers_get(struct kctl_genl *genl, struct kctl_watcher **watchers,
		      size_t *count);

/**
 * typedef kctl_record_fn - takes one record of a watch
 * @data: what the caller of kctl_watch_start() gave
 * @record: the header; what follows it in memory is not the packet
 * @packet: the packet, @record->captured bytes
 */
typedef void kctl_record_fn(void *data, const struct kctl_record *record,
			    const uint8_t *packet);

/**
 * kctl_watch_start() - become a watcher
 * @genl: the handle; it is good for one watch
 * @filter: what to report
 * @fn: takes every record, in this function and in the two below: a packet may
 *	well overtake the kernel's acknowledgement
 * @data: handed to @fn
 *
 * Return: 0 once the kernel acknowledged or a record has come, or -EPERM, -EBUSY,
 * -ENOSPC, -EINVAL, -ENOMEM, -ENOBUFS (no answer), -EOPNOTSUPP (the module is too
 * old for something in @filter).
 */
int kctl_watch_start(struct kctl_genl *genl,
		     const struct kctl_watch_filter *filter, kctl_record_fn *fn,
		     void *data);

/**
 * kctl_watch_read() - take what arrived, without waiting
 * @genl: the handle
 *
 * An overrun of the receive buffer is no error here: the records after it tell
 * by their numbers how many are missing.
 *
 * Return: 0, -EAGAIN if nothing waits, or another negative errno.
 */
int kctl_watch_read(struct kctl_genl *genl);

/**
 * kctl_watch_stop() - end the watch
 * @genl: the handle
 * @totals: gets the kernel's counters
 *
 * Records that were still queued go to the function of kctl_watch_start().
 *
 * Return: 0, or -ENOENT if there is no watch, -ENOBUFS if the kernel's answer was
 * lost again and again.
 */
int kctl_watch_stop(struct kctl_genl *genl, struct kctl_watch_totals *totals);

struct kctl_link;

/**
 * kctl_link_open() - look an interface up, and be told when it goes
 * @link: set to the handle
 * @name: its name
 * @ifindex: set to its index
 *
 * Anybody may call it. The module is not needed.
 *
 * Return: 0, or -ENODEV if there is none, or another negative errno.
 */
int kctl_link_open(struct kctl_link **link, const char *name,
		   uint32_t *ifindex);

/**
 * kctl_link_close() - free a handle
 * @link: the handle, or NULL
 */
void kctl_link_close(struct kctl_link *link);

/**
 * kctl_link_fd() - the socket, to poll(2) for POLLIN
 * @link: the handle
 *
 * Return: the file descriptor; it stays the handle's.
 */
int kctl_link_fd(const struct kctl_link *link);

/**
 * kctl_link_read() - take what is told of interfaces, without waiting
 * @link: the handle
 *
 * Return: 0, -EAGAIN if nothing waits, -EIDRM if the interface was removed, or left
 * for another network namespace, or another negative errno.
 */
int kctl_link_read(struct kctl_link *link);

/**
 * struct kctl_store_event - a change of the store
 * @action: what happened; a newer module may know of more than this tool
 * @generation: the generation that the change made
 * @name: the entry, or "" if it was the whole store
 */
struct kctl_store_event {
	enum kctl_store_action action;
	uint64_t generation;
	char name[KCTL_NAME_SIZE];
};

/**
 * typedef kctl_store_event_fn - takes one event of the store
 * @data: what the caller of kctl_store_subscribe() gave
 * @event: the event; a gap to the generation of the one before tells of events
 *	that were lost
 */
typedef void kctl_store_event_fn(void *data,
				 const struct kctl_store_event *event);

/**
 * kctl_store_subscribe() - be told of every change of the store from now on
 * @genl: the handle; it is good for one subscription, and for no watch beside it
 * @fn: takes every event, in kctl_store_events() and kctl_store_sync()
 * @data: handed to @fn
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP.
 */
int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data);

/**
 * kctl_store_events() - take one datagram of events, without waiting
 * @genl: the handle
 *
 * Return: 0, -EAGAIN if nothing waits, -ENOPROTOOPT if the module has been
 * unloaded, -ENOBUFS if events were lost to an overrun
 * of the receive buffer, or another negative errno.
 */
int kctl_store_events(struct kctl_genl *genl);

/**
 * kctl_store_sync() - take all events that there are, and ask where they end
 * @genl: the handle
 * @generation: set to the generation of the store; every event up to it has been
 *	taken, or is lost
 *
 * Return: 0, -ENOBUFS if the answer was lost again and again, or another negative
 * errno.
 */
int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation);

#endif /* KCTL_LIBKCTL_GENL_H */
