// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto send: send messages to a channel */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "proto.h"
#include "cli/hex.h"
#include "cli/input.h"
#include "cli/lines.h"

/* @wrong: buffer for the usage error that send_prepare() returns. */
struct send_args {
	struct channel_arg channel;
	int64_t timeout;
	bool nonblock;
	uint64_t repeat;
	int64_t interval;
	bool lines;
	bool hex;
	const char *message;
	const char *file;
	char wrong[HEX_REASON + 32];
};

static const struct send_args defaults = { .timeout = -1 };

static const struct opt send_options[] = {
	OPT_CHANNEL(struct send_args, "the channel to send to"),
	OPT_TIMEOUT(struct send_args,
		    "seconds to wait while the channel is full"),
	{
		.name = "nonblock",
		.help = "fail if the channel is full",
		.parse = opt_flag,
		.offset = offsetof(struct send_args, nonblock),
	},
	{
		.name = "repeat",
		.arg = "N",
		.help = "send the message N times",
		.parse = opt_u64,
		.offset = offsetof(struct send_args, repeat),
		.min = 1,
		.max = UINT64_MAX,
	},
	{
		.name = "interval",
		.arg = "S",
		.help = "seconds from one message to the next",
		.parse = opt_seconds,
		.offset = offsetof(struct send_args, interval),
	},
	{
		.name = "lines",
		.help = "send each line as a message, as it arrives",
		.parse = opt_flag,
		.offset = offsetof(struct send_args, lines),
	},
	{
		.name = "hex",
		.help = "the message consists of hexadecimal digits",
		.parse = opt_flag,
		.offset = offsetof(struct send_args, hex),
	},
	{
		.name = "file",
		.arg = "FILE",
		.help = "read the message from FILE",
		.parse = opt_string,
		.offset = offsetof(struct send_args, file),
	},
	{ 0 },
};

/* A MSG is part of the command line, so bad digits in it are a usage error. */
static const char *check_digits(struct send_args *a)
{
	char reason[HEX_REASON];
	size_t at, size = strlen(a->message);

	if (hex_decode(a->message, size, NULL, &at) >= 0)
		return NULL;
	hex_explain(a->message, size, at, reason);
	snprintf(a->wrong, sizeof(a->wrong),
		 "MSG is not hexadecimal (--hex): %s", reason);
	return a->wrong;
}

static const char *check_message(struct send_args *a)
{
	bool standard_input = a->message && !strcmp(a->message, "-");

	if (a->message && a->file)
		return "MSG and --file exclude each other";
	if (a->lines && a->message && !standard_input)
		return "--lines requires - or --file FILE, not MSG";
	if (!a->message && !a->file)
		return "a message is missing: MSG, - or --file FILE";
	return a->hex && a->message && !standard_input ? check_digits(a) : NULL;
}

static const char *send_prepare(void *args, char *const *operands)
{
	struct send_args *a = args;

	a->message = operands[0];
	if (a->nonblock && a->timeout >= 0)
		return "--nonblock and --timeout exclude each other";
	if (a->nonblock)
		a->timeout = 0;
	if (a->lines && a->repeat)
		return "--lines and --repeat exclude each other";
	if (a->interval && !a->lines && !a->repeat)
		return "--interval requires --repeat or --lines";
	if (!a->repeat)
		a->repeat = 1;
	return check_message(a);
}

/**
 * struct sender - state of the command
 * @ctx: the run
 * @a: the arguments
 * @socket: the socket, or NULL
 * @to: destination
 * @next: time at which the next message is due, in ns of wait_now()
 * @result: result of the last send
 * @step: "read" or "hex" if the input is at fault, or NULL
 * @subject: place of the fault in the input
 */
struct sender {
	struct ctx *ctx;
	const struct send_args *a;
	struct kctl_proto *socket;
	struct {
		uint32_t channel;
		int64_t timeout;
	} to;
	int64_t next;
	struct proto_result result;
	const char *step;
	char subject[96 + HEX_REASON];
};

static int sender_open(struct sender *s)
{
	int err = kctl_proto_open(&s->socket);

	if (err)
		return err;
	proto_check_destination(s->ctx, s->socket, s->to.channel);
	s->next = wait_now();
	return 0;
}

/*
 * Due times are multiples of the interval: if one message is late, the next ones are
 * still sent on time.
 *
 * The kernel waits for room in the channel, because only the kernel knows whether
 * this message fits. Signals keep their default action: a message is sent as a whole
 * or not at all, so nothing needs cleaning up. SIGSTOP and SIGCONT interrupt the wait
 * with EINTR: try again.
 */
