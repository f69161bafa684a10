// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl save: write the store and the channels to a file */
#include "save.h"
#include "channel/saved.h"
#include "store/store.h"

static enum exit_status save_both(struct ctx *ctx, const void *args,
				  FILE *stream)
{
	enum exit_status status = store_save(ctx, args, stream);

	return status ? status : channels_save(ctx, args, stream);
}

static enum exit_status save_run(struct ctx *ctx, const void *args)
{
	const struct channels_save_args *a = args;

	return savefile_save(ctx, a->file, save_both, a);
}

const struct command cmd_save = {
	.noun = "save",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "write the store and the channels to a file",
	.notes =
		"The output of sockopt save, followed by that of proto save. Without FILE, or\n"
		"with -, write to standard output.",
	.example = "kctl save --messages /root/saved",
	.options = channels_save_options,
	.args_size = sizeof(struct channels_save_args),
	.errors = { savefile_errors, store_read_errors, saved_errors },
	.prepare = savefile_prepare,
	.run = save_run,
};
