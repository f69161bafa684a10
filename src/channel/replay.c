// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto replay: send messages again, as they were recorded by kctl -j proto tap */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "proto.h"
#include "cli/base64.h"
#include "cli/foreign.h"
#include "cli/lines.h"

/* A byte of a message takes up to 6 characters of JSON, as in \u0001. */
#define LINE_LIMIT (6 * KCTL_MESSAGE_MAX + 4096)

/* A hundred years, in ns: the sum with a time is no overflow. */
#define PAUSE_MAX 3e18

/* The channel comes first, for proto_resolve(). */
struct replay_args {
	struct channel_arg channel;
	double speed;
	int64_t timeout;
	const char *file;
};

static const struct replay_args defaults = { .speed = 1, .timeout = -1 };

#define SPEED_MAX 1000000

/* Stores a double. */
static bool opt_speed(const struct opt *opt, const char *arg, void *dest)
{
	double *speed = dest;
	char *end;

	(void)opt;
	/* No sign, no exponent, no words. */
	if (!*arg || arg[strspn(arg, "0123456789.")])
		return false;
	*speed = strtod(arg, &end);
	return end != arg && !*end && *speed <= SPEED_MAX;
}

static const struct opt replay_options[] = {
	{
		.name = "channel",
		.arg = "CHANNEL",
		.help = "send all messages to this channel",
		.expects = CHANNEL_EXPECTED,
		.parse = opt_channel,
		.offset = offsetof(struct replay_args, channel),
		.min = 1,
		.max = UINT32_MAX,
	},
	{
		.name = "speed",
		.arg = "X",
		.help = "X times as fast as recorded; 0: without pauses",
		.expects = "a number from 0 to 1000000, such as 10 or 0.5",
		.parse = opt_speed,
		.offset = offsetof(struct replay_args, speed),
	},
	OPT_TIMEOUT(struct replay_args,
		    "seconds to wait while a channel is full"),
	{ 0 },
};

static const char *replay_prepare(void *args, char *const *operands)
{
	struct replay_args *a = args;

	if (!operands[0])
		return "a file is missing: FILE or -";
	if (strcmp(operands[0], "-") != 0)
		a->file = operands[0];
	return NULL;
}

/**
 * struct replay - state of the command
 * @ctx: the run
 * @a: the arguments
 * @socket: the socket
 * @lines: the input
 * @first: time of the first message, in ns since the epoch; 0 before
 * @began: time at which it was sent, in ns of wait_now()
 * @warned: the channel whose owner was checked last
 * @missing: number of messages that the input says were lost
 * @result: result of the last send
 * @step: "read" or "line" if the input is at fault, or NULL
 * @subject: the fault
 */
struct replay {
	struct ctx *ctx;
	const struct replay_args *a;
	struct kctl_proto *socket;
	struct lines lines;
	int64_t first;
	int64_t began;
	uint32_t warned;
	uint64_t missing;
	struct proto_result result;
	const char *step;
	char subject[192];
};

/* Record what is wrong with the line. */
static int line_failed(struct replay *r, const char *what)
{
	r->step = "line";
	snprintf(r->subject, sizeof(r->subject), "line %zu: %s",
		 r->lines.number, what);
	return -EINVAL;
}

static int read_failed(struct replay *r, int err)
{
	r->step = "read";
	if (r->a->file)
		snprintf(r->subject, sizeof(r->subject), "'%.96s'", r->a->file);
	else
		snprintf(r->subject, sizeof(r->subject), "standard input");
	return err;
}

/* Wait until the message is due. A message older than the first one is due at once. */
static void wait_for_turn(struct replay *r, const json_t *message)
{
	int64_t time = json_integer_value(json_object_get(message, "time"));
	double pause;

	/* No tap prints one before the epoch, and a difference could overflow. */
	if (time <= 0 || r->a->speed <= 0)
		return;
	if (!r->first) {
		r->first = time;
		r->began = wait_now();
	}
	pause = (double)(time - r->first) / r->a->speed;
	if (pause > 0)
		wait_until(r->began +
			   (int64_t)(pause < PAUSE_MAX ? pause : PAUSE_MAX));
}

static int send_bytes(struct replay *r, const void *data, size_t size)
{
	uint32_t channel = r->result.channel;
	int err;

	if (channel != r->warned)
		proto_check_destination(r->ctx, r->socket, channel);
	r->warned = channel;
	do {
		err = kctl_proto_send(r->socket, channel, r->a->timeout, data,
				      size);
	} while (err == -EINTR);
	r->result.size = size;
	r->result.sent += !err;
	return err;
}

