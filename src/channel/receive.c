// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "receive.h"

/* Number of messages to take before looking for signals and a closed pipe. */
#define BURST 64

/* This many bursts are more than the receive buffer of a tap can hold. */
#define LAST_BURSTS 2048

const struct error_row receive_errors[] = {
	{
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to receive from {subject}",
		.hint = "its owner can change that: kctl proto set --mode",
	},
	{
		.error = EADDRINUSE,
		.status = EXIT_REFUSED,
		.message =
			"{subject} has a receiver, and it or this one is exclusive",
	},
	{
		.error = EADDRNOTAVAIL,
		.status = EXIT_REFUSED,
		.message = "{subject} does not exist",
		.hint = "the kernel picks a number of 2147483648 or above: kctl proto bind --channel 0",
	},
	{
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "no message on {subject} within {wait}",
	},
	{
		.error = EMSGSIZE,
		.status = EXIT_MISSING,
		.limit = KCTL_MESSAGE_MAX,
		.message = "a message of more than {limit} bytes was truncated",
		.hint = "compare the versions: kctl --version",
	},
	{ 0 },
};

const char *receive_prepare(struct receive_args *a)
{
	if (a->raw + a->hex + a->null > 1)
		return "--raw, --hex and -0 exclude each other";
	if (a->raw)
		a->format = MESSAGE_RAW;
	else if (a->hex)
		a->format = MESSAGE_HEX;
	else if (a->null)
		a->format = MESSAGE_NUL;
	return NULL;
}

static bool wants_details(const struct ctx *ctx, const struct receive_args *a)
{
	return a->details || ctx->globals.verbose;
}

static int set_options(const struct ctx *ctx, const struct receive_args *a,
		       struct kctl_proto *socket)
{
	int err = 0;

	if (a->tap)
		err = kctl_proto_set_tap(socket);
	if (!err && a->exclusive)
		err = kctl_proto_set_option(socket, KCTL_EXCLUSIVE, 1);
	if (!err && a->mode.given)
		err = kctl_proto_set_option(socket, KCTL_MODE, (int)a->mode.id);
	if (!err && (wants_details(ctx, a) || ctx->globals.json))
		err = kctl_proto_ask_details(socket);
	return err;
}

int receive_open(const struct ctx *ctx, struct receive_args *a,
		 struct kctl_proto **socket)
{
	int err = kctl_proto_open(socket);

	if (!err)
		err = set_options(ctx, a, *socket);
	if (!err)
		err = kctl_proto_bind(*socket, &a->channel.number);
	if (err) {
		kctl_proto_close(*socket);
		*socket = NULL;
		return err;
	}
	proto_check_owner(ctx, *socket, a->channel.number);
	return 0;
}

void receive_report_bound(struct ctx *ctx, uint32_t channel, bool picked)
{
	struct out *out = &ctx->out;

	out_object(out, NULL);
	out_json_string(out, "event", "bound");
	out_json_u64(out, "channel", channel);
	out_end(out);
	out_flush(out);
	if (ctx->globals.verbose || picked)
		cmd_notice(ctx, "bound to channel %" PRIu32, channel);
}

/**
 * struct receiver - state of the receive loop
 * @ctx: the run
 * @a: the arguments
 * @socket: the socket
 * @buffer: buffer for a message of any size
 * @holds: the socket holds a message until it is written; otherwise receiving takes it
 * @lockstep: the reader of standard output gets one message after the other
 * @unread: id of the message that the reader has not read yet; 0: none
 * @received: number of messages printed
 * @missed: number of messages reported as missed by the tap
 */
struct receiver {
	struct ctx *ctx;
	const struct receive_args *a;
	struct kctl_proto *socket;
	void *buffer;
	bool holds;
	bool lockstep;
	uint64_t unread;
	uint64_t received;
	uint32_t missed;
};

/* In text a message can look like any line, so the notice is printed on standard error. */
static void report_lost(struct receiver *r, uint32_t missed)
{
	struct out *out = &r->ctx->out;
	uint32_t count = missed - r->missed;

	if (!count)
		return;
	r->missed = missed;
	out_object(out, NULL);
	out_json_string(out, "event", "lost");
	out_json_u64(out, "channel", r->a->channel.number);
	out_json_u64(out, "count", count);
	out_end(out);
	if (out->json)
		return;
	out_flush(out);
	cmd_notice(r->ctx, "lost %" PRIu32 " message%s", count,
		   count == 1 ? "" : "s");
}

static int settle(const struct receiver *r, uint64_t id, uint32_t verb)
{
	const struct kctl_settle settle = { .id = id, .verb = verb };
	int err = kctl_proto_settle(r->socket, &settle, 1);

	/* It was given back in the meantime, and arrives again. */
	return err == -ESTALE ? 0 : err;
}

/* A written message is settled; a message that was not written is given back unseen. */
static int write_out(struct receiver *r, uint64_t id)
{
	if (!out_flush(&r->ctx->out))
		return settle(r, id, KCTL_SETTLE_RELEASE);
	if (!r->lockstep)
		return settle(r, id, KCTL_SETTLE_DONE);
	r->unread = id;
	return 0;
}

