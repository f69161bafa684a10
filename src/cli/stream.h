/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream: what the kernel reports is printed as it comes, until there is a reason
 * to end. Everything that is reported has a number, and what is missing is told.
 */
#ifndef KCTL_STREAM_H
#define KCTL_STREAM_H

#include "cmd.h"
#include "lib/libkctl.h"

struct stream;

/* --count and --duration of a stream whose arguments have members of that name. */
#define OPT_COUNT(args, what)                                                \
	{                                                                    \
		.name = "count", .arg = "N", .help = "end after N " what,    \
		.parse = opt_u64, .offset = offsetof(args, count), .min = 1, \
		.max = UINT64_MAX,                                           \
	}

#define OPT_DURATION(args)                                              \
	{                                                               \
		.name = "duration", .arg = "S",                         \
		.help = "end after S seconds, as in 10 or 0.5",         \
		.expects = "more than 0 seconds", .parse = opt_seconds, \
		.offset = offsetof(args, duration), .min = 1,           \
	}

/* For commands that are streams. */
extern const struct error_row stream_errors[];

/**
 * struct stream_ops - what is special about a stream
 * @start: asks the kernel to report
 * @describe: prints further members of "ready"; can be NULL
 * @read: takes one datagram, without waiting; -EAGAIN if there is none. Whatever
 *	else it returns ends the stream
 * @flush: writes out what is printed elsewhere; can be NULL
 * @finish: asks the kernel for no more, takes what is left and accounts for all of
 *	it; not called when the stream is complete
 * @tick: called every @period ns; can be NULL
 * @end: prints what is to be printed when all has been accounted for; can be NULL
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
 * struct stream - a stream; the first member of whatever it is a part of
 * @ops: what is special about it
 * @ctx: the run
 * @genl: the handle
 * @limit: end after so many events; 0 for no end
 * @duration: end after so many ns; 0 for no end
 * @idle: end with -ETIMEDOUT when nothing came for so many ns; 0 for no end
 * @period: ns between ticks; 0 for none
 * @out: the printer of what this tells; NULL: that of @ctx
 * @silent: text has no line for what is lost: standard output is for other things
 * @tell_totals: tell them on standard error however it ends
 * @received: events taken
 * @lost: events that are missing between those, or behind the last
 * @last: number of the last event, or that in front of the first
 * @ready: the beginning has been told
 * @drained: everything that had arrived has been taken, as far as is known
 * @calm: how often in a row one datagram was all there was
 * @ends: when it ends, in ns of wait_now()
 * @heard: when something came last, likewise
 * @ticks: when the next tick is due, likewise
 * @failure: the words for an error that ends it, beside the errno
 */
struct stream {
	const struct stream_ops *ops;
	struct ctx *ctx;
	struct kctl_genl *genl;
	uint64_t limit;
	int64_t duration;
	int64_t idle;
	int64_t period;
	struct out *out;
	bool silent;
	bool tell_totals;
	uint64_t received;
	uint64_t lost;
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
 * stream_is_complete() - has as much come as was wanted?
 * @s: the stream
 *
 * Return: true if it has; what comes then is nobody's loss.
 */
bool stream_is_complete(const struct stream *s);

/**
 * stream_ready() - tell that the stream has begun, unless that was told before
 * @s: the stream
 *
 * Once the kernel has acknowledged; an event that overtakes that proves it.
 */
void stream_ready(struct stream *s);

/**
 * stream_lost() - tell of events that were not seen
 * @s: the stream
 * @last: there were events up to this number
 */
void stream_lost(struct stream *s, uint64_t last);

/**
 * stream_take() - count an event, and tell of those that are missing before it
 * @s: the stream
 * @number: its number
 *
 * Return: true if it is wanted, false if the stream is complete.
 */
bool stream_take(struct stream *s, uint64_t number);

/**
 * stream_run() - run a command that is a stream, from its socket to its exit status
 * @s: the stream
 *
 * Return: the exit status; errors have been printed.
 */
enum exit_status stream_run(struct stream *s);

#endif /* KCTL_STREAM_H */