static int send_base64(struct replay *r, const char *text, size_t size)
{
	uint8_t *bytes = malloc(size + 1);
	ssize_t count;
	int err;

	if (!bytes)
		return -ENOMEM;
	count = base64_decode(text, size, bytes);
	err = count < 0 ? line_failed(r, "\"data_base64\" is not base64") :
			  send_bytes(r, bytes, (size_t)count);
	free(bytes);
	return err;
}

static int send_data(struct replay *r, const json_t *message)
{
	const json_t *data = json_object_get(message, "data");
	const json_t *base64 = json_object_get(message, "data_base64");

	if (data && base64)
		return line_failed(r,
				   "it has both \"data\" and \"data_base64\"");
	if (!json_is_string(data) && !json_is_string(base64))
		return line_failed(r, "not a message: it has no \"data\"");
	wait_for_turn(r, message);
	if (base64)
		return send_base64(r, json_string_value(base64),
				   json_string_length(base64));
	return send_bytes(r, json_string_value(data), json_string_length(data));
}

static int replay_message(struct replay *r, const json_t *message)
{
	const json_t *channel = json_object_get(message, "channel");
	json_int_t number = json_integer_value(channel);

	if (r->a->channel.number) {
		r->result.channel = r->a->channel.number;
	} else {
		if (number < 1 || number > UINT32_MAX)
			return line_failed(r, "neither \"channel\" from 1 to "
					      "4294967295 nor --channel");
		r->result.channel = (uint32_t)number;
	}
	return send_data(r, message);
}

/* Objects with an event are not messages. Count the messages that they report as lost. */
static int replay_object(struct replay *r, const json_t *object)
{
	const char *event = json_string_value(json_object_get(object, "event"));
	json_int_t count = json_integer_value(json_object_get(object, "count"));

	if (!json_is_object(object))
		return line_failed(r, "not a JSON object");
	if (!event)
		return replay_message(r, object);
	if (!strcmp(event, "lost") && count > 0)
		r->missing += (uint64_t)count;
	return 0;
}

static int replay_line(struct replay *r)
{
	json_error_t error;
	json_t *object;
	int err;

	if (!r->lines.size)
		return 0;
	object = json_loadb(r->lines.line, r->lines.size,
			    JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	if (!object && foreign_has_mark(r->lines.line, r->lines.size))
		return line_failed(
			r, "a byte order mark: save the file without one");
	if (!object)
		return line_failed(r, "not a JSON object");
	err = replay_object(r, object);
	json_decref(object);
	return err;
}

static int replay_lines(struct replay *r)
{
	int ret, err = lines_open(&r->lines, r->a->file, LINE_LIMIT);

	if (err)
		return read_failed(r, err);
	err = kctl_proto_open(&r->socket);
	while (!err && (ret = lines_next(&r->lines)) != 0)
		err = ret < 0 ? read_failed(r, ret) : replay_line(r);
	kctl_proto_close(r->socket);
	lines_close(&r->lines);
	return err;
}

static enum exit_status replay_run(struct ctx *ctx, const void *args)
{
	const struct replay_args *a = args;
	struct replay r = { .ctx = ctx, .a = a, .result.sends = true };

	r.result.channel = a->channel.number;
	r.result.timeout = a->timeout;
	r.result.error = replay_lines(&r);
	if (r.missing)
		cmd_warning(ctx,
			    "%" PRIu64 " message%s lost when this was recorded",
			    r.missing, r.missing == 1 ? " was" : "s were");
	if (r.step)
		return proto_input_failed(ctx, &r.result, r.step, r.subject,
					  LINE_LIMIT);
	return proto_status(ctx, &r.result);
}

static const struct error_row replay_errors[] = {
	{
		.step = "line",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject}",
		.hint = "record with: kctl -j proto tap --channel CHANNEL",
	},
	{ 0 },
};

const struct command cmd_proto_replay = {
	.noun = "proto",
	.verb = "replay",
	.operands = "FILE|-",
	.max_operands = 1,
	.help = "send recorded messages again",
	.notes = "FILE has the output of kctl -j proto tap, recv or bind.\n"
		 "The pauses between messages are as recorded.",
	.example = "kctl proto replay --speed 10 journal",
	.options = replay_options,
	.defaults = &defaults,
	.args_size = sizeof(struct replay_args),
	.errors = { replay_errors, sending_errors, channel_errors },
	.prepare = replay_prepare,
	.resolve = proto_resolve,
	.run = replay_run,
};
