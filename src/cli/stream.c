// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>

#include "stream.h"

/* Datagrams to read before looking at signals and deadlines again. */
#define BURST 64

/* Wakeups with a single datagram before checking for a second one again. */
#define CALM 8

const struct error_row stream_errors[] = {
	{
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message = "the last count of the kernel was lost",
		.hint = "more events may be lost than were reported",
	},
	{ 0 },
};

bool stream_is_complete(const struct stream *s)
{
	return s->limit && s->received == s->limit;
}

void stream_ready(struct stream *s)
{
	struct out *out = s->out;

	if (s->ready)
		return;
	s->ready = true;
	out_object(out, NULL);
	out_json_string(out, "event", "ready");
	if (s->ops->describe)
		s->ops->describe(s);
	out_end(out);
	if (s->ctx->globals.verbose)
		cmd_notice(s->ctx, "watching");
}

void stream_lost(struct stream *s, uint64_t last)
{
	struct out *out = s->out;
	uint64_t count = last - s->last;

	if (last <= s->last)
		return;
	s->lost += count;
	s->last = last;
	if (s->silent && !out->json)
		return;
	out_object(out, NULL);
	out_json_string(out, "event", "lost");
	out_style(out, STYLE_LOSS);
	out_u64(out, "count",
		count == 1 ? "lost %" PRIu64 " event" :
			     "lost %" PRIu64 " events",
		count);
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
	out_end(out);
}

void stream_pass(struct stream *s, uint64_t number)
{
	/* Events after the last requested one do not count as lost. */
	if (stream_is_complete(s))
		return;
	stream_ready(s);
	stream_lost(s, number - 1);
	s->last = number;
}

bool stream_take(struct stream *s, uint64_t number)
{
	if (stream_is_complete(s))
		return false;
	stream_pass(s, number);
	s->received++;
	return true;
}

const char *stream_totals(const struct stream *s, char text[STREAM_TOTALS])
{
	snprintf(text, STREAM_TOTALS, "%" PRIu64 " received, %" PRIu64 " %s",
		 s->received, s->reads_file ? s->skipped : s->lost,
		 s->reads_file ? "skipped" : "lost");
	return text;
}

static void tell_end(struct stream *s, bool by_signal)
{
	const struct globals *globals = &s->ctx->globals;
	struct out *out = s->out;
	char text[STREAM_TOTALS];

	if (s->ops->end)
		s->ops->end(s);
	out_object(out, NULL);
	out_json_string(out, "event", "end");
	out_json_u64(out, "received", s->received);
	if (s->reads_file)
		out_json_u64(out, "skipped", s->skipped);
	else
		out_json_u64(out, "lost", s->lost);
	out_end(out);
	out_flush(out);
	/* If events were not written, a total would be wrong; main() reports the error. */
	if (!out_flush(&s->ctx->out) && s->ctx->out.error != EINTR)
		return;
	if (s->prints_totals)
		return;
	if (((by_signal || s->tell_totals || s->skipped) && !globals->quiet) ||
	    globals->verbose)
		cmd_notice(s->ctx, "%s", stream_totals(s, text));
}

/*
 * Read what has arrived, up to a limit. A reader that keeps up finds one datagram at
 * each wakeup. A second read that returns EAGAIN costs as much as waiting, so it is
 * skipped most of the time.
 */
static int read_burst(struct stream *s)
{
	uint64_t before = s->received + s->lost;
	bool calm = s->calm && s->calm++ < CALM;
	int err = 0, i;

	for (i = 0; i < (calm ? 1 : BURST) && !err && !stream_is_complete(s);
	     i++)
		err = s->ops->read(s);
	s->drained = calm || err == -EAGAIN;
	if (!calm)
		s->calm = err == -EAGAIN && i <= 2;
	if (err == -EAGAIN)
		err = 0;
	if (s->idle >= 0 && s->received + s->lost != before)
		s->heard = wait_now();
	return err;
}

/* The earliest time at which there is something to do without input. */
static int64_t next_deadline(const struct stream *s)
{
	int64_t next = s->ends;

	if (s->idle >= 0 && s->heard + s->idle < next)
		next = s->heard + s->idle;
	if (s->period && s->ticks < next)
		next = s->ticks;
	return next;
}

/* Do what is due. Returns WAIT_INPUT if the stream continues. */
static int keep_time(struct stream *s)
{
	int64_t now;

	if (next_deadline(s) == WAIT_FOREVER)
		return WAIT_INPUT;
	now = wait_now();
	if (now >= s->ends)
		return WAIT_DEADLINE;
	if (s->idle >= 0 && now >= s->heard + s->idle)
		return -ETIMEDOUT;
	if (s->period && now >= s->ticks) {
		s->ops->tick(s);
		/* Skip ticks that were missed. */
		s->ticks += s->period * (1 + (now - s->ticks) / s->period);
	}
	return WAIT_INPUT;
}

/* Flush only when everything was read, so that lines gather under load. */
static int flush(struct stream *s)
{
	struct out *out = &s->ctx->out;

	if (s->drained ? !out_flush(out) : out->error)
		return WAIT_NO_READER;
	if (s->drained && s->ops->flush)
		return s->ops->flush(s);
	return WAIT_INPUT;
}

/* Read and print until there is a reason to end. Returns it like cmd_wait(). */
static int follow(struct stream *s)
{
	int fd = s->reads_file ? s->fd : kctl_genl_fd(s->genl);
	int64_t begin = wait_now();
	int ret;

	s->ends = s->duration ? begin + s->duration : WAIT_FOREVER;
	s->heard = begin;
	s->ticks = begin + s->period;
	s->drained = true;
	while (!stream_is_complete(s)) {
		ret = flush(s);
		if (ret != WAIT_INPUT)
			return ret;
		ret = cmd_wait(s->ctx, fd, next_deadline(s));
		if (ret == WAIT_INPUT)
			ret = read_burst(s) ?: keep_time(s);
		else if (ret == WAIT_DEADLINE)
			ret = keep_time(s);
		if (ret != WAIT_INPUT)
			return ret;
	}
	return WAIT_INPUT;
}

/* A timeout, a removed interface or the end of a file is an orderly end, with totals. */
static bool is_orderly(const struct stream *s, int why)
{
	return why >= 0 || why == -ETIMEDOUT || why == -EIDRM ||
	       why == -ENODATA || s->over;
}

static int run(struct stream *s)
{
	int why, err;

	err = s->ops->start(s);
	if (err)
		return err;
	why = follow(s);
	if (why == WAIT_NO_READER)
		return 0;
	if (!is_orderly(s, why))
		return why;
	err = stream_is_complete(s) ? 0 : s->ops->finish(s);
	tell_end(s, why == WAIT_SIGNAL);
	return why < 0 && why != -ENODATA ? why : err;
}

enum exit_status stream_run(struct stream *s)
{
	enum exit_status status = EXIT_DONE;
	int err = 0;

	if (!s->out)
		s->out = &s->ctx->out;
	if (!s->reads_file)
		err = kctl_genl_open(&s->genl);
	if (!err)
		err = cmd_wait_begin(s->ctx);
	if (!err)
		err = run(s);
	s->failure.error = err;
	s->failure.ext_ack = kctl_genl_ext_ack(s->genl);
	if (err)
		status = cmd_fail(s->ctx, s->failure);
	kctl_genl_close(s->genl);
	return status;
}
