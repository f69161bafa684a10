/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkctl: what user space asks of the kctl module
 *
 * The transports of the three doors that <linux/kctl.h> describes. They build
 * requests, talk to the kernel and take its answers apart. They print nothing,
 * keep no global state and never call exit.
 *
 * Functions return 0 or something positive on success and a negative errno on
 * failure. Whatever the door, -ENOPROTOOPT means that no module answers,
 * -EOPNOTSUPP that it is too old for the request, and -EPERM that the caller lacks
 * CAP_NET_ADMIN over the network namespace. Only further errors are listed with
 * each function; those of the kernel are in <linux/kctl.h>. Everything happens in
 * the network namespace the thread is in when it opens the socket.
 */
#ifndef LIBKCTL_H
#define LIBKCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

/* Door 1: the store */

/**
 * kctl_store_open() - open a socket through which the store can be reached
 *
 * Anybody may call it; what can be done with it is another matter.
 *
 * Return: a file descriptor that the caller closes, or a negative errno.
 */
int kctl_store_open(void);

/**
 * kctl_store_set() - change an entry, or make one
 * @fd: from kctl_store_open()
 * @entry: header of the change: its name, flags and generation count; its size
 *	is taken from @size
 * @value: the new value
 * @size: bytes of @value; the kernel takes up to KCTL_VALUE_MAX
 *
 * Return: 0, or -EPERM, -EEXIST, -ESTALE, -EINVAL, -EMSGSIZE, -ENOSPC, -ENOMEM.
 */
int kctl_store_set(int fd, const struct kctl_entry *entry, const void *value,
		   size_t size);

/**
 * kctl_store_get() - read an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @entry: set to the entry with its value; the caller frees it
 *
 * Anybody may read a public entry.
 *
 * Return: 0, or -EPERM, -ENOENT, -EINVAL, -ENOMEM, -EPROTO (an answer that
 * contradicts itself).
 */
int kctl_store_get(int fd, const char *name, struct kctl_entry **entry);

/**
 * kctl_store_generation() - read the generation of an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: set to its generation, 0 if there is no such entry
 *
 * Anybody may ask about a public entry.
 *
 * Return: 0, or -EPERM, -EINVAL, -ENOMEM, -EPROTO.
 */
int kctl_store_generation(int fd, const char *name, uint64_t *generation);

/**
 * kctl_store_delete() - delete an entry
 * @fd: from kctl_store_open()
 * @name: NUL-terminated name of the entry
 * @generation: the generation it must have, or 0 for any
 *
 * Return: 0, or -EPERM, -ENOENT, -ESTALE, -EINVAL.
 */
int kctl_store_delete(int fd, const char *name, uint64_t generation);

/**
 * kctl_entry_name() - put a name into the header of an entry
 * @entry: the header; bytes behind the name are cleared
 * @name: NUL-terminated name
 *
 * Only the length is checked: what a name may consist of is for the kernel.
 *
 * Return: 0, or -EINVAL if @name does not fit.
 */
int kctl_entry_name(struct kctl_entry *entry, const char *name);

/**
 * kctl_store_info() - ask for generation, counts and limits of the store
 * @fd: from kctl_store_open()
 * @info: gets the answer; what an older module does not know is 0
 *
 * Anybody may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_store_info(int fd, struct kctl_info *info);

/**
 * struct kctl_snapshot - a whole store, as it was at one moment
 * @generation: of the last change of the store
 * @count: number of entries
 * @entries: the entries, each with its value, sorted by name
 * @table: where they are
 */
struct kctl_snapshot {
	uint64_t generation;
	size_t count;
	const struct kctl_entry **entries;
	struct kctl_table *table;
};

/**
 * kctl_snapshot_init() - take a table apart
 * @snapshot: set on success; kctl_snapshot_free() releases it, and @table with it
 * @table: from malloc(3); what the kernel answered to KCTL_SO_GET_TABLE
 * @size: bytes of it
 *
 * Return: 0, -ENOMEM, or -EPROTO if the table contradicts itself.
 */
int kctl_snapshot_init(struct kctl_snapshot *snapshot, struct kctl_table *table,
		       size_t size);

/**
 * kctl_snapshot_free() - release a snapshot
 * @snapshot: the snapshot; all zeros is one, too
 */
void kctl_snapshot_free(struct kctl_snapshot *snapshot);

/**
 * kctl_store_table_get() - read the whole store
 * @fd: from kctl_store_open()
 * @snapshot: set on success; kctl_snapshot_free() releases it
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -ENOMEM, -EOVERFLOW (no buffer could hold
 * it), -EPROTO (an answer that contradicts itself), -EAGAIN (the store kept
 * growing while it was read).
 */
int kctl_store_table_get(int fd, struct kctl_snapshot *snapshot);

/**
 * struct kctl_table_builder - a table that is being put together
 * @table: the table, or NULL as long as nothing was put into it
 * @size: bytes of it
 * @capacity: bytes allocated
 *
 * All zeros is an empty one.
 */
struct kctl_table_builder {
	struct kctl_table *table;
	size_t size;
	size_t capacity;
};

/**
 * kctl_table_reserve() - make room for the next entry
 * @builder: the table
 * @size: bytes that its value can have
 *
 * Return: the header of the entry, all zeros, with room for the value behind it;
 * it moves with the next entry. NULL without memory.
 */
struct kctl_entry *kctl_table_reserve(struct kctl_table_builder *builder,
				      size_t size);

/**
 * kctl_table_commit() - take the entry into the table
 * @builder: the table
 * @entry: from kctl_table_reserve(); its size is no more than was reserved
 */
