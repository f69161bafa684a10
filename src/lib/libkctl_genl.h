/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the netlink interface */
#ifndef KCTL_LIBKCTL_GENL_H
#define KCTL_LIBKCTL_GENL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kctl.h>

struct kctl_genl;

/**
 * kctl_genl_open() - open a netlink socket and look up the family
 * @genl: set to the handle
 * @ext_ack: set to the message of the kernel for each request that fails, otherwise
 *	to ""; must outlive the handle
 * @size: bytes at @ext_ack, at least 1
 *
 * Any user may call it.
 *
 * Return: 0, -ENOPROTOOPT, -ENOMEM or an error of socket(2). After a failure there
 * is nothing to close.
 */
int kctl_genl_open(struct kctl_genl **genl, char *ext_ack, size_t size);

/**
 * kctl_genl_close() - close the socket, which ends its watch, and free the handle
 * @genl: the handle, or NULL
 */
void kctl_genl_close(struct kctl_genl *genl);

/**
 * kctl_genl_fd() - get the socket, to poll(2) for POLLIN during a watch
 * @genl: the handle
 *
 * Return: the file descriptor; it still belongs to the handle.
 */
int kctl_genl_fd(const struct kctl_genl *genl);

/**
 * kctl_genl_rcvbuf() - set the size of the receive buffer
 * @genl: the handle
 * @size: bytes, as for SO_RCVBUF
 * @got: set to the new size, which is at most net.core.rmem_max unless the caller is
 *	privileged
 *
 * Without this call, a watch or a subscription gets room for thousands of messages.
 *
 * Return: 0 or a negative errno.
 */
int kctl_genl_rcvbuf(struct kctl_genl *genl, uint32_t size, uint32_t *got);

/**
 * struct kctl_status - answer to KCTL_CMD_GET_STATUS
 * @module_version: version of the module, NUL-terminated
 * @present: bit n is set if attribute n was in the answer; an older module sends
 *	fewer attributes
 * @value: the numbers, indexed by enum kctl_status_attr; 0 if not present
 */
struct kctl_status {
	char module_version[32];
	uint64_t present;
	uint64_t value[KCTL_A_STATUS_MAX + 1];
};

/**
 * kctl_status_get() - read versions, counters and limits
 * @genl: the handle
 * @status: set to the answer
 *
 * Any user may call it.
 *
 * Return: 0 or a negative errno.
 */
int kctl_status_get(struct kctl_genl *genl, struct kctl_status *status);

/**
 * kctl_status_has() - check if an attribute was in the answer
 * @status: the answer
 * @attr: the attribute
 *
 * Return: true if it was.
 */
bool kctl_status_has(const struct kctl_status *status,
		     enum kctl_status_attr attr);

/**
 * kctl_module_version() - get the version of the loaded module
 * @version: set to the version, NUL-terminated
 * @size: bytes at @version
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
 * @flags: enum kctl_channel_flags
 * @held: messages that its receivers hold, which are not in its queue
 * @delayed: messages that were given back with a delay, and are not in its queue yet
 * @listed: number of @sockets
 * @sockets: inode numbers of the receivers, the taps and the senders, in this order
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
	uint32_t sockets[KCTL_CHANNEL_SOCKETS_LISTED];
};

/**
 * kctl_channels_get() - list the channels of the network namespace
 * @genl: the handle
 * @channels: set to an array that the caller frees
 * @count: set to the number of its elements
 *
 * A caller without privilege gets the channels that it owns, if the module allows that.
 *
 * Return: 0, -EPERM, -ENOMEM or -EINTR (the list kept changing during the dump).
 */
int kctl_channels_get(struct kctl_genl *genl, struct kctl_channel **channels,
		      size_t *count);

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
 * kctl_channel_set() - configure a channel and make it persistent
 * @genl: the handle
 * @number: the channel; created if it does not exist
 * @settings: the new settings; the others keep their value
 *
 * The caller is the owner of the channel or an administrator. KCTL_CMD_SET_CHANNEL
 * describes who may give a channel to another user, and who may create one.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOENT (an ephemeral channel that does not
 * exist), -EINVAL, -ENOSPC or -ENOMEM.
 */
