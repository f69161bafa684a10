// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto list: list channels */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "channel.h"
#include "owner.h"
#include "proto.h"

/**
 * struct names - cache of the last names: adjacent channels often have the same owner
 * @known: the cache is filled
 * @uid: user ID
 * @gid: group ID
 * @user: name of the user
 * @group: name of the group
 */
struct names {
	bool known;
	uint32_t uid;
	uint32_t gid;
	char user[OWNER_NAME];
	char group[OWNER_NAME];
};

static void look_up(struct names *names, const struct kctl_channel *c)
{
	if (!names->known || names->uid != c->uid)
		user_name(c->uid, names->user);
	if (!names->known || names->gid != c->gid)
		group_name(c->gid, names->group);
	names->known = true;
	names->uid = c->uid;
	names->gid = c->gid;
}

static bool knows_owner(const struct kctl_channel *c)
{
	return kctl_channel_has(c, KCTL_A_CHANNEL_UID) &&
	       kctl_channel_has(c, KCTL_A_CHANNEL_GID) &&
	       kctl_channel_has(c, KCTL_A_CHANNEL_MODE);
}

static void put_owner(struct out *out, const struct kctl_channel *c,
		      struct names *names)
{
	char mode[12];

	if (!knows_owner(c)) {
		out_text(out, " %4s %-8s %-8s", "-", "-", "-");
		return;
	}
	if (!out->json)
		look_up(names, c);
	snprintf(mode, sizeof(mode), "%04o", c->mode);
	out_string(out, "mode", " %s", mode);
	out_json_u64(out, "uid", c->uid);
	out_json_u64(out, "gid", c->gid);
	out_text(out, " %-8s %-8s", names->user, names->group);
}

static void put_flags(struct out *out, const struct kctl_channel *c)
{
	bool set = c->flags & KCTL_CHANNEL_CONFIGURED;
	bool exclusive = c->flags & KCTL_CHANNEL_EXCLUSIVE;

	if (kctl_channel_has(c, KCTL_A_CHANNEL_FLAGS)) {
		out_bool(out, "configured", NULL, set);
		out_bool(out, "exclusive", NULL, exclusive);
	}
	out_text(out, " %-8s",
		 set && exclusive ? "set,excl" :
		 set		  ? "set" :
		 exclusive	  ? "excl" :
				    "-");
}

static void put_taps(struct out *out, const struct kctl_channel *c)
{
	if (kctl_channel_has(c, KCTL_A_CHANNEL_TAPS))
		out_uint(out, "taps", " %5u", c->taps);
	else
		out_text(out, " %5s", "-");
}

static void put_channel(struct out *out, const struct kctl_channel *c,
			struct names *names)
{
	out_object(out, NULL);
	out_uint(out, "channel", "%10u", c->number);
	put_owner(out, c, names);
	put_flags(out, c);
	out_uint(out, "messages", " %8u", c->messages);
	out_u64(out, "bytes", " %10" PRIu64, c->bytes);
	if (kctl_channel_has(c, KCTL_A_CHANNEL_SENDERS))
		out_json_u64(out, "senders", c->senders);
	put_taps(out, c);
	out_uint(out, "receivers", " %9u\n", c->receivers);
	out_end(out);
}

static void print_channels(struct out *out, const struct kctl_channel *channels,
			   size_t count)
{
	struct names names = { 0 };

	out_array(out, NULL);
	out_heading(out, "%10s %4s %-8s %-8s %-8s %8s %10s %5s %9s", "CHANNEL",
		    "MODE", "OWNER", "GROUP", "FLAGS", "MESSAGES", "BYTES",
		    "TAPS", "RECEIVERS");
	for (const struct kctl_channel *c = channels; c < channels + count; c++)
		put_channel(out, c, &names);
	out_end(out);
}

static enum exit_status list_run(struct ctx *ctx, const void *args)
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

static const struct error_row list_errors[] = {
	{
		.error = EINTR,
		.status = EXIT_REFUSED,
		.message = "the channels keep changing too fast to be listed",
		.hint = "try again",
	},
	{ 0 },
};

const struct command cmd_proto_list = {
	.noun = "proto",
	.verb = "list",
	.help = "list the channels",
	.example = "kctl proto list",
	.options = no_options,
	.errors = { list_errors },
	.all_netns = true,
	.run = list_run,
};
