// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto flush: drop the messages of a channel */
#include "channel.h"
#include "proto.h"

struct flush_args {
	struct channel_arg channel;
};

static const struct opt flush_options[] = {
	OPT_CHANNEL(struct flush_args, "the channel"),
	{ 0 },
};

static int flush_channel(struct kctl_genl *genl, uint32_t channel,
			 const void *args)
{
	(void)args;
	return kctl_channel_flush(genl, channel);
}

static enum exit_status flush_run(struct ctx *ctx, const void *args)
{
	const struct flush_args *a = args;

	return proto_request(ctx, a->channel.number, flush_channel, NULL);
}

const struct command cmd_proto_flush = {
	.noun = "proto",
	.verb = "flush",
	.help = "drop the messages of a channel",
	.example = "kctl proto flush --channel 7",
	.options = flush_options,
	.args_size = sizeof(struct flush_args),
	.errors = { owner_errors, channel_errors },
	.resolve = proto_resolve,
	.run = flush_run,
};
