/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Round trips: which reply belongs to which request, and how long it took. It
 * remembers a fixed number of requests, and forgets the oldest for new ones.
 */
#ifndef KCTL_RTT_H
#define KCTL_RTT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/kctl.h>

#include "icmp/decode.h"

/* A reply that comes later than this is one to another request of that number. */
#define RTT_MAX_AGE INT64_C(60000000000)

/* A request without a reply counts as lost after so many ns, and no longer if the
 * reply comes after all.
 */
#define RTT_PATIENCE INT64_C(1000000000)

/* Requests that are remembered: SETS * WAYS. */
#define RTT_SETS 1024
#define RTT_WAYS 4

/**
 * struct rtt_key - what request and reply have in common
 * @asker: who asked; 4 or 16 bytes
 * @asked: who was asked, likewise
 * @family: AF_INET or AF_INET6
 * @type: type of the request
 * @id: identifier
 * @seq: sequence number
 * @zero: so that there is no hole
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
 * struct rtt_request - a request that was seen
 * @key: which
 * @sent: when it was sent from here, in ns since the epoch; 0: it was not
 * @arrived: when it arrived here; 0: it did not
 * @answered: a reply was seen
 * @late: @RTT_PATIENCE passed without one
 * @owner: for whoever counts: belongs to the caller
 */
struct rtt_request {
	struct rtt_key key;
	uint64_t sent;
	uint64_t arrived;
	bool answered;
	bool late;
	uint32_t owner;
};

/**
 * struct rtt_table - requests that were seen lately; zeroed to begin with
 * @requests: each is in the set that its key hashes to
 */
struct rtt_table {
	struct rtt_request requests[RTT_SETS][RTT_WAYS];
};

/**
 * struct rtt_result - what a packet means for round trips
 * @request: the request it is, or answers; NULL if it is neither, or the request
 *	was not seen
 * @is_new: it is a request that was not seen before
 * @is_reply: it answers @request
 * @is_first: it is the first reply to it
 * @ns: how long that took
 * @forgotten: with @is_new: what was in its place before, if its family is not 0
 */
struct rtt_result {
	struct rtt_request *request;
	bool is_new;
	bool is_reply;
	bool is_first;
	uint64_t ns;
	struct rtt_request forgotten;
};

/**
 * rtt_take() - look at a packet
 * @table: the table
 * @record: header of the record it came in
 * @event: what icmp_decode() made of it
 * @result: gets what it means
 *
 * A reply that arrives is measured from when its request was sent, and one that is
 * sent from when its request arrived, if that was seen; a reply that passes by from
 * when its request passed by.
 */
void rtt_take(struct rtt_table *table, const struct kctl_record *record,
	      const struct icmp_event *event, struct rtt_result *result);

/**
 * typedef rtt_late_fn - takes a request that is late
 * @data: what the caller of rtt_expire() gave
 * @request: the request
 */
typedef void rtt_late_fn(void *data, const struct rtt_request *request);

/**
 * rtt_expire() - mark the requests that became late
 * @table: the table
 * @now: in ns since the epoch
 * @fn: takes each, once
 * @data: handed to @fn
 */
void rtt_expire(struct rtt_table *table, uint64_t now, rtt_late_fn *fn,
		void *data);

#endif /* KCTL_RTT_H */
