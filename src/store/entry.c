// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt set, get, delete: one entry of the store */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "store.h"
#include "cli/input.h"
#include "lib/libkctl.h"

struct sockopt_args {
	const char *name;
	const char *file;
	const char *value;
	uint64_t generation;
	bool public;
	bool create;
	bool raw;
};

static const struct sockopt_args defaults = { .name = KCTL_NAME_DEFAULT };

#define OPT_NAME                                                          \
	{                                                                 \
		.name = "name", .arg = "NAME",                            \
		.help = "the entry (default: \"" KCTL_NAME_DEFAULT "\")", \
		.parse = opt_string,                                      \
		.offset = offsetof(struct sockopt_args, name),            \
	}

#define OPT_IF_GENERATION                                                      \
	{                                                                      \
		.name = "if-generation", .arg = "G",                           \
		.help = "fail unless the entry has generation G",              \
		.parse = opt_u64,                                              \
		.offset = offsetof(struct sockopt_args, generation), .min = 1, \
		.max = UINT64_MAX,                                             \
	}

static const struct opt set_options[] = {
	OPT_NAME,
	{
		.name = "file",
		.arg = "FILE",
		.help = "read the value from FILE",
		.parse = opt_string,
		.offset = offsetof(struct sockopt_args, file),
	},
	{
		.name = "public",
		.help = "let every user read the entry",
		.parse = opt_flag,
		.offset = offsetof(struct sockopt_args, public),
	},
	{
		.name = "create",
		.help = "fail if the entry exists",
		.parse = opt_flag,
		.offset = offsetof(struct sockopt_args, create),
	},
	OPT_IF_GENERATION,
	{ 0 },
};

static const struct opt get_options[] = {
	OPT_NAME,
	{
		.name = "raw",
		.help = "print exactly the value, without a newline",
		.parse = opt_flag,
		.offset = offsetof(struct sockopt_args, raw),
	},
	{ 0 },
};

static const struct opt delete_options[] = {
	{
		.name = "name",
		.arg = "NAME",
		.help = "the entry",
		.parse = opt_string,
		.offset = offsetof(struct sockopt_args, name),
		.required = true,
	},
	OPT_IF_GENERATION,
	{ 0 },
};

static const char *set_prepare(void *args, char *const *operands)
{
	struct sockopt_args *a = args;

	a->value = operands[0];
	if (!a->value && !a->file)
		return "a value is missing: VALUE, - or --file FILE";
	if (a->value && a->file)
		return "VALUE and --file exclude each other";
	return NULL;
}

/* Report an error about the entry @name, unless @err is 0. */
static enum exit_status store_status(struct ctx *ctx, int err, const char *name,
				     size_t size)
{
	if (!err)
		return EXIT_DONE;
	return cmd_fail(ctx, (struct failure){ .error = err,
					       .subject = name,
					       .size = size });
}

/* Report that a change expected another generation than the entry has. */
static enum exit_status stale(struct ctx *ctx, const struct sockopt_args *a)
{
	struct failure failure = { .error = -ESTALE,
				   .subject = a->name,
				   .wanted = a->generation };
	int fd = kctl_store_open();

	if (fd >= 0 && !kctl_store_generation(fd, a->name, &failure.actual))
		failure.step = failure.actual ? "stale" : "gone";
	if (fd >= 0)
		close(fd);
	return cmd_fail(ctx, failure);
}

static enum exit_status change_status(struct ctx *ctx, int err,
				      const struct sockopt_args *a, size_t size)
{
	if (err == -ESTALE)
		return stale(ctx, a);
	return store_status(ctx, err, a->name, size);
}

int store_print_generation(struct out *out, int fd, const char *name)
{
	uint64_t generation;
	int err = kctl_store_generation(fd, name, &generation);

	if (err)
		return err;
	out_object(out, NULL);
	out_json_string(out, "name", name);
	out_u64(out, "generation", "%" PRIu64 "\n", generation);
	out_end(out);
	return 0;
}

static int set_entry(struct ctx *ctx, const struct sockopt_args *a,
		     const struct input *input)
{
	struct kctl_entry entry = { .generation = a->generation };
	int fd, err;

	err = kctl_entry_name(&entry, a->name);
	if (err)
		return err;
	if (a->public)
		entry.flags |= KCTL_ENTRY_PUBLIC;
	if (a->create)
		entry.flags |= KCTL_ENTRY_CREATE;
	fd = kctl_store_open();
	if (fd < 0)
		return fd;
	err = kctl_store_set(fd, &entry, input->data, input->size);
	if (!err && ctx->globals.verbose)
		err = store_print_generation(&ctx->out, fd, a->name);
	close(fd);
	return err;
}

static enum exit_status set_run(struct ctx *ctx, const void *args)
{
	const struct sockopt_args *a = args;
	enum exit_status status;
	struct input input;
	int err;

