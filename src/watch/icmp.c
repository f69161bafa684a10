// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp: print, count or capture ICMP packets */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "exchange.h"
#include "ifname.h"
#include "options.h"
#include "rtt.h"
#include "summary.h"
#include "watch.h"
#include "cli/parse.h"
#include "cli/stream.h"
#include "icmp/names.h"
#include "icmp/print.h"

/**
 * struct watch - a running watch
 * @stream: state shared with other streams; first member
 * @args: command line arguments
 * @filter: kernel filter, including the interface index
 * @link: monitor of the interface of --dev, or NULL
 * @rcvbuf: actual size of the receive buffer in bytes, if --rcvbuf was given
 * @interfaces: interface name cache
 * @time: time stamp formatter
 * @rtt: requests that wait for a reply
 * @latest: time of the latest record, in ns of kctl_watch_clock()
 * @behind: ns from that clock to wait_now(), and the shortest delay of a record
 * @has_clock: the module reports that clock
 * @summary: summary table, or NULL
 * @capture: capture file
 * @errors: printer on standard error, for when standard output is the capture
 */
struct watch {
	struct stream stream;
	const struct watch_args *args;
	struct kctl_watch_filter filter;
	struct kctl_link *link;
	uint32_t rcvbuf;
	struct ifname_cache interfaces;
	struct timestamp time;
	struct rtt_table *rtt;
	uint64_t latest;
	int64_t behind;
	bool has_clock;
	struct summary *summary;
	struct capture capture;
	struct out errors;
};

/* Packets are not printed, so they need not be decoded. */
static void count_record(void *data, const struct kctl_record *record,
			 const uint8_t *packet)
{
	struct watch *w = data;

	if (stream_take(&w->stream, record->seq) && w->capture.stream)
		capture_packet(&w->capture, record, packet);
}

/* A copy whose time differs from those of other records by the time that passed. */
static struct kctl_record *monotonic(struct watch *w,
				     const struct kctl_record *record,
				     struct kctl_record *copy)
{
	*copy = *record;
	w->has_clock = kctl_watch_clock(w->stream.genl, record, &w->latest);
	copy->time = w->latest;
	return copy;
}

static void summarize_record(void *data, const struct kctl_record *record,
			     const uint8_t *packet)
{
	struct watch *w = data;
	struct kctl_record copy;
	struct rtt_result trip;
	struct icmp_event event;

	if (!stream_take(&w->stream, record->seq))
		return;
	if (w->capture.stream)
		capture_packet(&w->capture, record, packet);
	icmp_decode(record->family, packet, record->captured, &event);
	rtt_take(w->rtt, monotonic(w, record, &copy), &event, &trip);
	summary_take(w->summary, &copy, &event, &trip);
}

static void print_record(void *data, const struct kctl_record *record,
			 const uint8_t *packet)
{
	struct watch *w = data;
	struct rtt_result trip;
	struct icmp_event event;
	struct kctl_record copy;
	struct icmp_extra extra = {
		.hex = w->args->hex,
		.verbose = w->stream.ctx->globals.verbose,
	};

	if (!stream_take(&w->stream, record->seq))
		return;
	icmp_decode(record->family, packet, record->captured, &event);
	rtt_take(w->rtt, monotonic(w, record, &copy), &event, &trip);
	extra.duplicate = trip.is_duplicate;
	extra.rtt = trip.is_reply && !trip.is_duplicate ? &trip.ns : NULL;
	extra.time = timestamp_text(&w->time, record->time);
	extra.interface =
		ifname_get(&w->interfaces, record->ifindex, record->time);
	print_icmp(w->stream.out, record, packet, &event, &extra);
}

static kctl_record_fn *record_function(const struct watch_args *a)
{
	if (a->summary)
		return summarize_record;
	return a->totals_only || a->file ? count_record : print_record;
}

static int find_interface(struct watch *w)
{
	struct stream *s = &w->stream;
	int err;

	if (!w->args->dev)
		return 0;
	s->failure.subject = w->args->dev;
	err = kctl_link_open(&w->link, w->args->dev, &w->filter.ifindex);
	if (!err)
		s->ctx->waiter.also_fd = kctl_link_fd(w->link);
	return err;
}

