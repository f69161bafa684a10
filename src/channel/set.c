// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto set: set the owner, group and mode of a channel */
#include <errno.h>

#include "channel.h"
#include "owner.h"
#include "proto.h"

struct set_args {
	uint32_t channel;
	struct id_arg owner;
	struct id_arg group;
	struct id_arg mode;
};

static const struct opt set_options[] = {
	OPT_CHANNEL(struct set_args, "the channel", 1),
	{
		.name = "owner",
		.arg = "USER",
		.help = "give it to USER, a name or number",
		.expects = "a user",
		.parse = opt_user,
		.offset = offsetof(struct set_args, owner),
	},
	{
		.name = "group",
		.arg = "GROUP",
		.help = "give it to GROUP, a name or number",
		.expects = "a group",
		.parse = opt_group,
		.offset = offsetof(struct set_args, group),
	},
	{
		.name = "mode",
		.arg = "MODE",
		.help = "who may receive (4) and send (2), as in 0620",
		.expects = MODE_EXPECTED,
		.parse = opt_mode,
		.offset = offsetof(struct set_args, mode),
	},
	{ 0 },
};

static int set_channel(struct kctl_genl *genl, uint32_t channel,
		       const void *args)
{
	const struct set_args *a = args;
	struct kctl_channel_settings settings = {
		.uid = a->owner.id,
		.gid = a->group.id,
		.mode = a->mode.id,
		.has_uid = a->owner.given,
		.has_gid = a->group.given,
		.has_mode = a->mode.given,
	};

	return kctl_channel_set(genl, channel, &settings);
}

static enum exit_status set_run(struct ctx *ctx, const void *args)
{
	const struct set_args *a = args;

	return proto_request(ctx, a->channel, set_channel, a);
}

static const struct error_row set_errors[] = {
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "it takes the owner of {subject}, or CAP_NET_ADMIN to give it away",
	},
	{
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject} cannot have that owner, group or mode",
		.hint = "a user or group has to exist in this user namespace",
	},
	{ 0 },
};

const struct command cmd_proto_set = {
	.noun = "proto",
	.verb = "set",
	.help = "make a channel stay, and say whose it is",
	.notes =
		"It stays until kctl proto delete. What is not given stays as it is; a channel\n"
		"that is made is its creator's, with mode 0600.",
	.options = set_options,
	.args_size = sizeof(struct set_args),
	.errors = { set_errors, channel_errors },
	.run = set_run,
};
