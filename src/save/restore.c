// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl restore: the store and the channels of a file */
#include "save.h"
#include "channel/saved.h"
#include "store/store.h"
#include "store/storefile.h"

struct restore_args {
	const char *file;
	bool test;
	bool unchanged;
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
		.name = "if-unchanged",
		.help = "fail if the store has changed since it was saved",
		.parse = opt_flag,
		.offset = offsetof(struct restore_args, unchanged),
	},
	{
		.name = "append",
		.help = "append messages to those that wait",
		.parse = opt_flag,
		.offset = offsetof(struct restore_args, append),
	},
	{ 0 },
};

enum {
	STORE,
	CHANNELS,
	SECTIONS
};

/**
 * struct file - a file
 * @sections: its sections; one of them may be missing
 * @store: the content of one
 * @channels: that of the other
 */
struct file {
	struct savefile_section sections[SECTIONS];
	struct store_section store;
	struct channel_section channels;
};

static enum exit_status restore_store(struct ctx *ctx,
				      const struct restore_args *a,
				      const struct file *file)
{
	if (!file->sections[STORE].line)
		return EXIT_DONE;
	return store_restore(ctx, &file->store, 0, a->unchanged);
}

/* Check the channels as far as possible before the store changes. */
static enum exit_status restore(struct ctx *ctx, const struct restore_args *a,
				const struct file *file)
{
	struct channels_restore r = { .ctx = ctx,
				      .section = &file->channels,
				      .append = a->append };
	enum exit_status status;

	if (!file->sections[CHANNELS].line)
		return restore_store(ctx, a, file);
	status = channels_restore_begin(&r);
	if (!status)
		status = restore_store(ctx, a, file);
	if (!status)
		status = channels_restore_run(&r);
	channels_restore_end(&r);
	return status;
}

static enum exit_status
restore_file(struct ctx *ctx, const struct restore_args *a, struct file *file)
{
	enum exit_status status;

	status = savefile_read(ctx, a->file, file->sections, SECTIONS);
	if (!status && a->unchanged)
		status = store_check_dated(ctx, a->file, &file->store);
	if (!status && !a->test)
		status = restore(ctx, a, file);
	return status;
}

static enum exit_status restore_run(struct ctx *ctx, const void *args)
{
	const struct restore_args *a = args;
	struct file file = {
		.sections = {
			[STORE] = { .kind = &store_section_kind,
				    .content = &file.store },
			[CHANNELS] = { .kind = &channel_section_kind,
				       .content = &file.channels },
		},
		.channels = { .only_check = a->test },
	};
	enum exit_status status;
	int err = storefile_begin(&file.store);

	channels_limits(&file.channels);
	if (err)
		status = cmd_fail(ctx, (struct failure){ .error = err });
	else
		status = restore_file(ctx, a, &file);
	store_section_free(&file.store);
	channel_section_free(&file.channels);
	return status;
}

const struct command cmd_restore = {
	.noun = "restore",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "restore the store and the channels of a file",
	.notes =
		"Like sockopt restore and proto restore. If the file has an error, or a\n"
		"channel is not empty, nothing changes. Without FILE, or with -, read from\n"
		"standard input.",
	.example = "kctl restore --test /root/saved",
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.errors = { savefile_errors, store_restore_errors, replace_errors,
		    saved_errors },
	.prepare = savefile_prepare,
	.run = restore_run,
};
