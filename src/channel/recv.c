// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto recv: receive messages from a channel */
#include "channel.h"
#include "receive.h"

static const struct receive_args defaults = { .timeout = -1 };

static const struct opt recv_options[] = {
	OPT_CHANNEL(struct receive_args, "the channel to receive from"),
	RECEIVE_COUNT("end after N messages (default 1)"),
	{
		.name = "follow",
		.help = "continue until a signal",
		.parse = opt_flag,
		.offset = offsetof(struct receive_args, follow),
	},
	{
		.name = "peek",
		.help = "print the oldest message, and leave it there",
		.parse = opt_flag,
		.offset = offsetof(struct receive_args, peek),
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
	if (a->peek && (a->follow || a->count))
		return "--peek is for one message: it stays the oldest";
	if (!a->count)
		a->count = a->follow ? UINT64_MAX : 1;
	return receive_prepare(a);
}

const struct command cmd_proto_recv = {
	.noun = "proto",
	.verb = "recv",
	.help = "receive messages from a channel and print them",
	.example = "kctl proto recv --channel 7 --timeout 10",
	.options = recv_options,
	.defaults = &defaults,
	.args_size = sizeof(struct receive_args),
	.errors = { receive_errors, channel_errors },
	.prepare = recv_prepare,
	.resolve = proto_resolve,
	.run = receive_run,
};