static int take_one(struct receiver *r)
{
	const struct receive_args *a = r->a;
	struct kctl_received about;
	ssize_t got;

	got = (a->peek ? kctl_proto_peek : kctl_proto_recv)(
		r->socket, &about, sizeof(about), r->buffer, KCTL_MESSAGE_MAX);
	if (got < 0)
		return (int)got;
	report_lost(r, about.missed);
	message_print(&r->ctx->out, a->format, wants_details(r->ctx, a),
		      a->channel.number, &about, r->buffer, (size_t)got);
	r->received++;
	return r->holds ? write_out(r, about.held.id) : 0;
}

/* Take and print up to BURST queued messages. */
static int take_burst(struct receiver *r)
{
	int most = r->lockstep ? 1 : BURST, err = 0;

	for (int i = 0; i < most && !err && !r->ctx->out.error &&
			r->received < r->a->count;
	     i++)
		err = take_one(r);
	return err;
}

/*
 * A message that the reader leaves in the pipe when it exits, which cmd_wait() detects,
 * returns to the channel. So does a message that it has not read shortly after a signal:
 * twice is better than never.
 */
static int await_reader(struct receiver *r)
{
	int ret = wait_for_reader(&r->ctx->waiter);
	uint64_t id = r->unread;

	if (ret < 0)
		return ret;
	r->unread = 0;
	return settle(r, id,
		      ret == WAIT_INPUT ? KCTL_SETTLE_DONE :
					  KCTL_SETTLE_RELEASE);
}

static int64_t deadline_after(int64_t timeout)
{
	return timeout < 0 ? WAIT_FOREVER : wait_now() + timeout;
}

/* The time that the reader needs does not count. */
static int await_message(struct receiver *r, int64_t *deadline)
{
	int ret;

	if (r->unread) {
		ret = await_reader(r);
		if (ret)
			return ret;
		*deadline = deadline_after(r->a->timeout);
	}
	return cmd_wait(r->ctx, kctl_proto_fd(r->socket), *deadline);
}

/*
 * Wait before each burst: if a signal arrives, messages that were not printed stay in
 * the channel. If another receiver takes the messages first, wait again. Return as
 * cmd_wait() does.
 */
static int receive_all(struct receiver *r)
{
	int64_t deadline = deadline_after(r->a->timeout);
	uint64_t before;
	int ret;

	while (r->received < r->a->count) {
		ret = await_message(r, &deadline);
		if (ret != WAIT_INPUT)
			return ret;
		before = r->received;
		ret = take_burst(r);
		if (!out_flush(&r->ctx->out))
			return WAIT_NO_READER;
		if (ret && ret != -EAGAIN)
			return ret;
		if (r->received > before)
			deadline = deadline_after(r->a->timeout);
	}
	return WAIT_INPUT;
}

/*
 * The queue of a tap holds copies for this tap alone: print them before the end, and
 * report what the tap missed after them. LAST_BURSTS limits the loop, so that constant
 * traffic cannot keep the command alive.
 */
static int finish_tap(struct receiver *r)
{
	uint32_t missed;
	int err = 0, i;

	for (i = 0; !err && i < LAST_BURSTS; i++)
		err = take_burst(r);
	if (err != -EAGAIN)
		return err;
	err = kctl_proto_missed(r->socket, &missed);
	if (!err)
		report_lost(r, missed);
	return err;
}

/*
 * Hold each message until it is written, unless the module is too old, or the user lacks
 * permission to send or has reached a limit. An endless receive goes in step with the reader
 * of a pipe, so that a reader that ends leaves the remaining messages in the channel.
 */
static void begin_to_hold(struct receiver *r)
{
	const struct receive_args *a = r->a;

	if (a->tap || a->peek || kctl_proto_hold(r->socket, 1))
		return;
	r->holds = true;
	r->lockstep = a->count == UINT64_MAX && waiter_narrow(&r->ctx->waiter);
}

int receive(struct ctx *ctx, const struct receive_args *a,
	    struct kctl_proto *socket)
{
	struct receiver r = {
		.ctx = ctx,
		.a = a,
		.socket = socket,
		.buffer = malloc(KCTL_MESSAGE_MAX),
	};
	int why, err = 0;

	if (!r.buffer)
		return -ENOMEM;
	begin_to_hold(&r);
	why = receive_all(&r);
	waiter_widen(&ctx->waiter);
	if (a->tap && (why == WAIT_SIGNAL || why == WAIT_DEADLINE))
		err = finish_tap(&r);
	free(r.buffer);
	if (err || why < 0)
		return err ? err : why;
	return why == WAIT_DEADLINE ? -ETIMEDOUT : 0;
}

enum exit_status receive_run(struct ctx *ctx, const void *args)
{
	struct receive_args a = *(const struct receive_args *)args;
	struct kctl_proto *socket;
	int err = receive_open(ctx, &a, &socket);
	struct proto_result result = {
		.error = err,
		.channel = a.channel.number,
		.timeout = a.timeout,
	};

	if (!err) {
		result.error = cmd_wait_begin(ctx);
		if (!result.error && a.tap)
			receive_report_bound(ctx, a.channel.number, false);
		if (!result.error)
			result.error = receive(ctx, &a, socket);
		kctl_proto_close(socket);
	}
	return proto_status(ctx, &result);
}