	err = input_read(&input, INPUT_MAX, a->value, a->file);
	if (err)
		return cmd_read_failed(ctx, err, INPUT_MAX, a->file);
	err = set_entry(ctx, a, &input);
	status = change_status(ctx, err, a, input.size);
	input_free(&input);
	return status;
}

static void print_entry(struct out *out, const struct kctl_entry *entry,
			bool raw)
{
	out_object(out, NULL);
	out_json_string(out, "name", entry->name);
	out_json_u64(out, "size", entry->size);
	out_json_u64(out, "generation", entry->generation);
	out_json_u64(out, "changed", entry->changed);
	out_bool(out, "public", NULL, entry->flags & KCTL_ENTRY_PUBLIC);
	if (raw && !out->json)
		out_file(out, entry->value, entry->size);
	else
		out_bytes(out, "value", entry->value, entry->size);
	if (!raw)
		out_text(out, "\n");
	out_end(out);
}

static enum exit_status get_run(struct ctx *ctx, const void *args)
{
	const struct sockopt_args *a = args;
	struct kctl_entry *entry;
	int fd, err;

	fd = kctl_store_open();
	if (fd < 0)
		return store_status(ctx, fd, a->name, 0);
	err = kctl_store_get(fd, a->name, &entry);
	close(fd);
	if (!err) {
		print_entry(&ctx->out, entry, a->raw);
		free(entry);
	}
	return store_status(ctx, err, a->name, 0);
}

static enum exit_status delete_run(struct ctx *ctx, const void *args)
{
	const struct sockopt_args *a = args;
	int fd, err;

	fd = kctl_store_open();
	if (fd < 0)
		return store_status(ctx, fd, a->name, 0);
	err = kctl_store_delete(fd, a->name, a->generation);
	close(fd);
	return change_status(ctx, err, a, 0);
}

const struct error_row entry_errors[] = {
	{
		.step = "stale",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"entry '{subject}' has generation {actual}, not {wanted}, nothing was changed",
		.hint = "read it again: kctl -j sockopt get --name {subject}",
	},
	{
		.step = "gone",
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"entry '{subject}' of generation {wanted} does not exist any more, nothing was changed",
	},
	{
		.error = ESTALE,
		.status = EXIT_REFUSED,
		.message =
			"entry '{subject}' has another generation, nothing was changed",
		.hint = "read it again: kctl -j sockopt get --name {subject}",
	},
	{
		.error = ENOENT,
		.status = EXIT_REFUSED,
		.message = "entry '{subject}' does not exist",
	},
	{
		.error = EINVAL,
		.status = EXIT_REFUSED,
		.message = "the kernel rejects the name '{subject}'",
		.hint = "a name has 1 to 63 characters out of A-Z a-z 0-9 _ . : / -",
	},
	{ 0 },
};

static const struct error_row set_errors[] = {
	{
		.error = EMSGSIZE,
		.status = EXIT_REFUSED,
		.limit = KCTL_VALUE_MAX,
		.message = "value is {size} bytes, the limit is {limit}",
	},
	{
		.error = EEXIST,
		.status = EXIT_REFUSED,
		.message = "entry '{subject}' already exists",
		.hint = "to replace it, leave out --create",
	},
	{
		.error = ENOSPC,
		.status = EXIT_REFUSED,
		.message = "the store has no space for '{subject}'",
		.hint = "see the limits: kctl status",
	},
	{ 0 },
};

const struct command cmd_sockopt_set = {
	.noun = "sockopt",
	.verb = "set",
	.operands = "VALUE|-",
	.max_operands = 1,
	.forgotten = "name",
	.help = "create or replace an entry of the store",
	.notes =
		"With - the value is read from standard input and stored unchanged, with any\n"
		"newline at its end. A VALUE that begins with - goes after --.",
	.example = "kctl sockopt set --name motd --public hello",
	.options = set_options,
	.defaults = &defaults,
	.args_size = sizeof(struct sockopt_args),
	.errors = { set_errors, entry_errors },
	.prepare = set_prepare,
	.run = set_run,
};

const struct command cmd_sockopt_get = {
	.noun = "sockopt",
	.verb = "get",
	.forgotten = "name",
	.help = "print the value of an entry",
	.example = "kctl sockopt get --name motd",
	.options = get_options,
	.defaults = &defaults,
	.args_size = sizeof(struct sockopt_args),
	.errors = { entry_errors },
	.run = get_run,
};

const struct command cmd_sockopt_delete = {
	.noun = "sockopt",
	.verb = "delete",
	.help = "delete an entry",
	.example = "kctl sockopt delete --name motd",
	.options = delete_options,
	.defaults = &defaults,
	.args_size = sizeof(struct sockopt_args),
	.errors = { entry_errors },
	.run = delete_run,
};