static int size_buffer(struct watch *w)
{
	uint32_t asked = w->args->rcvbuf;
	int err;

	if (!asked)
		return 0;
	err = kctl_genl_rcvbuf(w->stream.genl, asked, &w->rcvbuf);
	if (!err && w->rcvbuf < asked)
		cmd_notice(w->stream.ctx,
			   "the receive buffer has %" PRIu32
			   " bytes, not %" PRIu32
			   ": the limit is sysctl net.core.rmem_max",
			   w->rcvbuf, asked);
	return err;
}

static int open_capture(struct watch *w)
{
	const struct watch_args *a = w->args;
	struct stream *s = &w->stream;
	int err;

	if (!a->file)
		return 0;
	err = capture_open(&w->capture, a->file, s->ctx->out.stream,
			   a->filter.snaplen);
	if (err) {
		s->failure.step = "write";
		s->failure.subject = a->file;
	}
	return err;
}

static int start_watch(struct watch *w)
{
	struct kctl_watch_filter *filter = &w->filter;
	kctl_record_fn *fn = record_function(w->args);
	int err = kctl_watch_start(w->stream.genl, filter, fn, w);

	if (err != -EOPNOTSUPP || !filter->has_coalesce ||
	    w->args->coalesce.given)
		return err;
	/* An older module cannot coalesce, and the user did not ask for it. */
	filter->has_coalesce = false;
	return kctl_watch_start(w->stream.genl, filter, fn, w);
}

/* What the filter hides is unknown, and must not look like loss. */
static void tell_hidden(const struct watch *w)
{
	const struct exchange *e;
	const char *option;

	e = exchange_first_hidden(&w->filter, w->summary->forwards, &option);
	if (e)
		cmd_notice(
			w->stream.ctx,
			"no loss and no round trips of %s: %s can hide one side; see --host",
			icmp_type_find(e->family, e->request)->name, option);
}

/*
 * In a time namespace, wait_now() differs from the clock of the kernel by a constant.
 * The least difference to a record has the least delay of its delivery in it.
 */
static void compare_clocks(struct watch *w)
{
	int64_t behind;

	if (!w->summary || !w->has_clock)
		return;
	behind = wait_now() - (int64_t)w->latest;
	if (behind < w->behind)
		w->behind = behind;
}

static int start(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err = find_interface(w);

	if (!err)
		err = size_buffer(w);
	if (!err)
		err = open_capture(w);
	if (!err)
		err = start_watch(w);
	if (err)
		return err;
	compare_clocks(w);
	if (w->summary)
		tell_hidden(w);
	stream_ready(s);
	return 0;
}

static void describe(struct stream *s)
{
	const struct watch *w = (struct watch *)s;

	if (w->rcvbuf)
		out_json_u64(s->out, "rcvbuf", w->rcvbuf);
}

/* Read all records first: the last packets of an interface precede its removal. */
static int read_records(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err = kctl_watch_read(s->genl);

	compare_clocks(w);
	return err == -EAGAIN && w->link ? kctl_link_read(w->link) : err;
}

static int flush_capture(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err;

	if (!w->capture.own)
		return 0;
	err = capture_flush(&w->capture);
	if (err) {
		s->failure.step = "write";
		s->failure.subject = w->args->file;
	}
	return err;
}

static int finish(struct stream *s)
{
	struct kctl_watch_totals totals = { 0 };
	int err = kctl_watch_stop(s->genl, &totals);

	if (!err && !stream_is_complete(s))
		stream_lost(s, totals.matched);
	return err;
}

/* The current time, on the clock of the records. */
static uint64_t record_clock(const struct watch *w)
{
	struct timespec now;

	if (w->has_clock)
		return (uint64_t)(wait_now() - w->behind);
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)(now.tv_sec * NSEC_PER_SEC + now.tv_nsec);
}

