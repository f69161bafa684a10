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

	if (a->unchanged && a->generation)
		return "--if-unchanged and --if-generation exclude each other";
	return savefile_prepare(args, operands);
}

enum exit_status store_restore(struct ctx *ctx,
			       const struct store_section *file,
			       uint64_t generation, bool unchanged)
{
	char subject[96];
	int err;

	if (unchanged)
		generation = file->generation;
	if (unchanged)
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

enum exit_status store_check_dated(struct ctx *ctx, const char *path,
				   const struct store_section *file)
{
	if (file->generation != SAVEFILE_UNNAMED)
		return EXIT_DONE;
	return cmd_fail(ctx,
			(struct failure){ .step = "undated",
					  .error = -EINVAL,
					  .subject = path ? path :
							    "standard input" });
}

static enum exit_status restore_run(struct ctx *ctx, const void *args)
{
	const struct restore_args *a = args;
	struct store_section file;
	enum exit_status status;

	status = storefile_read(ctx, a->file, &file);
	if (!status && a->unchanged)
		status = store_check_dated(ctx, a->file, &file);
	if (!status && !a->test)
		status = store_restore(ctx, &file, a->generation, a->unchanged);
	store_section_free(&file);
	return status;
}

const struct error_row store_restore_errors[] = {
	{
		.step = "undated",
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message =
			"{subject} does not name the generation of the store",
		.hint = "--if-unchanged is for files of kctl save and kctl sockopt save",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message =
			"the store has no space for {subject}, nothing was changed",
		.hint = STORE_LIMITS_HINT,
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
	.errors = { store_restore_errors, savefile_errors, replace_errors },
	.prepare = restore_prepare,
	.run = restore_run,
};
