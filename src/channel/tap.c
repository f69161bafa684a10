// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto tap: print copies of the messages sent to a channel */
#include "channel.h"
#include "receive.h"

static const struct receive_args defaults = { .timeout = -1, .tap = true };

static const struct opt tap_options[] = {
	OPT_CHANNEL(struct receive_args, "the channel to tap"),
	RECEIVE_COUNT("end after N messages"),
	OPT_TIMEOUT(struct receive_args, "seconds to wait for a message"),
	RECEIVE_FORMATS,
	{ 0 },
};

static const char *tap_prepare(void *args, char *const *operands)
{
	struct receive_args *a = args;

	(void)operands;
	if (!a->count)
		a->count = UINT64_MAX;
	return receive_prepare(a);
}

const struct command cmd_proto_tap = {
	.noun = "proto",
	.verb = "tap",
	.help = "print copies of the messages sent to a channel",
	.notes =
		"The receivers still get every message. Without --count, tap runs until a signal.\n"
		"kctl -v and kctl -j report when the tap is in place.",
	.example = "kctl proto tap --channel 7 --count 10 -v",
	.options = tap_options,
	.defaults = &defaults,
	.args_size = sizeof(struct receive_args),
	.errors = { receive_errors, channel_errors },
	.prepare = tap_prepare,
	.resolve = proto_resolve,
	.run = receive_run,
};
