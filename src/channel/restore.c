// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl proto restore: set the channels of a file, and send their messages */
#include "channel.h"
#include "proto.h"
#include "saved.h"

struct restore_args {
	const char *file;
	bool test;
	bool append;
};

static const struct opt restore_options[] = {
	{
		.name = "test",
		.help = "check the file and change nothing",
		.parse = opt_flag,
		.offset = offsetof(struct restore_args, test),
	},
	{
		.name = "append",
		.help = "append messages to those that wait",
		.parse = opt_flag,
		.offset = offsetof(struct restore_args, append),
	},
	{ 0 },
};

static enum exit_status restore(struct ctx *ctx, const struct restore_args *a,
				const struct channel_section *content)
{
	struct channels_restore r = { .ctx = ctx,
				      .section = content,
				      .append = a->append };
	enum exit_status status = channels_restore_begin(&r);

	if (!status)
		status = channels_restore_run(&r);
	channels_restore_end(&r);
	return status;
}

static enum exit_status restore_run(struct ctx *ctx, const void *args)
{
	const struct restore_args *a = args;
	struct channel_section content = { .only_check = a->test };
	struct savefile_section section = { .kind = &channel_section_kind,
					    .content = &content };
	enum exit_status status;

	channels_limits(&content);
	status = savefile_read(ctx, a->file, &section, 1);
	if (!status && !a->test)
		status = restore(ctx, a, &content);
	channel_section_free(&content);
	return status;
}

const struct command cmd_proto_restore = {
	.noun = "proto",
	.verb = "restore",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "set the channels of a saved file, send its messages",
	.notes =
		"Without FILE, or with -, read from standard input. If the file has an error,\n"
		"nothing changes. Channels that are not in the file stay as they are.",
	.example = "kctl proto restore --test /root/channels",
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.errors = { savefile_errors, saved_errors, channel_errors },
	.prepare = savefile_prepare,
	.run = restore_run,
};
