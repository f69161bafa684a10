// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto list: what channels there are */
#include <inttypes.h>
#include <stdlib.h>

#include "cmd_proto.h"

static void print_channels(struct out *out, const struct kctl_channel *channels,
			   size_t count)
{
	out_array(out, NULL);
	out_style(out, STYLE_HEADING);
	out_text(out, "%10s %10s %10s %10s", "CHANNEL", "MESSAGES", "BYTES",
		 "RECEIVERS");
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
	for (const struct kctl_channel *c = channels; c < channels + count;
	     c++) {
		out_object(out, NULL);
		out_u64(out, "channel", c->number, "%10" PRIu32, c->number);
		out_u64(out, "messages", c->messages, " %10" PRIu32,
			c->messages);
		out_u64(out, "bytes", c->bytes, " %10" PRIu64, c->bytes);
		out_u64(out, "receivers", c->receivers, " %10" PRIu32 "\n",
			c->receivers);
		out_end(out);
	}
	out_end(out);
}

static enum exit_status cmd_proto_list(struct ctx *ctx, const void *args)
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

const struct command proto_list_commands[] = {
	{
		.noun = "proto",
		.verb = "list",
		.help = "list the channels",
		.options = no_options,
		.run = cmd_proto_list,
	},
	{ 0 },
};
