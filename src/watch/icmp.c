// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl watch icmp: print, count or capture ICMP packets */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "errors.h"
#include "exchange.h"
#include "records.h"
#include "watch.h"
#include "cli/stream.h"
#include "icmp/names.h"

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

/* Opening the input file for writing would empty it. */
static bool is_same_file(int fd, const char *path)
{
	struct stat one, two;

	return !fstat(fd, &one) && S_ISREG(one.st_mode) && !stat(path, &two) &&
	       one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static int write_failed(struct watch *w, int err)
{
	w->stream.failure.step = "write";
	w->stream.failure.subject = *w->capture.name ? w->capture.name :
						       w->args->file;
	return err;
}

/* As for everything else on standard output, main() reports the error at the end. */
static int open_standard(struct watch *w)
{
	struct out *out = &w->stream.ctx->out;
	int err = capture_open(&w->capture, w->args->file, out->stream,
			       w->args->filter.snaplen);

	if (err)
		out->error = -err;
	return 0;
}

static int open_capture(struct watch *w)
{
	const struct watch_args *a = w->args;
	int err;

	if (!a->file)
		return 0;
	if (!strcmp(a->file, "-"))
		return open_standard(w);
	if (a->read && is_same_file(w->replay.reader.fd, a->file))
		err = -EEXIST;
	else if (a->rotation.size || a->rotation.seconds)
		err = capture_rotate(&w->capture, a->file, &a->rotation,
				     a->filter.snaplen, timestamp_now());
	else
		err = capture_open(&w->capture, a->file, NULL,
				   a->filter.snaplen);
	return err ? write_failed(w, err) : 0;
}

static int start_watch(struct watch *w)
{
	struct kctl_watch_filter *filter = &w->filter;
	kctl_record_fn *fn = records_function(w->args);
	int err = kctl_watch_start(w->stream.genl, filter, sizeof(*filter), fn,
				   w);

	if (err != -EOPNOTSUPP || !filter->has_coalesce ||
	    w->args->coalesce.given)
		return err;
	/* An older module cannot coalesce, and the user did not ask for it. */
	filter->has_coalesce = false;
	return kctl_watch_start(w->stream.genl, filter, sizeof(*filter), fn, w);
}

/* The tool does not see hidden packets, which must not look like loss. */
static void tell_hidden(const struct watch *w)
{
	const struct exchange *e;
	const char *option, *name;

	e = exchange_first_hidden(&w->filter, w->summary->place, &option);
	if (!e)
		return;
	name = icmp_type_find(e->family, e->request)->name;
	if (!strcmp(option, "--snaplen"))
		cmd_warning(
			w->stream.ctx,
			"no loss and no round trips of %s over IPv%d: --snaplen must be %" PRIu32
			" at least",
			name, e->family == AF_INET ? 4 : 6,
			exchange_snaplen(e));
	else
		cmd_warning(
			w->stream.ctx,
			"no loss and no round trips of %s: %s can hide one side; %s",
			name, option,
			strcmp(option, "--host") ?
				"see --host" :
				"members of a group reply from their own addresses: "
				"omit --host, or use the prefix of the subnet");
}

/*
 * In a time namespace, wait_now() differs from the clock of the kernel by a constant. The
 * smallest difference to a record includes the least delay of delivery.
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
	if (w->turn_error)
		return write_failed(w, w->turn_error);
	return err == -EAGAIN && w->link ? kctl_link_read(w->link) : err;
}

static int flush_capture(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err;

	if (!w->capture.own)
		return 0;
	err = capture_flush(&w->capture);
	return err ? write_failed(w, err) : 0;
}

static int finish(struct stream *s)
{
	struct kctl_watch_totals totals;
	int err = kctl_watch_stop(s->genl, &totals, sizeof(totals));

	if (!err && !stream_is_complete(s))
		stream_lost(s, totals.matched);
	return err;
}

/* The current time, on the clock of the records. */
static uint64_t record_clock(const struct watch *w)
{
	if (w->args->read)
		return w->latest;
	if (w->has_clock)
		return (uint64_t)(wait_now() - w->behind);
	return timestamp_now();
}

static void tick(struct stream *s)
{
	struct watch *w = (struct watch *)s;

	records_table(w, record_clock(w));
}

static void end(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	char text[STREAM_TOTALS];

	if (w->summary)
		tick(s);
	else if (s->prints_totals)
		out_text(s->out, "%s\n", stream_totals(s, text));
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

static int start_replay(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	const struct watch_args *a = w->args;
	int err = reader_open(&w->replay.reader, a->read);

	if (!strcmp(a->read, "-"))
		snprintf(w->input, sizeof(w->input), "standard input");
	else
		snprintf(w->input, sizeof(w->input), "'%s'", a->read);
	s->fd = w->replay.reader.fd;
	if (err) {
		s->failure.step = "read";
		s->failure.subject = w->input;
	}
	return err;
}

/* Do not overwrite a file before the input is known to be a capture. */
static int begin_replay(void *data)
{
	struct watch *w = data;
	int err = open_capture(w);

	if (err)
		return err;
	if (w->summary)
		tell_hidden(w);
	stream_ready(&w->stream);
	return 0;
}

static int read_replay(struct stream *s)
{
	struct watch *w = (struct watch *)s;
	int err = replay_read(&w->replay);

	s->skipped = w->replay.skipped;
	if (w->turn_error)
		return write_failed(w, w->turn_error);
	if (!err || err == -EAGAIN || err == -ENODATA || s->failure.step)
		return err;
	s->over = w->replay.begun;
	s->failure.step = "read";
	s->failure.subject = w->input;
	s->failure.size = w->replay.reader.linktype;
	return err;
}

static int finish_replay(struct stream *s)
{
	(void)s;
	return 0;
}

static const struct stream_ops replay_ops = {
	.start = start_replay,
	.read = read_replay,
	.flush = flush_capture,
	.finish = finish_replay,
	.end = end,
};

static bool prepare(struct watch *w)
{
	const struct watch_args *a = w->args;

	w->rtt = calloc(1, sizeof(*w->rtt));
	if (a->summary)
		w->summary = summary_new(
			&w->filter, a->read ? 0 : exchange_place(&w->filter));
	if (!a->read)
		return w->rtt && (!a->summary || w->summary);
	w->stream.ops = &replay_ops;
	w->stream.reads_file = true;
	w->stream.period = 0;
	w->replay = (struct replay){
		.filter = &w->filter,
		.limit = a->count,
		.begin = begin_replay,
		.fn = records_function(a),
		.data = w,
	};
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
	reader_close(&w.replay.reader);
	kctl_link_close(w.link);
	summary_free(w.summary);
	free(w.rtt);
	return status;
}

const struct command cmd_watch_icmp = {
	.noun = "watch",
	.verb = "icmp",
	.alias_noun = "netlink",
	.alias_verb = "watch-icmp",
	.forgotten = { "host", "dev" },
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
