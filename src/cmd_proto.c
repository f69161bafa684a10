// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto: the channels */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "input.h"
#include "lib/libkctl.h"
#include "parse.h"

struct proto_args {
	uint32_t channel;
	int64_t timeout;
	uint64_t count;
	const char *message;
	const char *file;
	bool nonblock;
	bool follow;
	bool raw;
};

static const struct proto_args defaults = { .timeout = -1 };

#define OPT_CHANNEL(text, least)                                     \
	{                                                            \
		.name = "channel", .arg = "N", .help = (text),       \
		.parse = opt_u32,                                    \
		.offset = offsetof(struct proto_args, channel),      \
		.min = (least), .max = UINT32_MAX, .required = true, \
	}

#define OPT_TIMEOUT(text)                                       \
	{                                                       \
		.name = "timeout", .arg = "S", .help = (text),  \
		.expects = "seconds", .parse = opt_seconds,     \
		.offset = offsetof(struct proto_args, timeout), \
	}

static const struct opt send_options[] = {
	OPT_CHANNEL("the channel to send to", 1),
	OPT_TIMEOUT("seconds to wait for room in the channel"),
	{
		.name = "nonblock",
		.help = "fail if there is no room in the channel",
		.parse = opt_flag,
		.offset = offsetof(struct proto_args, nonblock),
	},
	{
		.name = "file",
		.arg = "FILE",
		.help = "read the message from FILE",
		.parse = opt_string,
		.offset = offsetof(struct proto_args, file),
	},
	{ 0 },
};

static const struct opt recv_options[] = {
	OPT_CHANNEL("the channel to receive from", 1),
	{
		.name = "count",
		.arg = "N",
		.help = "end after N messages, 1 if left out",
		.parse = opt_u64,
		.offset = offsetof(struct proto_args, count),
		.min = 1,
		.max = UINT64_MAX,
	},
	{
		.name = "follow",
		.help = "go on until a signal",
		.parse = opt_flag,
		.offset = offsetof(struct proto_args, follow),
	},
	OPT_TIMEOUT("seconds to wait for a message"),
	{
		.name = "raw",
		.help = "print messages without a newline behind them",
		.parse = opt_flag,
		.offset = offsetof(struct proto_args, raw),
	},
	{ 0 },
};

static const struct opt bind_options[] = {
	OPT_CHANNEL("the channel; 0: one that nobody uses", 0),
	{ 0 },
};

static const char *send_prepare(void *args, char *const *operands)
{
	struct proto_args *a = args;

	a->message = operands[0];
	if (!a->message && !a->file)
		return "a message is missing: MSG, - or --file FILE";
	if (a->message && a->file)
		return "MSG and --file exclude each other";
	if (a->nonblock && a->timeout >= 0)
		return "--nonblock and --timeout exclude each other";
	if (a->nonblock)
		a->timeout = 0;
	return NULL;
}

static const char *recv_prepare(void *args, char *const *operands)
{
	struct proto_args *a = args;

	(void)operands;
	if (a->follow && a->count)
		return "--follow and --count exclude each other";
	if (!a->count)
		a->count = a->follow ? UINT64_MAX : 1;
	return NULL;
}

static const char *bind_prepare(void *args, char *const *operands)
{
	struct proto_args *a = args;

	(void)operands;
	a->count = UINT64_MAX;
	return NULL;
}

/* What the channel says, in words; @size is that of the message, if there is one. */
static enum exit_status proto_status(struct ctx *ctx, int err,
				     const struct proto_args *a, size_t size)
{
	char subject[32], wait[32];

	if (!err)
		return EXIT_DONE;
	snprintf(subject, sizeof(subject), "channel %" PRIu32, a->channel);
	snprintf(wait, sizeof(wait), "%g s",
		 (double)a->timeout / (double)NSEC_PER_SEC);
	return cmd_fail(ctx, (struct failure){ .error = err,
					       .subject = subject,
					       .wait = wait,
					       .size = size });
}

static int send_message(const struct proto_args *a, const struct input *input)
{
	struct kctl_message message = { .channel = a->channel,
					.timeout = a->timeout };
	int fd, err;

	fd = kctl_proto_open(&message.family);
	if (fd < 0)
		return fd;
	err = kctl_proto_send(fd, &message, input->data, input->size);
	close(fd);
	return err;
}

/*
 * Waiting for room is the kernel's business here, for only it knows whether this
 * message fits. A signal may end it in the way signals do: nothing is half done.
 */
static enum exit_status cmd_proto_send(struct ctx *ctx, const void *args)
{
	const struct proto_args *a = args;
	enum exit_status status;
	struct input input;
	int err;

	err = input_read(&input, INPUT_MAX, a->message, a->file);
	if (err)
		return cmd_read_failed(ctx, err, INPUT_MAX, a->file);
	err = send_message(a, &input);
	status = proto_status(ctx, err, a, input.size);
	input_free(&input);
	return status;
}

static void print_message(struct out *out, const struct proto_args *a,
			  uint32_t from, const void *data, size_t size)
{
	out_object(out, NULL);
	out_u64(out, "channel", a->channel, NULL);
	out_u64(out, "from", from, NULL);
	out_bytes(out, "data", data, size);
	if (!a->raw)
		out_text(out, "\n");
	out_end(out);
}

static int64_t deadline_after(int64_t timeout)
{
	return timeout < 0 ? WAIT_FOREVER : wait_now() + timeout;
}

