// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt flush, save: the whole store */
#include <errno.h>
#include <time.h>

#include "section.h"
#include "store.h"
#include "lib/libkctl.h"

struct table_args {
	const char *file;
	uint64_t generation;
};

#define OPT_IF_GENERATION                                                    \
	{                                                                    \
		.name = "if-generation", .arg = "G",                         \
		.help = "fail unless the store has generation G",            \
		.parse = opt_u64,                                            \
		.offset = offsetof(struct table_args, generation), .min = 1, \
		.max = UINT64_MAX,                                           \
	}

static const struct opt flush_options[] = { OPT_IF_GENERATION, { 0 } };

int store_read(struct kctl_snapshot **snapshot)
{
	struct kctl_store *store;
	int err;

	*snapshot = NULL;
	err = kctl_store_open(&store);
	if (err)
		return err;
	err = kctl_store_table_get(store, snapshot);
	kctl_store_close(store);
	return err;
}

int store_replace(const struct kctl_table_builder *table, uint64_t generation)
{
	struct kctl_store *store;
	int err;

	err = kctl_store_open(&store);
	if (err)
		return err;
	err = kctl_store_replace(store, table, generation);
	kctl_store_close(store);
	return err;
}

/*
 * REPLACE takes 0 for any generation. So a change between the two calls is lost, but only the
 * first change of a store can be.
 */
int store_replace_unchanged(const struct kctl_table_builder *table,
			    uint64_t generation)
{
	struct kctl_info info = { 0 };
	struct kctl_store *store;
	int err;

	err = kctl_store_open(&store);
	if (err)
		return err;
	if (!generation)
		err = kctl_store_info(store, &info, sizeof(info));
	if (!err && info.generation)
		err = -ESTALE;
	if (!err)
		err = kctl_store_replace(store, table, generation);
	kctl_store_close(store);
	return err;
}

enum exit_status store_replace_failed(struct ctx *ctx, struct failure failure)
{
	struct kctl_store *store = NULL;
	struct kctl_info info;

	if (failure.error == -ESTALE && !kctl_store_open(&store) &&
	    !kctl_store_info(store, &info, sizeof(info))) {
		failure.step = "stale";
		failure.actual = info.generation;
	}
	kctl_store_close(store);
	return cmd_fail(ctx, failure);
}

static enum exit_status flush_run(struct ctx *ctx, const void *args)
{
	const struct table_args *a = args;
	int err = store_replace(NULL, a->generation);

	if (!err)
		return EXIT_DONE;
	return store_replace_failed(
		ctx, (struct failure){ .error = err, .wanted = a->generation });
}

enum exit_status store_save(struct ctx *ctx, const void *args, FILE *stream)
{
	struct kctl_snapshot *snapshot;
	int err = store_read(&snapshot);

	(void)args;
	if (err)
		return cmd_fail(ctx, (struct failure){ .error = err });
	store_section_put(snapshot, time(NULL), stream);
	kctl_snapshot_free(snapshot);
	return EXIT_DONE;
}

static enum exit_status save_run(struct ctx *ctx, const void *args)
{
	const struct table_args *a = args;

	return savefile_save(ctx, a->file, store_save, NULL);
}

const struct error_row store_read_errors[] = {
	{
		.error = EAGAIN,
		.status = EXIT_REFUSED,
		.message = "the store keeps growing too fast to be read",
		.hint = "try again",
	},
	{ 0 },
};

const struct error_row replace_errors[] = {
	{
		.step = "stale",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store has generation {actual}, not {wanted}, nothing was changed",
	},
	{
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"the store has another generation, nothing was changed",
		.hint = "see the current one: kctl status",
	},
	{ 0 },
};

const struct command cmd_sockopt_flush = {
	.noun = "sockopt",
	.verb = "flush",
	.help = "delete all entries of the store",
	.example = "kctl sockopt flush",
	.options = flush_options,
	.args_size = sizeof(struct table_args),
	.errors = { replace_errors },
	.run = flush_run,
};

const struct command cmd_sockopt_save = {
	.noun = "sockopt",
	.verb = "save",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "write the store to a file",
	.notes =
		"Without FILE, or with -, write to standard output. kctl-sockopt(8) describes the\n"
		"format.",
	.example = "kctl sockopt save /root/store",
	.options = no_options,
	.args_size = sizeof(struct table_args),
	.errors = { savefile_errors, store_read_errors },
	.prepare = savefile_prepare,
	.run = save_run,
};