int kctl_channel_set(struct kctl_genl *genl, uint32_t number,
		     const struct kctl_channel_settings *settings);

/**
 * kctl_channel_delete() - drop the messages of a channel and its configuration
 * @genl: the handle
 * @number: the channel; it stays while sockets use it
 *
 * The caller is the owner of the channel or an administrator.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP or -ENOENT.
 */
int kctl_channel_delete(struct kctl_genl *genl, uint32_t number);

/**
 * kctl_channel_flush() - drop the messages of a channel
 * @genl: the handle
 * @number: the channel
 *
 * The caller is the owner of the channel or an administrator.
 *
 * Return: 0, -EPERM, -EOPNOTSUPP or -ENOENT.
 */
int kctl_channel_flush(struct kctl_genl *genl, uint32_t number);

/**
 * struct kctl_prefix - an address prefix
 * @family: AF_INET or AF_INET6; 0: every address of both
 * @length: number of bits
 * @address: 4 or 16 bytes in network byte order; the bits after @length are zero
 */
struct kctl_prefix {
	uint32_t family;
	uint32_t length;
	uint8_t address[16];
};

/**
 * struct kctl_watch_filter - the packets that a watcher asks for
 * @family: AF_INET, AF_INET6, or 0 for both
 * @direction: bits of enum kctl_direction, or 0 for both
 * @ifindex: index of the interface, or 0 for all
 * @src: prefix of the source address
 * @dst: prefix of the destination address
 * @host: prefix of the source or the destination address
 * @types4: ICMP types to report
 * @types6: ICMPv6 types to report
 * @types4_count: number of @types4; 0 for all types
 * @types6_count: number of @types6; 0 for all types
 * @has_code: use @code; otherwise all codes match
 * @code: ICMP or ICMPv6 code
 * @sample: report one packet out of this many; 0 and 1: all
 * @snaplen: bytes of a packet to capture, 0 to KCTL_SNAPLEN_MAX
 * @has_coalesce: use @coalesce; otherwise KCTL_COALESCE_DEFAULT
 * @coalesce: µs for which the kernel gathers records, 0 to KCTL_COALESCE_MAX
 */
