/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary of a watch: one row for each peer and type. The number of rows is
 * fixed. A new row replaces one that was idle for a minute; if every row is in use,
 * packets are counted without a row.
 */
#ifndef KCTL_WATCH_SUMMARY_H
#define KCTL_WATCH_SUMMARY_H

#include "local.h"
#include "rtt.h"
#include "cli/stream.h"

/* Maximum number of rows. */
#define SUMMARY_ROWS 256

/* Time in seconds that the sparkline of a row covers. */
#define SUMMARY_SECONDS 60

struct summary;

/**
 * struct trip_times - histogram of round-trip times
 * @count: number of round trips
 * @sum: sum of all times in ns
 * @min: shortest time in ns
 * @max: longest time in ns
 * @buckets: number of round trips in each bucket; NULL before the first, or if memory
 *	is short
 */
struct trip_times {
	uint64_t count;
	uint64_t sum;
	uint64_t min;
	uint64_t max;
	uint32_t *buckets;
};

/**
 * struct row_counts - what happened in a row since some time
 * @packets: number of packets
 * @requests: number of distinct requests, if the type is a request
 * @unanswered: number of requests without a reply after RTT_PATIENCE
 * @duplicates: number of replies of a peer to a request after its first one, if the type
 *	is a request
 * @trips: round-trip times of the answered requests
 */
struct row_counts {
	uint64_t packets;
	uint64_t requests;
	uint64_t unanswered;
	uint64_t duplicates;
	struct trip_times trips;
};

/**
 * struct summary_row - a peer, or two between which packets are forwarded, and a type
 * @peer: source of incoming packets, destination of outgoing ones; 4 or 16 bytes
 * @target: destination of packets that this host forwards; likewise
 * @family: AF_INET or AF_INET6; 0 if the row is free
 * @type: ICMP or ICMPv6 type
 * @forwarded: the packets are forwarded by this host, from @peer to @target
 * @birth: serial number of the row, which distinguishes it from earlier ones in the
 *	same place
 * @total: since the start
 * @period: in this period
 * @second: time of the last packet in s, on the clock of the records
 * @minute: number of packets in each second, indexed by second modulo SUMMARY_SECONDS
 */
struct summary_row {
	uint8_t peer[16];
	uint8_t target[16];
	uint8_t family;
	uint8_t type;
	bool forwarded;
	uint32_t birth;
	struct row_counts total;
	struct row_counts period;
	uint64_t second;
	uint32_t minute[SUMMARY_SECONDS];
};

/**
 * summary_new() - allocate a summary
 * @filter: the filter of the watch, which must outlive the summary
 * @place: result of exchange_place(), or 0
 *
 * Return: the summary, to be freed with summary_free(), or NULL if out of memory.
 */
struct summary *summary_new(const struct kctl_watch_filter *filter,
			    unsigned int place);

/**
 * summary_replay() - let the packets of a capture be the clock
 * @s: the summary, before the first summary_take()
 * @begin: time of the first packet, in ns since the epoch
 *
 * The clock of the records is that of the capture then.
 */
void summary_replay(struct summary *s, uint64_t begin);

/**
 * summary_free() - free a summary
 * @s: the summary, or NULL
 */
void summary_free(struct summary *s);

/**
 * summary_take() - count a packet
 * @s: the summary
 * @record: record header of the packet; its time is from any one clock
 * @event: the packet, decoded by icmp_decode()
 * @trip: result of rtt_take() for the packet
 */
void summary_take(struct summary *s, const struct kctl_record *record,
		  const struct icmp_event *event,
		  const struct rtt_result *trip);

/**
 * summary_expire() - count requests that became late
 * @s: the summary
 * @rtt: table of requests
 * @now: the current time in ns, on the clock of the records
 */
void summary_expire(struct summary *s, struct rtt_table *rtt, uint64_t now);

/**
 * summary_print() - print a summary and start a new period
 * @s: the summary
 * @stream: the stream that the summary describes
 * @now: the current time in ns, on the clock of the records
 *
 * On a terminal, the new table overwrites the previous one.
 */
void summary_print(struct summary *s, const struct stream *stream,
		   uint64_t now);

/**
 * summary_rows() - list the rows in order of packet count, highest first
 * @s: the summary
 * @rows: output array
 *
 * Return: number of rows.
 */
size_t summary_rows(const struct summary *s,
		    const struct summary_row *rows[SUMMARY_ROWS]);

/**
 * trip_quantile() - get a percentile of round-trip times
 * @t: the histogram
 * @percent: the percentile, from 1 to 100
 *
 * Return: time in ns, accurate to 1 %; 0 if the histogram is empty.
 */
uint64_t trip_quantile(const struct trip_times *t, unsigned int percent);

/**
 * summary_begin_period() - start a new period
 * @s: the summary
 */
void summary_begin_period(struct summary *s);

/**
 * summary_hidden_by() - check if the filter can hide the replies to a row of requests
 * @s: the summary
 * @row: the row
 *
 * Return: the option that can, or NULL. If there is one, loss and round trips of the
 * row are not known.
 */
const char *summary_hidden_by(const struct summary *s,
			      const struct summary_row *row);

/**
 * summary_minute() - divide the last minute into parts
 * @row: the row
 * @now: the current time in s, on the clock of the records
 * @parts: set to the number of packets in each part, oldest first
 * @count: number of parts, a divisor of SUMMARY_SECONDS
 */
void summary_minute(const struct summary_row *row, uint64_t now,
		    uint32_t *parts, unsigned int count);

/**
 * summary_print_json() - print a summary as an object
 * @s: the summary
 * @stream: the stream that the summary describes
 * @period: length of the period in ns
 * @now: the current time in ns, on the clock of the records
 */
void summary_print_json(const struct summary *s, const struct stream *stream,
			int64_t period, uint64_t now);

/**
 * struct others - packets without a row
 * @count: number of packets
 * @recent: number of packets in this period
 */
struct others {
	uint64_t count;
	uint64_t recent;
};

/**
 * summary_clock() - read the clock of @begun and @printed
 * @s: the summary
 * @now: the current time in ns, on the clock of the records
 *
 * Return: ns of wait_now(), or of a capture.
 */
int64_t summary_clock(const struct summary *s, uint64_t now);

/**
 * struct summary - a summary
 * @filter: the filter of the watch
 * @place: result of exchange_place(), or 0
 * @local: addresses of this host if it forwards packets, or NULL
 * @rows: the rows
 * @used: number of rows used so far
 * @slots: hash table with linear probing; a slot holds a row index plus one, or 0
 * @births: number of rows created
 * @others: packets without a row
 * @full_until: no row becomes idle before this time, in s, on the clock of the records
 * @replayed: the packets are from a capture
 * @begun: start time in ns of summary_clock()
 * @printed: time of the last printout, likewise
 * @lines: number of lines of the last table on the terminal
 */
struct summary {
	const struct kctl_watch_filter *filter;
	unsigned int place;
	struct local *local;
	struct summary_row rows[SUMMARY_ROWS];
	size_t used;
	uint16_t slots[2 * SUMMARY_ROWS];
	uint32_t births;
	struct others others;
	uint64_t full_until;
	bool replayed;
	int64_t begun;
	int64_t printed;
	unsigned int lines;
};

#endif /* KCTL_WATCH_SUMMARY_H */
