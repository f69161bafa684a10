// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "owner.h"
#include "proto.h"

const struct error_row channel_errors[] = {
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run kctl as root or with CAP_NET_ADMIN, or allow all users: sysctl net.kctl.unprivileged=1",
	},
	{
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "{subject} does not exist",
		.hint = "list the channels: kctl proto list",
	},
	{
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message =
			"all channels together, or those of this user, hold too many bytes",
		.hint = "see the limits: kctl status",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"too many channels, or too many sockets on {subject}",
		.hint = "see the limits: kctl status",
	},
	{ 0 },
};

const struct error_row owner_errors[] = {
	{
		.error = EPERM,
		.status = EXIT_PERMISSION,
		.message = "not permitted",
		.hint = "run kctl as the owner of {subject} or with CAP_NET_ADMIN",
	},
	{ 0 },
};

const struct error_row run_errors[] = {
	{
		.step = "run",
		.error = ENOENT,
		.status = EXIT_NO_COMMAND,
		.message = "cannot run '{subject}': {errno}",
	},
	{
		.step = "run",
		.status = EXIT_CANNOT_RUN,
		.message = "cannot run '{subject}': {errno}",
	},
	{ 0 },
};

enum exit_status proto_status(const struct ctx *ctx,
			      const struct proto_result *result)
{
	char subject[32], done[48] = "";

	if (!result->error)
		return EXIT_DONE;
	snprintf(subject, sizeof(subject), "channel %" PRIu32, result->channel);
	if (result->sent)
		snprintf(done, sizeof(done), "%" PRIu64 " message%s sent",
			 result->sent, result->sent == 1 ? " was" : "s were");
	return cmd_fail(ctx, (struct failure){ .error = result->error,
					       .subject = subject,
					       .wait = result->timeout,
					       .size = result->size,
					       .hint = result->hint,
					       .done = done,
					       .ext_ack = result->ext_ack });
}

enum exit_status proto_request(const struct ctx *ctx, uint32_t channel,
			       proto_request_fn *fn, const void *args)
{
	struct proto_result result = { .channel = channel };
	enum exit_status status;
	struct kctl_genl *genl;

	result.error = kctl_genl_open(&genl);
	if (!result.error)
		result.error = fn(genl, channel, args);
	result.ext_ack = kctl_genl_ext_ack(genl);
	status = proto_status(ctx, &result);
	kctl_genl_close(genl);
	return status;
}

void proto_check_owner(const struct ctx *ctx, struct kctl_proto *socket,
		       uint32_t channel)
{
	char name[OWNER_NAME];
	uint32_t uid;

	if (ctx->globals.quiet || kctl_proto_owner(socket, &uid))
		return;
	if (!uid || uid == geteuid())
		return;
	user_name(uid, name);
	cmd_notice(ctx, "warning: channel %" PRIu32 " belongs to user %s",
		   channel, name);
}
