/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Match replies to requests and measure round-trip times. The table has a fixed
 * size: a new request replaces the oldest one in its set.
 */
#ifndef KCTL_RTT_H
#define KCTL_RTT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/kctl.h>

#include "icmp/decode.h"

/* A reply that is later than this, in ns, answers another request with the same key. */
#define RTT_MAX_AGE INT64_C(60000000000)

/* A request is late after this time in ns without a reply. */
#define RTT_PATIENCE INT64_C(1000000000)

/* The table holds RTT_SETS * RTT_WAYS requests. */
#define RTT_SETS 1024
#define RTT_WAYS 4

/**
 * struct rtt_key - fields that a request and its reply share
 * @asker: source address of the request; 4 or 16 bytes
 * @asked: destination address of the request; 4 or 16 bytes
 * @family: AF_INET or AF_INET6
 * @type: type of the request
 * @id: identifier
 * @seq: sequence number
 * @zero: explicit padding: the key is hashed and compared as bytes
 */
struct rtt_key {
	uint8_t asker[16];
	uint8_t asked[16];
	uint8_t family;
	uint8_t type;
	uint16_t id;
	uint16_t seq;
	uint16_t zero;
};

/**
 * struct rtt_request - a request in the table
 * @key: identifies the request
 * @sent: time at which this host sent it, in ns, or 0
 * @arrived: time at which it arrived at this host, in ns, or 0
 * @replied: directions in which a reply was seen, bits of enum kctl_direction: over
 *	loopback each reply is seen in both
 * @late: RTT_PATIENCE passed without a reply
 * @owner: private to the caller
 */
struct rtt_request {
	struct rtt_key key;
	uint64_t sent;
	uint64_t arrived;
	uint8_t replied;
	bool late;
	uint32_t owner;
};

/**
 * struct rtt_table - recent requests; zeroed before first use
 * @requests: sets of requests; the hash of a key selects the set. A member of a group
 *	that replies gets its own request
 * @latest: index plus one in @requests of the latest request, those to groups first; the
 *	hash of a key without the address that is asked selects the place
 * @arrived: likewise, of the latest request that arrived; the hash of a key without the
 *	address that asks selects the place
 */
struct rtt_table {
	struct rtt_request requests[RTT_SETS][RTT_WAYS];
	uint16_t latest[RTT_SETS];
	uint16_t arrived[RTT_SETS];
};

/**
 * struct rtt_result - result of rtt_take()
 * @request: the request that the packet is or answers, or NULL
 * @member: @request, for the member of a group that sends this first reply; NULL if
 *	the packet is something else
 * @is_new: the packet is a request that was not seen before
 * @is_reply: the packet answers @request
 * @is_first: the packet is the first reply to @request
 * @is_repeated: a reply to @request was seen before, in this direction
 * @is_duplicate: likewise, from the same peer
 * @ns: time since the request, if @is_reply; the round-trip time, unless
 *	@is_duplicate
 * @forgotten: the request that a new one replaced; family 0 for none
 */
struct rtt_result {
	struct rtt_request *request;
	struct rtt_request *member;
	bool is_new;
	bool is_reply;
	bool is_first;
	bool is_repeated;
	bool is_duplicate;
	uint64_t ns;
	struct rtt_request forgotten;
};

/**
 * rtt_take() - match a packet against the table
 * @table: the table
 * @record: record header of the packet; its time is from any one clock, and not 0
 * @event: the packet, decoded by icmp_decode()
 * @result: set to the result
 *
 * For an incoming reply, the round trip starts when this host sent the request; for
 * an outgoing reply, when the request arrived. If that time is not known, as for
 * forwarded packets, the other one is used.
 *
 * Each member of a group answers a request to a multicast or broadcast address from its own
 * address, and one member answers a request to an anycast address. So a reply from an
 * address that was not asked matches the latest request with the same asker, identifier and
 * sequence number.
 *
 * A router that masquerades sends requests from its own address. So an incoming reply to an
 * address that did not ask matches the latest request that arrived with the same asked
 * address, identifier and sequence number.
 */
void rtt_take(struct rtt_table *table, const struct kctl_record *record,
	      const struct icmp_event *event, struct rtt_result *result);

/**
 * rtt_direction() - guess the direction of a packet of a capture that has none
 * @table: the table
 * @event: the packet, decoded by icmp_decode()
 * @time: its time in ns
 *
 * The guess suits rtt_take(): this host sends the requests, and all other packets arrive. A
 * capture of loopback or of a router has each packet twice. So a request that repeats before
 * its reply, and before it would be late, is taken for the arrival of the same request. The
 * same applies to its reply.
 *
 * Return: KCTL_DIRECTION_IN or KCTL_DIRECTION_OUT.
 */
uint8_t rtt_direction(struct rtt_table *table, const struct icmp_event *event,
		      uint64_t time);

/**
 * typedef rtt_late_fn - handle a late request
 * @data: argument of rtt_expire()
 * @request: the request
 */
typedef void rtt_late_fn(void *data, const struct rtt_request *request);

/**
 * rtt_expire() - find requests that became late
 * @table: the table
 * @now: current time in ns, on the clock of the records
 * @fn: called once for each late request
 * @data: passed to @fn
 */
void rtt_expire(struct rtt_table *table, uint64_t now, rtt_late_fn *fn,
		void *data);

#endif /* KCTL_RTT_H */