void kctl_table_commit(struct kctl_table_builder *builder,
		       const struct kctl_entry *entry);

/**
 * kctl_table_free() - release a table
 * @builder: the table, empty again afterwards
 */
void kctl_table_free(struct kctl_table_builder *builder);

/**
 * kctl_store_replace() - replace the whole store at once
 * @fd: from kctl_store_open()
 * @builder: what there shall be; can be empty
 * @generation: the generation that the store must have, or 0 for any
 *
 * Return: 0, or -EPERM, -EOPNOTSUPP, -EEXIST (a name comes twice), -ESTALE,
 * -EINVAL, -EMSGSIZE, -ENOSPC, -ENOMEM.
 */
int kctl_store_replace(int fd, const struct kctl_table_builder *builder,
		       uint64_t generation);

/* Door 2: netlink */

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
 * Return: 0 once the kernel acknowledged, or -EPERM, -EBUSY, -ENOSPC, -EINVAL,
 * -ENOMEM, -EOPNOTSUPP (the module is too old for something in @filter).
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

/* Door 3: channels */

/**
 * kctl_proto_open() - open a socket of the protocol family
 * @family: set to the number of the family, for the functions below
 *
 * Return: a file descriptor that the caller closes, or -EPERM, -ENOPROTOOPT,
 * -ENOBUFS, -ENOMEM.
 */
int kctl_proto_open(int *family);

/**
 * kctl_proto_set_option() - set what is special about a socket
 * @fd: from kctl_proto_open(), before kctl_proto_bind()
 * @option: KCTL_EXCLUSIVE or KCTL_MODE; for KCTL_TAP there is kctl_proto_set_tap()
 * @value: its value
 *
 * Return: 0, or -EOPNOTSUPP, -EINVAL.
 */
int kctl_proto_set_option(int fd, enum kctl_proto_option option, int value);

/**
 * kctl_proto_set_tap() - make a socket a tap, which is told of what it misses
 * @fd: from kctl_proto_open(), before kctl_proto_bind()
 *
 * Its receive buffer is made as large as the caller may.
 *
 * Return: 0, or -EOPNOTSUPP.
 */
int kctl_proto_set_tap(int fd);

/**
 * kctl_proto_missed() - ask how much a tap has missed until now
 * @fd: the tap
 * @missed: set to the number of messages; it wraps
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_missed(int fd, uint32_t *missed);

/**
 * kctl_proto_bind() - become a receiver of a channel, or a tap
 * @fd: from kctl_proto_open()
 * @family: likewise
 * @channel: the channel; 0: the kernel picks one. Set to the one it is
 *
 * Return: 0, or -EACCES, -EADDRINUSE, -EINVAL, -ENOSPC, -ENOMEM.
 */
int kctl_proto_bind(int fd, int family, uint32_t *channel);

/**
 * kctl_proto_connect() - say where send(2) and write(2) shall go
 * @fd: from kctl_proto_open()
 * @family: likewise
 * @channel: the channel
 *
 * Return: 0, or -EACCES, -ECONNREFUSED, -ENOSPC, -ENOMEM.
 */
int kctl_proto_connect(int fd, int family, uint32_t channel);

/**
 * struct kctl_message - where a message goes
 * @family: from kctl_proto_open()
 * @channel: the channel
 * @timeout: how long to wait while the channel is full, in ns; negative: as long as
 *	it takes
 */
struct kctl_message {
	int family;
	uint32_t channel;
	int64_t timeout;
};

/**
 * kctl_proto_send() - put a message into a channel
 * @fd: from kctl_proto_open()
 * @message: where to, and how long to try
 * @data: the message
 * @size: bytes of @data; the kernel takes up to KCTL_MESSAGE_MAX
 *
 * Return: 0, -EAGAIN if the channel is full and the timeout 0, -ETIMEDOUT if it
 * stayed full for that long, -EINTR, -EACCES, -EMSGSIZE, -ENOSPC, -ENOBUFS,
 * -ECONNREFUSED, -ENOMEM.
 */
int kctl_proto_send(int fd, const struct kctl_message *message,
		    const void *data, size_t size);

/**
 * kctl_proto_ask_details() - be told who sent each message, and when
 * @fd: from kctl_proto_open()
 *
 * Return: 0 or a negative errno.
 */
int kctl_proto_ask_details(int fd);

/**
 * struct kctl_received - what is known of a message
 * @from: channel that its sender was bound to, 0 if none
 * @has_sender: @pid and @uid are known
 * @pid: process that sent it; 0 if that cannot be seen from here
 * @uid: its user
 * @time: when it was sent, in ns since the epoch; 0: not known
 * @missed: of a tap: messages that it had missed when this one came; it wraps
 */
struct kctl_received {
	uint32_t from;
	bool has_sender;
	uint32_t pid;
	uint32_t uid;
	uint64_t time;
	uint32_t missed;
};

/**
 * kctl_proto_recv() - take the oldest message out, without waiting
 * @fd: a bound socket
 * @received: gets what is known of it: sender and time after
 *	kctl_proto_ask_details() only
 * @data: gets the message
 * @size: bytes at @data; with KCTL_MESSAGE_MAX every message fits
 *
 * Return: size of the message, or -EAGAIN if there is none, -EMSGSIZE if it did
 * not fit (what did is in @data, the rest is gone), -ENOTCONN.
 */
ssize_t kctl_proto_recv(int fd, struct kctl_received *received, void *data,
			size_t size);

#endif /* LIBKCTL_H */
