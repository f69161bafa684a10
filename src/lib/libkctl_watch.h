/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: the netlink interface and its watch for ICMP packets */
#ifndef KCTL_LIBKCTL_WATCH_H
#define KCTL_LIBKCTL_WATCH_H

#include "libkctl_genl.h"

KCTL_BEGIN_DECLS

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
 * @sample: report one in this many packets; 0 and 1: all
 * @snaplen: bytes of a packet to capture, 0 to KCTL_SNAPLEN_MAX
 * @has_coalesce: use @coalesce; otherwise KCTL_COALESCE_DEFAULT
 * @coalesce: µs for which the kernel gathers records, 0 to KCTL_COALESCE_MAX
 *
 * The program allocates it, and sets all members that it does not use to zero. A filter of
 * zeros matches all packets and captures none of their bytes.
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
 *
 * The program allocates it.
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
 *
 * The library allocates it.
 */
struct kctl_watcher {
	uint32_t port;
	const struct kctl_watch_filter *filter;
	uint64_t matched;
	uint64_t delivered;
	uint64_t lost;
};

/**
 * struct kctl_watchers - all watchers
 * @count: number of @watchers
 * @watchers: the watchers
 *
 * The library allocates it.
 */
struct kctl_watchers {
	size_t count;
	const struct kctl_watcher **watchers;
};

/**
 * kctl_watchers_get() - list the watchers of the network namespace
 * @genl: the handle
 * @watchers: set to the list, which kctl_watchers_free() releases, or to NULL on failure
 *
 * Return: 0, -EPERM, -EOPNOTSUPP, -ENOMEM or -EINTR (the list kept changing during
 * the dump).
 */
int kctl_watchers_get(struct kctl_genl *genl, struct kctl_watchers **watchers);

/**
 * kctl_watchers_free() - release a list and its watchers
 * @watchers: the list, or NULL
 */
void kctl_watchers_free(struct kctl_watchers *watchers);

/**
 * typedef kctl_record_fn - callback for a record of a watch
 * @data: from the caller of kctl_watch_start()
 * @record: the header; the packet does not follow it in memory
 * @packet: the packet, @record->captured bytes
 *
 * Both are valid until the callback returns. With this handle it may only call
 * kctl_watch_clock(): other calls fail with -EDEADLK. It can use other handles.
 *
 * Return: 0 to continue. Any other number stops the function that called the callback: it drops
 * the remaining records of the datagram, which shows as a gap in the numbers, and returns the
 * number unless it fails. A function that sends a request then drops all records that arrive
 * before its answer. A number above 0 cannot be mistaken for an error. To process one record at
 * a time, queue the records in the callback.
 */
typedef int kctl_record_fn(void *data, const struct kctl_record *record,
			   const uint8_t *packet);

/**
 * kctl_watch_start() - become a watcher
 * @genl: the handle, which can have one watch or one subscription
 * @filter: the packets to report
 * @size: sizeof(*@filter)
 * @fn: called for each record, by kctl_watch_read() and by every function that sends a
 *	request with the handle, including this one, because a record can arrive before the
 *	answer
 * @data: passed to @fn
 *
 * Return: 0 after an acknowledgement or a record, -EPERM, -EBUSY (the handle has a watch or a
 * subscription, which continues), -ENOSPC, -EINVAL, -ENOMEM, -ENOBUFS (no answer), -EOPNOTSUPP
 * (the module is too old for a member of @filter) or -E2BIG (this library is too old for it);
 * or the return value of @fn, in which case the watch has started.
 */
int kctl_watch_start(struct kctl_genl *genl,
		     const struct kctl_watch_filter *filter, size_t size,
		     kctl_record_fn *fn, void *data);

/**
 * kctl_watch_clock() - get the time of a record on a clock that is never set
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
 * kctl_watch_read() - read a datagram of records, without waiting
 * @genl: the handle
 *
 * A datagram contains one or more records, or none if it is not about the watch.
 *
 * An overrun of the receive buffer is not an error, because the numbers of the next
 * records show how many were lost.
 *
 * Return: 0, -EAGAIN if nothing has arrived, another negative errno, or the return value of the
 * callback.
 */
int kctl_watch_read(struct kctl_genl *genl);

/**
 * kctl_watch_stop() - end the watch
 * @genl: the handle
 * @totals: set to the counters of the kernel, or to zeros on failure
 * @size: sizeof(*@totals)
 *
 * Records that are still in the queue are passed to the callback of kctl_watch_start().
 *
 * Return: 0, -ENOENT if there is no watch, -ENOBUFS if the answer was lost several times, or
 * the return value of the callback.
 */
int kctl_watch_stop(struct kctl_genl *genl, struct kctl_watch_totals *totals,
		    size_t size);

/* A socket of rtnetlink that monitors an interface. */
struct kctl_link;

/**
 * kctl_link_open() - look up an interface and monitor its removal
 * @link: set to the handle, or to NULL on failure
 * @name: its name
 * @ifindex: set to its index, or to 0 on failure
 *
 * Any user may call it, even without the module.
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

KCTL_END_DECLS

#endif /* KCTL_LIBKCTL_WATCH_H */
