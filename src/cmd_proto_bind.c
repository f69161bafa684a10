// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto bind: hold a channel */
#include <inttypes.h>
#include <unistd.h>

#include "receive.h"

static const struct receive_args defaults = { .timeout = -1 };

static const struct opt bind_options[] = {
	OPT_CHANNEL(struct receive_args, "the channel; 0: one that nobody uses",
		    0),
	RECEIVE_FORMATS,
	{ 0 },
};

static const char *bind_prepare(void *args, char *const *operands)
{
	struct receive_args *a = args;

	(void)operands;
	a->count = UINT64_MAX;
	return receive_prepare(a);
}

static void tell_bound(struct ctx *ctx, uint32_t channel)
{
	struct out *out = &ctx->out;

	out_object(out, NULL);
	out_string(out, "event", "bound", NULL);
	out_u64(out, "channel", channel, NULL);
	out_end(out);
	out_flush(out);
	if (ctx->globals.verbose)
		cmd_notice(ctx, "bound to channel %" PRIu32, channel);
}

static int bind_and_receive(struct ctx *ctx, struct receive_args *a, int fd,
			    int family)
{
	int err;

	err = receive_begin(ctx, a, fd);
	if (!err)
		err = kctl_proto_bind(fd, family, &a->channel);
	if (!err)
		err = cmd_wait_begin(ctx);
	if (err)
		return err;
	tell_bound(ctx, a->channel);
	return receive(ctx, a, fd);
}

static enum exit_status cmd_proto_bind(struct ctx *ctx, const void *args)
{
	struct receive_args a = *(const struct receive_args *)args;
	struct proto_result result = { .timeout = a.timeout };
	int family, fd = kctl_proto_open(&family);

	result.error = fd;
	if (fd >= 0) {
		result.error = bind_and_receive(ctx, &a, fd, family);
		close(fd);
	}
	result.channel = a.channel;
	return proto_status(ctx, &result);
}

const struct command proto_bind_commands[] = {
	{
		.noun = "proto",
		.verb = "bind",
		.help = "hold a channel and print what arrives until a signal",
		.notes =
			"With a -v in front of the noun, or -j, the number of the channel is told first.",
		.options = bind_options,
		.defaults = &defaults,
		.args_size = sizeof(struct receive_args),
		.prepare = bind_prepare,
		.run = cmd_proto_bind,
	},
	{ 0 },
};
