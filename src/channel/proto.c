// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
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
		.step = "name",
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "{subject} does not exist",
		.hint = "list the channels: kctl proto list",
	},
	{
		.step = "name",
		.error = EOPNOTSUPP,
		.status = EXIT_MISSING,
		.message = "the loaded module is too old for names of channels",
		.hint = "compare the versions: kctl --version",
	},
	{
		.step = "all bytes",
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message = "all channels together hold too many bytes",
	},
	{
		.error = ENOBUFS,
		.status = EXIT_REFUSED,
		.message =
			"all channels together, or those of this user, hold too many bytes",
		.hint = "see sysctl net.kctl.proto_max_bytes",
	},
	{
		.step = "channels",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "too many channels",
	},
	{
		.step = "sockets",
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "too many sockets on {subject}",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"too many channels, or too many sockets on {subject}",
		.hint = "see sysctl net.kctl.channels_max",
	},
	{ 0 },
};

/* For a user that may not see the channel. */
#define FULL_HINT \
	"see sysctl net.kctl.channel_max_messages and channel_max_bytes"

const struct error_row sending_errors[] = {
	{
		.error = EACCES,
		.status = EXIT_PERMISSION,
		.message = "not permitted to send to {subject}",
		.hint = "its owner can change that: kctl proto set --mode",
	},
	{
		.error = EAGAIN,
		.status = EXIT_TIMEOUT,
		.message = "{subject} is full",
		.hint = FULL_HINT,
	},
	{
		.error = ETIMEDOUT,
		.status = EXIT_TIMEOUT,
		.message = "{subject} stayed full for {wait}",
		.hint = FULL_HINT,
	},
	{
		.step = "channel bytes",
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.message = "message is {size} bytes, too large for {subject}",
	},
	{
		.step = "message bytes",
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.limit = KCTL_MESSAGE_MAX,
		.message = "message is {size} bytes, the limit is {limit}",
	},
	{
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.limit = KCTL_MESSAGE_MAX,
		.message =
			"message is {size} bytes, the limit is {limit}, or less if the channel is smaller",
		.hint = "see sysctl net.kctl.channel_max_bytes",
	},
	{
		.error = ECONNREFUSED,
		.status = EXIT_REFUSED,
		.message = "no receiver is bound to {subject}",
		.hint = "a channel of 2147483648 or above ends with its last receiver",
	},
	{
		.error = EIDRM,
		.status = EXIT_REFUSED,
		.message =
			"{subject} was deleted while the message waited for space",
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

/* The number of messages that were sent before an error as text, or "". */
static void describe_sent(const struct proto_result *result, char done[48])
{
	*done = '\0';
	if (result->sent)
		snprintf(done, 48, "%" PRIu64 " message%s sent", result->sent,
			 result->sent == 1 ? " was" : "s were");
}

enum exit_status proto_input_failed(const struct ctx *ctx,
				    const struct proto_result *result,
				    const char *step, const char *subject,
				    size_t limit)
{
	char done[48];

	describe_sent(result, done);
	return cmd_fail(ctx, (struct failure){ .step = step,
					       .error = result->error,
					       .subject = subject,
					       .size = limit,
					       .done = done });
}

enum exit_status proto_status(const struct ctx *ctx,
			      const struct proto_result *result)
{
	char subject[32], done[48];
	struct limit limit = { .error = result->error,
			       .channel = result->channel,
			       .size = result->size,
			       .sends = result->sends };

	if (!result->error)
		return EXIT_DONE;
	limit_find(&limit);
	snprintf(subject, sizeof(subject), "channel %" PRIu32, result->channel);
	describe_sent(result, done);
	return cmd_fail(
		ctx, (struct failure){ .step = limit.step,
				       .error = result->error,
				       .subject = subject,
				       .wait = result->timeout,
				       .size = result->size,
				       .hint = *limit.hint ? limit.hint : NULL,
				       .done = done,
				       .ext_ack = result->ext_ack });
}

bool is_channel_name(const char *text)
{
	static const char digits[] = "0123456789";
	static const char others[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789_.:/-";
	size_t len = strspn(text, others);

	return len && len < KCTL_NAME_SIZE && !text[len] && *text != '-' &&
	       !strchr(digits, *text);
}

bool opt_channel(const struct opt *opt, const char *arg, void *dest)
{
	struct channel_arg *channel = dest;

	if (opt_u32(opt, arg, &channel->number))
		return true;
	channel->name = arg;
	return is_channel_name(arg);
}

bool opt_channel_name(const struct opt *opt, const char *arg, void *dest)
{
	return (!*arg || is_channel_name(arg)) && opt_string(opt, arg, dest);
}

enum exit_status proto_resolve(struct ctx *ctx, void *args)
{
	struct channel_arg *channel = args;
	struct kctl_proto *socket;
	char subject[KCTL_NAME_SIZE + 16];
	int err;

	if (!channel->name)
		return EXIT_DONE;
	err = kctl_proto_open(&socket);
	if (!err)
		err = kctl_proto_resolve(socket, channel->name,
					 &channel->number);
	kctl_proto_close(socket);
	if (!err)
		return EXIT_DONE;
	snprintf(subject, sizeof(subject), "channel '%.64s'", channel->name);
	return cmd_fail(ctx, (struct failure){ .step = "name",
					       .error = err,
					       .subject = subject });
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

/* Only a socket on the channel can read the owner. If it cannot connect, sending fails too. */
void proto_check_destination(const struct ctx *ctx, struct kctl_proto *socket,
			     uint32_t channel)
{
	if (ctx->globals.quiet || kctl_proto_connect(socket, channel))
		return;
	proto_check_owner(ctx, socket, channel);
	(void)kctl_proto_disconnect(socket);
}