static void tick(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	uint64_t now = record_clock(w);

	summary_expire(w->summary, w->rtt, now);
	summary_print(w->summary, s, now);
}

static void end(struct stream *s)
{
	struct watch *w = (struct watch *)s;

	if (w->summary)
		tick(s);
	else if (s->prints_totals)
		out_text(s->out, "%" PRIu64 " received, %" PRIu64 " lost\n",
			 s->received, s->lost);
}

static const struct stream_ops watch_ops = {
	.start = start,
	.describe = describe,
	.read = read_records,
	.flush = flush_capture,
	.finish = finish,
	.tick = tick,
	.end = end,
};

static bool prepare(struct watch *w)
{
	const struct watch_args *a = w->args;

	w->rtt = calloc(1, sizeof(*w->rtt));
	if (a->summary)
		w->summary = summary_new(&w->filter, exchange_forwards());
	return w->rtt && (!a->summary || w->summary);
}

/* If standard output is the capture, print everything else on standard error. */
static void choose_outputs(struct watch *w, struct ctx *ctx)
{
	const struct watch_args *a = w->args;

	w->stream.silent = a->totals_only || a->summary || a->file;
	w->stream.tell_totals = a->file;
	w->stream.prints_totals = a->totals_only && !a->file;
	if (!a->file || strcmp(a->file, "-"))
		return;
	w->errors = (struct out){ .stream = stderr, .json = ctx->globals.json };
	w->stream.out = &w->errors;
}

static enum exit_status close_capture(struct watch *w, enum exit_status status)
{
	int err = w->capture.own ? capture_close(&w->capture) : 0;

	/* A non-zero status means that an error has been printed. */
	if (!err || status)
		return status;
	return cmd_fail(w->stream.ctx,
			(struct failure){ .step = "write",
					  .error = err,
					  .subject = w->args->file });
}

static enum exit_status icmp_run(struct ctx *ctx, const void *args)
{
	const struct watch_args *a = args;
	struct watch w = {
		.stream = { .ops = &watch_ops,
			    .ctx = ctx,
			    .limit = a->count,
			    .duration = a->duration,
			    .idle = a->timeout,
			    .period = a->summary },
		.args = a,
		.filter = a->filter,
		.behind = INT64_MAX,
		.time.format = a->time,
	};
	enum exit_status status;

	ctx->globals.json |= a->json;
	ctx->out.json = ctx->globals.json;
	if (types_is_help(&a->types)) {
		types_print(&ctx->out, &a->types, &a->filter);
		return EXIT_DONE;
	}
	w.stream.failure.wait = a->timeout;
	choose_outputs(&w, ctx);
	if (!prepare(&w))
		status = cmd_fail(ctx, (struct failure){ .error = -ENOMEM });
	else
		status = stream_run(&w.stream);
	status = close_capture(&w, status);
	kctl_link_close(w.link);
	summary_free(w.summary);
	free(w.rtt);
	return status;
}

static const struct error_row icmp_errors[] = {
	{
		.error = ENODEV,
		.status = EXIT_REFUSED,
		.message = "interface '{subject}' does not exist",
		.hint = "list them: ip link",
	},
	{
		.error = EIDRM,
		.status = EXIT_REFUSED,
		.message = "interface '{subject}' is gone",
	},
	{
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "no packet within {wait}",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "too many watchers in this network namespace",
		.hint = "see the limits: kctl status",
	},
	{ 0 },
};

const struct command cmd_watch_icmp = {
	.noun = "watch",
	.verb = "icmp",
	.alias_noun = "netlink",
	.alias_verb = "watch-icmp",
	.help = "print ICMP packets as they arrive and leave",
	.notes =
		"Without options, kctl prints all ICMP packets. SIGINT and SIGTERM end the watch.",
	.example = "kctl watch icmp --in --type echo-request --count 1",
	.options = watch_options,
	.defaults = &watch_defaults,
	.args_size = sizeof(struct watch_args),
	.errors = { icmp_errors, stream_errors },
	.prepare = watch_prepare,
	.run = icmp_run,
};
