/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary of a watch: a row for each peer and type. There is room for a fixed
 * number of rows; a row in which nothing happened for a minute makes room for a new
 * one, and what has no row is counted with all others.
 */
#ifndef KCTL_WATCH_SUMMARY_H
#define KCTL_WATCH_SUMMARY_H

#include "rtt.h"
#include "cli/stream.h"

/* Rows at most. */
#define SUMMARY_ROWS 256

/* Seconds that the sparkline of a row is about. */
#define SUMMARY_SECONDS 60

struct summary;

/**
 * struct trip_times - round-trip times, counted by how long they are
 * @count: how many
 * @sum: of them all, in ns
 * @min: the shortest
 * @max: the longest
 * @buckets: how many fell into each; NULL: none
 */
struct trip_times {
	uint64_t count;
	uint64_t sum;
	uint64_t min;
	uint64_t max;
	uint32_t *buckets;
};

/**
 * struct summary_row - a peer and a type
 * @peer: who sent what arrives, or gets what is sent; 4 or 16 bytes
 * @family: AF_INET or AF_INET6; 0: the row is free
 * @type: ICMP or ICMPv6 type
 * @birth: tells it from rows that were in its place before
 * @count: packets
 * @recent: those of them that came in this period
 * @requests: different requests that were seen, if the type is one
 * @unanswered: those of them that stayed without a reply for a second
 * @trips: round-trip times of those that were answered
 * @second: of the last packet, or of the last look, in s since the epoch
 * @minute: packets in each second, at its number modulo SUMMARY_SECONDS
 */
struct summary_row {
	uint8_t peer[16];
	uint8_t family;
	uint8_t type;
	uint32_t birth;
	uint64_t count;
	uint64_t recent;
	uint64_t requests;
	uint64_t unanswered;
	struct trip_times trips;
	uint64_t second;
	uint32_t minute[SUMMARY_SECONDS];
};

/**
 * summary_new() - begin a summary
 *
 * Return: the summary, which summary_free() releases, or NULL without memory.
 */
struct summary *summary_new(void);

/**
 * summary_free() - release a summary
 * @s: the summary, or NULL
 */
void summary_free(struct summary *s);

/**
 * summary_take() - count a packet
 * @s: the summary
 * @record: header of the record it came in
 * @event: what icmp_decode() made of it
 * @trip: what rtt_take() made of it
 */
void summary_take(struct summary *s, const struct kctl_record *record,
		  const struct icmp_event *event,
		  const struct rtt_result *trip);

/**
 * summary_expire() - count the requests that have waited too long for a reply
 * @s: the summary
 * @rtt: the requests
 */
void summary_expire(struct summary *s, struct rtt_table *rtt);

/**
 * summary_print() - print a summary, and begin a new period
 * @s: the summary
 * @stream: the watch that it is about; on a terminal it takes the place of the one
 *	before
 */
void summary_print(struct summary *s, const struct stream *stream);

/**
 * summary_rows() - the rows, those with most packets first
 * @s: the summary
 * @rows: gets them
 *
 * Return: how many.
 */
size_t summary_rows(const struct summary *s,
		    const struct summary_row *rows[SUMMARY_ROWS]);

/**
 * trip_quantile() - the time within which so many of the replies came
 * @t: the times
 * @percent: how many of a hundred
 *
 * Return: ns, to within 3 %; 0 if there are none.
 */
uint64_t trip_quantile(const struct trip_times *t, unsigned int percent);

/**
 * struct others - what has no row
 * @count: packets
 * @recent: those of them that came in this period
 */
struct others {
	uint64_t count;
	uint64_t recent;
};

/**
 * struct summary - a summary
 * @rows: the rows
 * @used: how many were ever used
 * @slots: where the row of a key is, plus one; 0 is free, and ends a search
 * @births: rows that were begun
 * @others: what has no row
 * @full_until: there is no old row before this second
 * @begun: when the summary began, in ns of wait_now()
 * @printed: when it was printed last, likewise
 * @lines: lines on the terminal that the next one takes the place of
 */
struct summary {
	struct summary_row rows[SUMMARY_ROWS];
	size_t used;
	uint16_t slots[2 * SUMMARY_ROWS];
	uint32_t births;
	struct others others;
	uint64_t full_until;
	int64_t begun;
	int64_t printed;
	unsigned int lines;
};

#endif /* KCTL_WATCH_SUMMARY_H */
