/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream prints the events that the kernel reports, as they arrive, until there is
 * a reason to end. Events are numbered, and the stream reports gaps as lost events.
 */
#ifndef KCTL_STREAM_H
#define KCTL_STREAM_H

#include "cmd.h"
#include "lib/libkctl.h"

struct stream;
struct subscription;

/* --count and --duration, for arguments with members of that name. */
#define OPT_COUNT(args, what)                                                \
	{                                                                    \
		.name = "count", .arg = "N", .help = "end after N " what,    \
		.parse = opt_u64, .offset = offsetof(args, count), .min = 1, \
		.max = UINT64_MAX,                                           \
	}

#define OPT_DURATION(args)                                                \
	{                                                                 \
		.name = "duration", .arg = "S",                           \
		.help = "end after S seconds, as in 10 or 0.5",           \
		.parse = opt_seconds, .offset = offsetof(args, duration), \
		.min = 1,                                                 \
	}

/* Room for two 64-bit numbers, and words. */
#define STREAM_TOTALS 80

/* Error rows for commands that are streams. */
extern const struct error_row stream_errors[];

/**
 * struct stream_ops - operations of a kind of stream
 * @start: asks the kernel for events
 * @describe: prints more members of the "ready" event; can be NULL
 * @read: reads one datagram without waiting. -EAGAIN: there is none. Another error
 *	ends the stream; -ENODATA: a file has ended
 * @flush: flushes outputs other than @out; can be NULL
 * @finish: stops the events, reads the remaining ones and accounts for all of them;
 *	not called if the stream is complete
 * @tick: called every @period ns; can be NULL
 * @end: prints a final report after all events are accounted for; can be NULL
 */
struct stream_ops {
	int (*start)(struct stream *s);
	void (*describe)(struct stream *s);
	int (*read)(struct stream *s);
	int (*flush)(struct stream *s);
	int (*finish)(struct stream *s);
	void (*tick)(struct stream *s);
	void (*end)(struct stream *s);
};

/**
 * struct stream - a stream; the first member of a larger structure
 * @ops: its operations
 * @ctx: the run
 * @genl: the netlink handle, or NULL if it reads a file
 * @reads_file: the events are from a file: no kernel reports them, and none are lost
 * @fd: the descriptor of the file, set by @ops->start
 * @limit: number of events after which it ends; 0: no limit
 * @duration: ns after which it ends; 0: no limit
 * @idle: ns without an event after which it ends with -ETIMEDOUT; 0: what has arrived is
 *	read; negative: no limit
 * @period: ns between ticks; 0: no ticks
 * @subscription: the kind of its events, if it is that of a netlink group
 * @data: for its operations
 * @out: its printer; NULL: that of @ctx
 * @silent: text has no line for lost events, because standard output is in use
 * @tell_totals: always print the totals on standard error
 * @prints_totals: @ops->end prints the totals, so standard error need not
 * @received: events received
 * @lost: events lost, between received ones or after the last
 * @skipped: what a file has besides events
 * @over: the file cannot be read further: an end with totals and an error
 * @last: number of the last event; before the first one, its number minus 1
 * @ready: the "ready" event was printed
 * @drained: as far as known, everything that arrived was read
 * @calm: number of successive wakeups with a single datagram
 * @ends: time of its end, in ns of wait_now()
 * @heard: time of the last event, likewise
 * @ticks: time of the next tick, likewise
 * @failure: describes an error that ends it; stream_run() sets the errno
 */
struct stream {
	const struct stream_ops *ops;
	struct ctx *ctx;
	struct kctl_genl *genl;
	bool reads_file;
	int fd;
	uint64_t limit;
	int64_t duration;
	int64_t idle;
	int64_t period;
	const struct subscription *subscription;
	const void *data;
	struct out *out;
	bool silent;
	bool tell_totals;
	bool prints_totals;
	uint64_t received;
	uint64_t lost;
	uint64_t skipped;
	bool over;
	uint64_t last;
	bool ready;
	bool drained;
	unsigned int calm;
	int64_t ends;
	int64_t heard;
	int64_t ticks;
	struct failure failure;
};

/**
 * stream_is_complete() - check if the requested number of events was received
 * @s: the stream
 *
 * Return: true if it was. Later events do not count as lost.
 */
bool stream_is_complete(const struct stream *s);

/**
 * stream_ready() - print the "ready" event, only the first time
 * @s: the stream
 *
 * Call it when the kernel has acknowledged the request. An event that arrives before
 * the acknowledgement also proves that the request succeeded.
 */
void stream_ready(struct stream *s);

/**
 * stream_lost() - report events that were not received
 * @s: the stream
 * @last: number of the last event that the kernel counted
 */
void stream_lost(struct stream *s, uint64_t last);

/**
 * stream_take() - count an event and report lost ones before it
 * @s: the stream
 * @number: number of the event
 *
 * Return: true to print the event, false if the stream is complete.
 */
bool stream_take(struct stream *s, uint64_t number);

/**
 * stream_pass() - pass an event that is not to be printed, and report lost ones before it
 * @s: the stream
 * @number: number of the event
 */
void stream_pass(struct stream *s, uint64_t number);

/**
 * stream_totals() - get the number of events as text
 * @s: the stream
 * @text: output buffer
 *
 * Return: @text.
 */
const char *stream_totals(const struct stream *s, char text[STREAM_TOTALS]);

/**
 * stream_run() - open the socket, unless it reads a file, run a stream and print its errors
 * @s: the stream
 *
 * Return: the exit status.
 */
enum exit_status stream_run(struct stream *s);

#endif /* KCTL_STREAM_H */
