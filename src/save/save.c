// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl save: write the store and the channels to a file */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "save.h"
#include "channel/proto.h"
#include "channel/saved.h"
#include "store/section.h"
#include "store/store.h"

struct save_args {
	const char *file;
	bool messages;
};

static const struct opt save_options[] = {
	{
		.name = "messages",
		.help = "save the messages that wait in channels too",
		.parse = opt_flag,
		.offset = offsetof(struct save_args, messages),
	},
	{ 0 },
};

static const char *save_prepare(void *args, char *const *operands)
{
	struct save_args *a = args;

	a->file = savefile_operand(operands);
	return NULL;
}

static enum exit_status save_both(struct ctx *ctx, const struct save_args *a,
				  FILE *stream)
{
	struct kctl_snapshot *snapshot;
	int err = store_read(&snapshot);

	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err });
	store_section_put(snapshot, time(NULL), stream);
	kctl_snapshot_free(snapshot);
	return channels_save(ctx, a->messages, stream);
}

static enum exit_status save_run(struct ctx *ctx, const void *args)
{
	const struct save_args *a = args;
	enum exit_status status;
	FILE *stream;
	char *text;
	size_t size;
	int err;

	stream = open_memstream(&text, &size);
	if (!stream)
		return cmd_fail(ctx, (struct failure){ .error = -ENOMEM });
	status = save_both(ctx, a, stream);
	err = savefile_close(stream, &text);
	if (!status && err)
		status = cmd_fail(ctx, (struct failure){ .error = err });
	if (!status)
		status = savefile_write(ctx, a->file, text, size);
	free(text);
	return status;
}

const struct command cmd_save = {
	.noun = "save",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "write the store and the channels to a file",
	.notes =
		"As sockopt save and proto save do, one behind the other. Without FILE, or\n"
		"with -, write to standard output.",
	.example = "kctl save --messages /root/saved",
	.options = save_options,
	.args_size = sizeof(struct save_args),
	.errors = { savefile_errors, store_read_errors, saved_errors },
	.prepare = save_prepare,
	.run = save_run,
};
