// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto recv: take messages out of a channel */
#include <unistd.h>

#include "receive.h"

static const struct receive_args defaults = { .timeout = -1 };

static const struct opt recv_options[] = {
	OPT_CHANNEL(struct receive_args, "the channel to receive from", 1),
	RECEIVE_COUNT("end after N messages, 1 if left out"),
	{
		.name = "follow",
		.help = "go on until a signal",
		.parse = opt_flag,
		.offset = offsetof(struct receive_args, follow),
	},
	OPT_TIMEOUT(struct receive_args, "seconds to wait for a message"),
	RECEIVE_FORMATS,
	{ 0 },
};

static const char *recv_prepare(void *args, char *const *operands)
{
	struct receive_args *a = args;

	(void)operands;
	if (a->follow && a->count)
		return "--follow and --count exclude each other";
	if (!a->count)
		a->count = a->follow ? UINT64_MAX : 1;
	return receive_prepare(a);
}

static int bind_and_receive(struct ctx *ctx, const struct receive_args *a,
			    int fd, int family)
{
	uint32_t channel = a->channel;
	int err;

	err = receive_begin(ctx, a, fd);
	if (!err)
		err = kctl_proto_bind(fd, family, &channel);
	if (!err)
		err = cmd_wait_begin(ctx);
	return err ? err : receive(ctx, a, fd);
}

static enum exit_status cmd_proto_recv(struct ctx *ctx, const void *args)
{
	const struct receive_args *a = args;
	int family, fd = kctl_proto_open(&family);
	struct proto_result result = {
		.error = fd,
		.channel = a->channel,
		.timeout = a->timeout,
	};

	if (fd >= 0) {
		result.error = bind_and_receive(ctx, a, fd, family);
		close(fd);
	}
	return proto_status(ctx, &result);
}

const struct command proto_recv_commands[] = {
	{
		.noun = "proto",
		.verb = "recv",
		.help = "take messages out of a channel and print them",
		.options = recv_options,
		.defaults = &defaults,
		.args_size = sizeof(struct receive_args),
		.prepare = recv_prepare,
		.run = cmd_proto_recv,
	},
	{ 0 },
};
