// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "receive.h"

/* Messages to take before signals and the reader get their turn again. */
#define BURST 64

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

int receive_begin(struct ctx *ctx, const struct receive_args *a, int fd)
{
	if (!wants_details(ctx, a) && !ctx->globals.json)
		return 0;
	return kctl_proto_ask_details(fd);
}

/**
 * struct receiver - receiving that goes on
 * @ctx: the run
 * @a: the arguments
 * @fd: the socket
 * @buffer: room for the largest message
 * @received: messages printed
 */
struct receiver {
	struct ctx *ctx;
	const struct receive_args *a;
	int fd;
	void *buffer;
	uint64_t received;
};

/* Takes and prints what is there, but no more than a burst. */
static int take_burst(struct receiver *r)
{
	const struct receive_args *a = r->a;
	struct kctl_received about;
	ssize_t got;

	for (int i = 0; i < BURST && r->received < a->count; i++) {
		got = kctl_proto_recv(r->fd, &about, r->buffer,
				      KCTL_MESSAGE_MAX);
		if (got < 0)
			return (int)got;
		message_print(&r->ctx->out, a->format, wants_details(r->ctx, a),
			      a->channel, &about, r->buffer, (size_t)got);
		r->received++;
	}
	return 0;
}

static int64_t deadline_after(int64_t timeout)
{
	return timeout < 0 ? WAIT_FOREVER : wait_now() + timeout;
}

/*
 * Waits before it takes messages, so that a signal leaves in the channel what is
 * not printed. Another receiver can be quicker: then it goes on waiting.
 */
static int receive_all(struct receiver *r)
{
	int64_t deadline = deadline_after(r->a->timeout);
	uint64_t before;
	int ret;

	while (r->received < r->a->count) {
		ret = cmd_wait(r->ctx, r->fd, deadline);
		if (ret == WAIT_DEADLINE)
			return -ETIMEDOUT;
		if (ret != WAIT_INPUT)
			return ret < 0 ? ret : 0;
		before = r->received;
		ret = take_burst(r);
		if (!out_flush(&r->ctx->out))
			return 0;
		if (ret && ret != -EAGAIN)
			return ret;
		if (r->received > before)
			deadline = deadline_after(r->a->timeout);
	}
	return 0;
}

int receive(struct ctx *ctx, const struct receive_args *a, int fd)
{
	struct receiver r = {
		.ctx = ctx,
		.a = a,
		.fd = fd,
		.buffer = malloc(KCTL_MESSAGE_MAX),
	};
	int err;

	if (!r.buffer)
		return -ENOMEM;
	err = receive_all(&r);
	free(r.buffer);
	return err;
}
