// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto bind: hold a channel, or hand it to a program */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "channel.h"
#include "receive.h"

/* @receive comes first: RECEIVE_FORMATS uses offsets into it. */
struct bind_args {
	struct receive_args receive;
	struct channel_arg to; /* number 0: none */
	bool picked; /* the kernel chose the channel */
	char *const *command;
};

static const struct bind_args defaults = { .receive.timeout = -1 };

static const struct opt bind_options[] = {
	{
		.name = "channel",
		.arg = "CHANNEL",
		.help = "the channel; 0 picks an unused one",
		.expects = CHANNEL_OR_0_EXPECTED,
		.parse = opt_channel,
		.offset = offsetof(struct receive_args, channel),
		.max = UINT32_MAX,
		.required = true,
	},
	{
		.name = "exclusive",
		.help = "be the only receiver, or fail",
		.parse = opt_flag,
		.offset = offsetof(struct receive_args, exclusive),
	},
	{
		.name = "mode",
		.arg = "MODE",
		.help = "mode of a new channel, as in 0620",
		.expects = MODE_EXPECTED,
		.parse = opt_mode,
		.offset = offsetof(struct receive_args, mode),
	},
	{
		.name = "to",
		.arg = "CHANNEL",
		.help = "send what CMD writes to CHANNEL",
		.expects = CHANNEL_EXPECTED,
		.parse = opt_channel,
		.offset = offsetof(struct bind_args, to),
		.min = 1,
		.max = UINT32_MAX,
	},
	RECEIVE_FORMATS,
	{ 0 },
};

static const char *bind_prepare(void *args, char *const *operands)
{
	struct bind_args *a = args;
	struct receive_args *r = &a->receive;

	r->count = UINT64_MAX;
	if (operands[0])
		a->command = operands;
	if ((a->to.number || a->to.name) && !a->command)
		return "--to requires -- CMD";
	if (a->command && (r->raw || r->hex || r->null))
		return "CMD takes the messages, so --raw, --hex and -0 print nothing";
	return receive_prepare(r);
}

static enum exit_status bind_resolve(struct ctx *ctx, void *args)
{
	struct bind_args *a = args;
	enum exit_status status = proto_resolve(ctx, &a->receive.channel);

	return status ? status : proto_resolve(ctx, &a->to);
}

static enum exit_status connect_failed(const struct ctx *ctx, int err,
				       uint32_t channel)
{
	char subject[32];

	snprintf(subject, sizeof(subject), "channel %" PRIu32, channel);
	return cmd_fail(ctx, (struct failure){ .errors = cmd_proto_send.errors,
					       .error = err,
					       .subject = subject });
}

/*
 * Execute the command in this process: it handles signals itself, and its exit status
 * is the one that the caller of kctl sees.
 */
static enum exit_status become(struct ctx *ctx, const struct bind_args *a,
			       struct kctl_proto *socket)
{
	int err = 0, fd = kctl_proto_fd(socket);
	char number[16];

	if (a->to.number)
		err = kctl_proto_connect(socket, a->to.number);
	if (err)
		return connect_failed(ctx, err, a->to.number);
	if (a->to.number)
		proto_check_owner(ctx, socket, a->to.number);
	ctx->out.pretty = false;
	receive_report_bound(ctx, a->receive.channel.number, a->picked);
	/* Do not run the command if the channel number cannot be printed. */
	if (!out_flush(&ctx->out))
		return EXIT_REFUSED;
	snprintf(number, sizeof(number), "%" PRIu32, a->receive.channel.number);
	if (!setenv("KCTL_CHANNEL", number, true) &&
	    dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execvp(a->command[0], a->command);
	return cmd_fail(ctx, (struct failure){ .step = "run",
					       .error = -errno,
					       .subject = a->command[0] });
}

static int hold(struct ctx *ctx, const struct bind_args *a,
		struct kctl_proto *socket)
{
	int err = cmd_wait_begin(ctx);

	if (err)
		return err;
	receive_report_bound(ctx, a->receive.channel.number, a->picked);
	return receive(ctx, &a->receive, socket);
}

static enum exit_status bind_run(struct ctx *ctx, const void *args)
{
	struct bind_args a = *(const struct bind_args *)args;
	struct proto_result result = { 0 };
	struct kctl_proto *socket;

	a.picked = !a.receive.channel.number;
	result.error = receive_open(ctx, &a.receive, &socket);
	if (!result.error && a.command)
		return become(ctx, &a, socket);
	if (!result.error) {
		result.error = hold(ctx, &a, socket);
		kctl_proto_close(socket);
	}
	result.channel = a.receive.channel.number;
	return proto_status(ctx, &result);
}

const struct command cmd_proto_bind = {
	.noun = "proto",
	.verb = "bind",
	.operands = "[-- CMD [ARGS]]",
	.max_operands = INT_MAX,
	.operands_behind = true,
	.help = "bind to a channel and print messages until a signal",
	.notes =
		"If CMD is given, bind executes it with the socket as standard input and output:\n"
		"each read takes a message, each write sends one. The number of the channel is\n"
		"reported first if the kernel picks it, even with kctl -q, and with kctl -v and\n"
		"kctl -j. What CMD has read is gone, even if it fails: unlike with kctl proto\n"
		"work.",
	.example = "kctl proto bind --channel 7 --exclusive -- ./worker",
	.options = bind_options,
	.defaults = &defaults,
	.args_size = sizeof(struct bind_args),
	.errors = { run_errors, receive_errors, channel_errors },
	.prepare = bind_prepare,
	.resolve = bind_resolve,
	.run = bind_run,
};