struct kctl_watch_filter {
	uint32_t family;
	uint32_t direction;
	uint32_t ifindex;
	struct kctl_prefix src;
	struct kctl_prefix dst;
	struct kctl_prefix host;
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
 * struct kctl_watch_totals - counters of a watcher
 * @matched: packets that match the filter
 * @lost: matching packets that could not be delivered
 */
struct kctl_watch_totals {
	uint64_t matched;
	uint64_t lost;
};

/**
 * struct kctl_watcher - a watcher in a dump
 * @port: netlink port of its socket; often, but not always, the PID of the process
 *	that opened the socket
 * @filter: its filter
 * @matched: packets that match the filter
 * @delivered: records that reached its receive buffer
 * @lost: matching packets that could not be delivered
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
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOMEM or -EINTR (the list kept changing during
 * the dump).
 */
int kctl_watchers_get(struct kctl_genl *genl, struct kctl_watcher **watchers,
		      size_t *count);

/**
 * typedef kctl_record_fn - callback for a record of a watch
 * @data: from the caller of kctl_watch_start()
 * @record: the header; the packet does not follow it in memory
 * @packet: the packet, @record->captured bytes
 */
typedef void kctl_record_fn(void *data, const struct kctl_record *record,
			    const uint8_t *packet);

/**
 * kctl_watch_start() - become a watcher
 * @genl: the handle, which can have one watch
 * @filter: the packets to report
 * @fn: called for each record, by this function and the two below, because a record
 *	can arrive before the acknowledgement of the kernel
 * @data: passed to @fn
 *
 * Return: 0 after an acknowledgement or a record, -EPERM, -EBUSY, -ENOSPC, -EINVAL,
 * -ENOMEM, -ENOBUFS (no answer) or -EOPNOTSUPP (the module is too old for a member of
 * @filter).
 */
int kctl_watch_start(struct kctl_genl *genl,
		     const struct kctl_watch_filter *filter, kctl_record_fn *fn,
		     void *data);

/**
 * kctl_watch_clock() - get the time of a record on a clock that nobody sets
 * @genl: the handle
 * @record: the record that was passed to the callback
 * @ns: set to CLOCK_MONOTONIC of the initial time namespace; if the module is too old to
 *	report it, to @record->time
 *
 * Only differences of such times are meaningful. Call it in the callback.
 *
 * Return: true, or false if the module is too old.
 */
bool kctl_watch_clock(const struct kctl_genl *genl,
		      const struct kctl_record *record, uint64_t *ns);

/**
 * kctl_watch_read() - read the records that have arrived, without waiting
 * @genl: the handle
 *
 * An overrun of the receive buffer is not an error, because the numbers of the next
 * records show how many were lost.
 *
 * Return: 0, -EAGAIN if nothing has arrived, or another negative errno.
 */
int kctl_watch_read(struct kctl_genl *genl);

/**
 * kctl_watch_stop() - end the watch
 * @genl: the handle
 * @totals: set to the counters of the kernel
 *
 * Records that are still in the queue go to the callback of kctl_watch_start().
 *
 * Return: 0, -ENOENT if there is no watch, or -ENOBUFS if the answer was lost several
 * times.
 */
int kctl_watch_stop(struct kctl_genl *genl, struct kctl_watch_totals *totals);

struct kctl_link;

/**
 * kctl_link_open() - look up an interface and monitor its removal
 * @link: set to the handle
 * @name: its name
 * @ifindex: set to its index
 *
 * Any user may call it, also without the module.
 *
 * Return: 0, -ENODEV if it does not exist, or another negative errno.
 */
int kctl_link_open(struct kctl_link **link, const char *name,
		   uint32_t *ifindex);

/**
 * kctl_link_close() - free a handle
 * @link: the handle, or NULL
 */
void kctl_link_close(struct kctl_link *link);

/**
 * kctl_link_fd() - get the socket, to poll(2) for POLLIN
 * @link: the handle
 *
 * Return: the file descriptor; it still belongs to the handle.
 */
int kctl_link_fd(const struct kctl_link *link);

/**
 * kctl_link_read() - read notifications about interfaces, without waiting
 * @link: the handle
 *
 * Return: 0, -EAGAIN if nothing has arrived, -EIDRM if the interface was removed or
 * moved to another network namespace, or another negative errno.
 */
int kctl_link_read(struct kctl_link *link);

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
 * @event: the event; a gap between two generations means lost events
 */
typedef void kctl_store_event_fn(void *data,
				 const struct kctl_store_event *event);

/**
 * kctl_store_subscribe() - subscribe to changes of the store
 * @genl: the handle, which can have one subscription or one watch
 * @fn: called for each event, by kctl_store_events() and kctl_store_sync()
 * @data: passed to @fn
 *
 * Return: 0, -EPERM or -EOPNOTSUPP.
 */
int kctl_store_subscribe(struct kctl_genl *genl, kctl_store_event_fn *fn,
			 void *data);

/**
 * kctl_store_events() - read a datagram of events, without waiting
 * @genl: the handle
 *
 * Return: 0, -EAGAIN if nothing has arrived, -ENOPROTOOPT if the module was unloaded,
 * -ENOBUFS if events were lost to an overrun of the receive buffer, or another
 * negative errno.
 */
int kctl_store_events(struct kctl_genl *genl);

/**
 * kctl_store_sync() - read all events and the current generation
 * @genl: the handle
 * @generation: set to the generation of the store; every event up to it was either
 *	read or lost
 *
 * Return: 0, -ENOBUFS if the answer was lost several times, or another negative
 * errno.
 */
int kctl_store_sync(struct kctl_genl *genl, uint64_t *generation);

#endif /* KCTL_LIBKCTL_GENL_H */