/*
 * Waits before it takes each message, so that a signal leaves what is not printed
 * in the channel. Another receiver can be quicker: then it goes on waiting.
 */
static int receive(struct ctx *ctx, int fd, const struct proto_args *a,
		   void *buffer)
{
	int64_t deadline = deadline_after(a->timeout);
	struct kctl_message message;
	uint64_t received = 0;
	ssize_t got;
	int ret;

	while (received < a->count) {
		ret = cmd_wait(ctx, fd, deadline);
		if (ret == WAIT_DEADLINE)
			return -ETIMEDOUT;
		if (ret != WAIT_INPUT)
			return ret < 0 ? ret : 0;
		got = kctl_proto_recv(fd, &message, buffer, KCTL_MESSAGE_MAX);
		if (got == -EAGAIN)
			continue;
		if (got < 0)
			return (int)got;
		print_message(&ctx->out, a, message.channel, buffer,
			      (size_t)got);
		if (!out_flush(&ctx->out))
			return 0;
		received++;
		deadline = deadline_after(a->timeout);
	}
	return 0;
}

/* Opens a socket that is a receiver of the channel, and begins to wait. */
static int open_receiver(struct ctx *ctx, struct proto_args *a)
{
	int fd, family, err;

	fd = kctl_proto_open(&family);
	if (fd < 0)
		return fd;
	err = kctl_proto_bind(fd, family, &a->channel);
	if (!err)
		err = cmd_wait_begin(ctx);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static enum exit_status receive_and_close(struct ctx *ctx, int fd,
					  const struct proto_args *a)
{
	void *buffer = malloc(KCTL_MESSAGE_MAX);
	int err = buffer ? receive(ctx, fd, a, buffer) : -ENOMEM;

	free(buffer);
	close(fd);
	return proto_status(ctx, err, a, 0);
}

static enum exit_status cmd_proto_recv(struct ctx *ctx, const void *args)
{
	struct proto_args a = *(const struct proto_args *)args;
	int fd = open_receiver(ctx, &a);

	if (fd < 0)
		return proto_status(ctx, fd, &a, 0);
	return receive_and_close(ctx, fd, &a);
}

static enum exit_status cmd_proto_bind(struct ctx *ctx, const void *args)
{
	struct proto_args a = *(const struct proto_args *)args;
	struct out *out = &ctx->out;
	int fd = open_receiver(ctx, &a);

	if (fd < 0)
		return proto_status(ctx, fd, &a, 0);
	out_object(out, NULL);
	out_string(out, "event", "bound", NULL);
	out_u64(out, "channel", a.channel, NULL);
	out_end(out);
	out_flush(out);
	if (ctx->globals.verbose)
		cmd_notice(ctx, "bound to channel %" PRIu32, a.channel);
	return receive_and_close(ctx, fd, &a);
}

static void print_channels(struct out *out, const struct kctl_channel *channels,
			   size_t count)
{
	out_array(out, NULL);
	out_style(out, STYLE_HEADING);
	out_text(out, "%10s %10s %10s %10s", "CHANNEL", "MESSAGES", "BYTES",
		 "RECEIVERS");
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
	for (const struct kctl_channel *c = channels; c < channels + count;
	     c++) {
		out_object(out, NULL);
		out_u64(out, "channel", c->number, "%10" PRIu32, c->number);
		out_u64(out, "messages", c->messages, " %10" PRIu32,
			c->messages);
		out_u64(out, "bytes", c->bytes, " %10" PRIu64, c->bytes);
		out_u64(out, "receivers", c->receivers, " %10" PRIu32 "\n",
			c->receivers);
		out_end(out);
	}
	out_end(out);
}

static enum exit_status cmd_proto_list(struct ctx *ctx, const void *args)
{
	struct kctl_channel *channels = NULL;
	struct kctl_genl *genl = NULL;
	char ext_ack[128];
	size_t count = 0;
	int err;

	(void)args;
	err = kctl_genl_open(&genl, ext_ack, sizeof(ext_ack));
	if (!err)
		err = kctl_channels_get(genl, &channels, &count);
	kctl_genl_close(genl);
	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err,
						       .ext_ack = ext_ack });
	print_channels(&ctx->out, channels, count);
	free(channels);
	return EXIT_DONE;
}

const struct command proto_commands[] = {
	{
		.noun = "proto",
		.verb = "send",
		.operands = "MSG|-",
		.max_operands = 1,
		.help = "put a message into a channel",
		.notes =
			"With - the message is read from standard input. What is read is sent as it is,\n"
			"a newline at its end included. A MSG that begins with - goes after --.",
		.options = send_options,
		.defaults = &defaults,
		.args_size = sizeof(struct proto_args),
		.prepare = send_prepare,
		.run = cmd_proto_send,
	},
	{
		.noun = "proto",
		.verb = "recv",
		.help = "take messages out of a channel and print them",
		.options = recv_options,
		.defaults = &defaults,
		.args_size = sizeof(struct proto_args),
		.prepare = recv_prepare,
		.run = cmd_proto_recv,
	},
	{
		.noun = "proto",
		.verb = "bind",
		.help = "hold a channel and print what arrives until a signal",
		.notes =
			"With -v or -j the number of the channel is told first.",
		.options = bind_options,
		.defaults = &defaults,
		.args_size = sizeof(struct proto_args),
		.prepare = bind_prepare,
		.run = cmd_proto_bind,
	},
	{
		.noun = "proto",
		.verb = "list",
		.help = "list the channels",
		.options = no_options,
		.run = cmd_proto_list,
	},
	{ 0 },
};
