// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt restore: replace the whole store with a saved one */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "store.h"
#include "storefile.h"

struct restore_args {
	const char *file;
	uint64_t generation;
	bool unchanged;
	bool test;
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
		.name = "if-generation",
		.arg = "G",
		.help = "fail unless the store has generation G",
		.parse = opt_u64,
		.offset = offsetof(struct restore_args, generation),
		.min = 1,
		.max = UINT64_MAX,
	},
	{ 0 },
};

static const char *restore_prepare(void *args, char *const *operands)
{
	struct restore_args *a = args;

	a->file = savefile_operand(operands);
	if (a->unchanged && a->generation)
		return "--if-unchanged and --if-generation exclude each other";
	return NULL;
}

/* Replace the store with the content of @file. */
static enum exit_status restore(struct ctx *ctx, const struct restore_args *a,
				const struct store_section *file)
{
	uint64_t generation = a->unchanged ? file->generation : a->generation;
	char subject[96];
	int err;

	if (a->unchanged)
		err = store_replace_unchanged(file->table, generation);
	else
		err = store_replace(file->table, generation);
	if (!err)
		return EXIT_DONE;
	snprintf(subject, sizeof(subject), "%zu entries in %zu bytes",
		 file->count, kctl_table_size(file->table));
	return store_replace_failed(ctx,
				    (struct failure){ .error = err,
						      .subject = subject,
						      .wanted = generation });
}

static enum exit_status undated(struct ctx *ctx, const char *file)
{
	return cmd_fail(ctx,
			(struct failure){ .step = "undated",
					  .error = -EINVAL,
					  .subject = file ? file :
							    "standard input" });
}

static enum exit_status restore_run(struct ctx *ctx, const void *args)
{
	const struct restore_args *a = args;
	struct store_section file;
	enum exit_status status;

	status = storefile_read(ctx, a->file, &file);
	if (!status && a->unchanged && file.generation == SAVEFILE_UNNAMED)
		status = undated(ctx, a->file);
	else if (!status && !a->test)
		status = restore(ctx, a, &file);
	store_section_free(&file);
	return status;
}

static const struct error_row restore_errors[] = {
	{
		.step = "undated",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message =
			"{subject} does not name the generation of the store",
		.hint = "--if-unchanged is for files of kctl sockopt save",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"the store has no space for {subject}, nothing was changed",
		.hint = "see the limits: kctl status",
	},
	{
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.message = "no store can hold {subject}",
	},
	{ 0 },
};

const struct command cmd_sockopt_restore = {
	.noun = "sockopt",
	.verb = "restore",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "replace the whole store with a saved one, atomically",
	.notes =
		"Without FILE, or with -, read from standard input. If the file has an error,\n"
		"nothing changes.",
	.example = "kctl sockopt restore --test /root/store",
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.errors = { restore_errors, savefile_errors, replace_errors },
	.prepare = restore_prepare,
	.run = restore_run,
};