static int sender_put(struct sender *s, const void *data, size_t size)
{
	int err;

	if (s->result.sent && s->a->interval) {
		s->next += s->a->interval;
		wait_until(s->next);
	}
	do {
		err = kctl_proto_send(s->socket, s->to.channel, s->to.timeout,
				      data, size);
	} while (err == -EINTR);
	if (err)
		s->result.size = size;
	else
		s->result.sent++;
	return err;
}

/* Record a fault in @line of the input, or in all of it if @line is 0; return @err. */
static int input_failed(struct sender *s, const char *step, size_t line,
			int err)
{
	const char *file = s->a->file;
	char of[32] = "";

	if (line)
		snprintf(of, sizeof(of), "line %zu of ", line);
	if (file)
		snprintf(s->subject, sizeof(s->subject), "%s'%.48s'", of, file);
	else
		snprintf(s->subject, sizeof(s->subject), "%sstandard input",
			 of);
	s->step = step;
	return err;
}

/* Decode the digits of --hex; @bytes and @text can be the same buffer. */
static ssize_t decode(struct sender *s, const char *text, size_t size,
		      uint8_t *bytes, size_t line)
{
	char reason[HEX_REASON];
	ssize_t count;
	size_t at;

	count = hex_decode(text, size, bytes, &at);
	if (count >= 0)
		return count;
	hex_explain(text, size, at, reason);
	input_failed(s, "hex", line, -EINVAL);
	strcat(strcat(s->subject, ": "), reason);
	return -EINVAL;
}

static int send_line(struct sender *s, const struct lines *lines)
{
	ssize_t size = (ssize_t)lines->size;

	if (s->a->hex)
		size = decode(s, lines->line, lines->size,
			      (uint8_t *)lines->line, lines->number);
	return size < 0 ? (int)size : sender_put(s, lines->line, (size_t)size);
}

static int send_lines(struct sender *s)
{
	struct lines lines;
	int ret, err;

	err = lines_open(&lines, s->a->file, INPUT_MAX);
	if (err)
		return input_failed(s, "read", 0, err);
	err = sender_open(s);
	while (!err && (ret = lines_next(&lines)) != 0)
		err = ret < 0 ? input_failed(s, "read", lines.number, ret) :
				send_line(s, &lines);
	lines_close(&lines);
	return err;
}

static int send_repeatedly(struct sender *s, const void *data, size_t size)
{
	int err = sender_open(s);

	while (!err && s->result.sent < s->a->repeat)
		err = sender_put(s, data, size);
	return err;
}

static int send_digits(struct sender *s, const struct input *input)
{
	uint8_t *bytes = malloc(input->size / 2 + 1);
	ssize_t size;
	int err;

	if (!bytes)
		return -ENOMEM;
	size = decode(s, input->data, input->size, bytes, 0);
	err = size < 0 ? (int)size : send_repeatedly(s, bytes, (size_t)size);
	free(bytes);
	return err;
}

static int send_input(struct sender *s)
{
	struct input input;
	int err;

	err = input_read(&input, INPUT_MAX, s->a->message, s->a->file);
	if (err)
		return input_failed(s, "read", 0, err);
	if (s->a->hex)
		err = send_digits(s, &input);
	else
		err = send_repeatedly(s, input.data, input.size);
	input_free(&input);
	return err;
}

static enum exit_status send_run(struct ctx *ctx, const void *args)
{
	struct sender s = { .ctx = ctx, .a = args, .result.sends = true };
	struct proto_result *result = &s.result;

	result->channel = s.to.channel = s.a->channel.number;
	result->timeout = s.to.timeout = s.a->timeout;
	result->error = s.a->lines ? send_lines(&s) : send_input(&s);
	kctl_proto_close(s.socket);
	if (s.step)
		return proto_input_failed(ctx, result, s.step, s.subject,
					  INPUT_MAX);
	return proto_status(ctx, result);
}

static const struct error_row send_errors[] = {
	{
		.step = "hex",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
	},
	{ 0 },
};

const struct command cmd_proto_send = {
	.noun = "proto",
	.verb = "send",
	.operands = "MSG|-",
	.max_operands = 1,
	.help = "send messages to a channel",
	.notes =
		"With - the message is read from standard input and sent unchanged, with any\n"
		"newline at its end. A MSG that begins with - goes after --.",
	.example = "kctl proto send --channel 7 hello",
	.options = send_options,
	.defaults = &defaults,
	.args_size = sizeof(struct send_args),
	.errors = { send_errors, sending_errors, channel_errors },
	.prepare = send_prepare,
	.resolve = proto_resolve,
	.run = send_run,
};
