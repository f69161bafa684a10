// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto set: set the owner, mode, name, dead letters and times of a channel */
#include <errno.h>

#include "channel.h"
#include "owner.h"
#include "cli/parse.h"
#include "proto.h"

/* Number 0 removes the dead letter channel. */
struct dead_letter_arg {
	struct channel_arg channel;
	bool given;
};

/* Milliseconds. */
struct time_arg {
	uint32_t ms;
	bool given;
};

struct set_args {
	struct channel_arg channel;
	struct id_arg owner;
	struct id_arg group;
	struct id_arg mode;
	const char *name;
	struct id_arg max_deliveries;
	struct dead_letter_arg dead_letter;
	struct time_arg retry_delay;
	struct time_arg hold_time_max;
	struct time_arg ttl;
};

static bool opt_number(const struct opt *opt, const char *arg, void *dest)
{
	struct id_arg *number = dest;

	number->given = opt_u32(opt, arg, &number->id);
	return number->given;
}

static bool opt_dead_letter(const struct opt *opt, const char *arg, void *dest)
{
	struct dead_letter_arg *letter = dest;

	letter->given = true;
	return opt_channel(opt, arg, &letter->channel);
}

/* The maximum is opt->max, in ms. Less than one ms is rounded up, as 0 means no limit. */
static bool opt_time(const struct opt *opt, const char *arg, void *dest)
{
	const int64_t ms = NSEC_PER_SEC / 1000;
	struct time_arg *time = dest;
	int64_t ns;

	if (!parse_seconds(arg, &ns) || ns > (int64_t)opt->max * ms)
		return false;
	*time = (struct time_arg){
		.ms = (uint32_t)((ns + ms - 1) / ms),
		.given = true,
	};
	return true;
}

#define SET_TIME(member, word, text)                                        \
	{                                                                   \
		.name = (word), .arg = "S", .help = (text),                 \
		.expects = "seconds from 0 to 86400, as in 5, .25 or 10s,", \
		.parse = opt_time,                                          \
		.offset = offsetof(struct set_args, member),                \
		.max = KCTL_TIME_MAX                                        \
	}

static const struct opt set_options[] = {
	OPT_CHANNEL(struct set_args, "the channel"),
	{
		.name = "owner",
		.arg = "USER",
		.help = "new owner, a name or number",
		.expects = "a user",
		.parse = opt_user,
		.offset = offsetof(struct set_args, owner),
	},
	{
		.name = "group",
		.arg = "GROUP",
		.help = "new group, a name or number",
		.expects = "a group",
		.parse = opt_group,
		.offset = offsetof(struct set_args, group),
	},
	{
		.name = "mode",
		.arg = "MODE",
		.help = "permission to receive (4) and send (2), as in 0620",
		.expects = MODE_EXPECTED,
		.parse = opt_mode,
		.offset = offsetof(struct set_args, mode),
	},
	{
		.name = "name",
		.arg = "NEWNAME",
		.help = "new name, accepted by all commands; '' for none",
		.expects =
			"a name: 1 to 63 of A-Z a-z 0-9 _ . : / -, the first no digit and no -",
		.parse = opt_channel_name,
		.offset = offsetof(struct set_args, name),
	},
	{
		.name = "max-deliveries",
		.arg = "M",
		.help = "deliveries after which a message is dead; 0: never",
		.expects = "a number from 0 to 4294967295",
		.parse = opt_number,
		.offset = offsetof(struct set_args, max_deliveries),
		.max = UINT32_MAX,
	},
	{
		.name = "dead-letter",
		.arg = "CHANNEL",
		.help = "channel that dead messages move to; 0: none",
		.expects = CHANNEL_OR_0_EXPECTED,
		.parse = opt_dead_letter,
		.offset = offsetof(struct set_args, dead_letter),
		.max = UINT32_MAX,
	},
	SET_TIME(retry_delay, "retry-delay",
		 "seconds until a failed message returns; 0: none"),
	SET_TIME(hold_time_max, "hold-time-max",
		 "longest hold time in seconds; 0: no limit"),
	{
		.name = "ttl",
		.arg = "S",
		.help = "seconds after which a message is dead; 0: never",
		.expects = "seconds from 0 to 4294967, as in 5, .25 or 10s,",
		.parse = opt_time,
		.offset = offsetof(struct set_args, ttl),
		.max = UINT32_MAX,
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
		.name = a->name,
		.max_deliveries = a->max_deliveries.id,
		.dead_letter = a->dead_letter.channel.number,
		.has_max_deliveries = a->max_deliveries.given,
		.has_dead_letter = a->dead_letter.given,
		.retry_delay = a->retry_delay.ms,
		.has_retry_delay = a->retry_delay.given,
		.hold_time_max = a->hold_time_max.ms,
		.has_hold_time_max = a->hold_time_max.given,
		.ttl = a->ttl.ms,
		.has_ttl = a->ttl.given,
	};

	return kctl_channel_set(genl, channel, &settings, sizeof(settings));
}

static enum exit_status set_resolve(struct ctx *ctx, void *args)
{
	struct set_args *a = args;
	enum exit_status status = proto_resolve(ctx, &a->channel);

	return status ? status : proto_resolve(ctx, &a->dead_letter.channel);
}

static enum exit_status set_run(struct ctx *ctx, const void *args)
{
	const struct set_args *a = args;

	return proto_request(ctx, a->channel.number, set_channel, a);
}

static const struct error_row set_errors[] = {
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run kctl as the owner of {subject}, or with CAP_NET_ADMIN to give it away",
	},
	{
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "{subject} cannot have these settings",
		.hint = "the user and the group must exist in this user namespace, and channels of 2147483648 or above have no name, dead letter channel or times",
	},
	{
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message =
			"{subject} does not exist, or its dead letter channel is not configured",
		.hint = "configure the dead letter channel first: kctl proto set",
	},
	{
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "the dead letter channel belongs to another user",
		.hint = "run kctl with CAP_NET_ADMIN",
	},
	{
		.error = ELOOP,
		.status = EXIT_REFUSED,
		.message =
			"a dead letter channel can neither have a dead letter channel nor be its own",
		.hint = "see them all: kctl proto list -j",
	},
	{
		.error = EEXIST,
		.status = EXIT_REFUSED,
		.message = "another channel has this name",
		.hint = "list the channels: kctl proto list",
	},
	{ 0 },
};

const struct command cmd_proto_set = {
	.noun = "proto",
	.verb = "set",
	.help = "make a channel persistent, set its owner, mode and name",
	.notes =
		"The channel stays until kctl proto delete. A setting without an option keeps\n"
		"its value. A new channel belongs to its creator and has mode 0600.",
	.example = "kctl proto set --channel 7 --owner daemon --mode 0622",
	.options = set_options,
	.args_size = sizeof(struct set_args),
	.errors = { set_errors, channel_errors },
	.resolve = set_resolve,
	.run = set_run,
};
