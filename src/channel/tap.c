// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto tap: print copies of the messages sent to a channel */
#include "channel.h"
#include "receive.h"

static const struct receive_args defaults = { .timeout = -1, .tap = true };

static const struct opt tap_options[] = {
	OPT_CHANNEL(struct receive_args, "the channel to look at", 1),
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
	.help = "print copies of what is sent to a channel",
	.notes =
		"Its receivers get it all the same. Without --count it ends with a signal. With\n"
		"a -v in front of the noun, or -j, it is told when the tap is there.",
	.options = tap_options,
	.defaults = &defaults,
	.args_size = sizeof(struct receive_args),
	.errors = { receive_errors, channel_errors },
	.prepare = tap_prepare,
	.run = receive_run,
};
