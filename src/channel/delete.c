// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto delete: drop the messages of a channel and undo set */
#include "channel.h"
#include "proto.h"

struct delete_args {
	struct channel_arg channel;
};

static const struct opt delete_options[] = {
	OPT_CHANNEL(struct delete_args, "the channel"),
	{ 0 },
};

static int delete_channel(struct kctl_genl *genl, uint32_t channel,
			  const void *args)
{
	(void)args;
	return kctl_channel_delete(genl, channel);
}

static enum exit_status delete_run(struct ctx *ctx, const void *args)
{
	const struct delete_args *a = args;

	return proto_request(ctx, a->channel.number, delete_channel, NULL);
}

const struct command cmd_proto_delete = {
	.noun = "proto",
	.verb = "delete",
	.help = "drop the messages of a channel and undo set",
	.notes =
		"A channel that sockets use stays, with its owner, group and mode.",
	.example = "kctl proto delete --channel 7",
	.options = delete_options,
	.args_size = sizeof(struct delete_args),
	.errors = { owner_errors, channel_errors },
	.resolve = proto_resolve,
	.run = delete_run,
};
