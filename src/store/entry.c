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
};

static const struct sockopt_args defaults = { .name = KCTL_NAME_DEFAULT };

/* Largest number of names for get and delete; the names must fit into ARGS_MAX. */
#define NAMES_MAX      64
#define NAMES_EXPECTED "at most 64 names"

/* The names that an option adds. */
struct names {
	const char *name[NAMES_MAX];
	size_t count;
};

struct names_args {
	struct names names;
	uint64_t generation;
	bool raw;
};

static bool opt_names(const struct opt *opt, const char *arg, void *dest)
{
	struct names *names = dest;

	(void)opt;
	if (names->count == NAMES_MAX)
		return false;
	names->name[names->count++] = arg;
	return true;
}

#define OPT_IF_GENERATION(type)                                         \
	{                                                               \
		.name = "if-generation", .arg = "G",                    \
		.help = "fail unless the entry has generation G",       \
		.parse = opt_u64, .offset = offsetof(type, generation), \
		.min = 1, .max = UINT64_MAX,                            \
	}

static const struct opt set_options[] = {
	{
		.name = "name",
		.arg = "NAME",
		.help = "the entry (default: \"" KCTL_NAME_DEFAULT "\")",
		.parse = opt_string,
		.offset = offsetof(struct sockopt_args, name),
	},
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
	OPT_IF_GENERATION(struct sockopt_args),
	{ 0 },
};

static const struct opt get_options[] = {
	{
		.name = "name",
		.arg = "NAME",
		.help = "the entry (default: \"" KCTL_NAME_DEFAULT
			"\"), can be repeated",
		.expects = NAMES_EXPECTED,
		.parse = opt_names,
		.offset = offsetof(struct names_args, names),
		.adds_up = true,
	},
	{
		.name = "raw",
		.help = "print exactly the value, without a newline",
		.parse = opt_flag,
		.offset = offsetof(struct names_args, raw),
	},
	{ 0 },
};

static const struct opt delete_options[] = {
	{
		.name = "name",
		.arg = "NAME",
		.help = "the entry, can be repeated",
		.expects = NAMES_EXPECTED,
		.parse = opt_names,
		.offset = offsetof(struct names_args, names),
		.required = true,
		.adds_up = true,
	},
	OPT_IF_GENERATION(struct names_args),
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

static const char *get_prepare(void *args, char *const *operands)
{
	struct names *names = &((struct names_args *)args)->names;

	(void)operands;
	if (!names->count)
		names->name[names->count++] = KCTL_NAME_DEFAULT;
	return NULL;
}

/* Each entry has another generation. */
static const char *delete_prepare(void *args, char *const *operands)
{
	const struct names_args *a = args;

	(void)operands;
	if (a->generation && a->names.count > 1)
		return "--if-generation is for a single --name";
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

/* Set @hint to the limit of the store that is reached, unless there is space again. */
static void name_limit(struct kctl_store *store, const char *name, size_t size,
		       char *hint, size_t hint_size)
{
	struct kctl_info info;
	uint64_t generation;

	if (kctl_store_info(store, &info, sizeof(info)) ||
	    kctl_store_generation(store, name, &generation))
		return;
	/* A value for an existing entry does not need another entry. */
	if (!generation && info.entries >= info.max_entries)
		snprintf(hint, hint_size,
			 "it has %" PRIu32 " entries, the limit is %" PRIu32
			 ": sysctl net.kctl.store_max_entries",
			 info.entries, info.max_entries);
	else if (info.bytes + size > info.max_bytes)
		snprintf(hint, hint_size,
			 "it has %" PRIu64
			 " bytes, the value %zu, the limit is %" PRIu64
			 ": sysctl net.kctl.store_max_bytes",
			 (uint64_t)info.bytes, size, (uint64_t)info.max_bytes);
}

static enum exit_status no_space(struct ctx *ctx, const char *name, size_t size)
{
	char hint[160] = STORE_LIMITS_HINT;
	struct kctl_store *store;

	if (!kctl_store_open(&store))
		name_limit(store, name, size, hint, sizeof(hint));
	kctl_store_close(store);
	return cmd_fail(ctx, (struct failure){ .error = -ENOSPC,
					       .subject = name,
					       .hint = hint });
}

/* Report that a change expected another generation than the entry has. */
static enum exit_status stale(struct ctx *ctx, const char *name,
			      uint64_t generation)
{
	struct failure failure = { .error = -ESTALE,
				   .subject = name,
				   .wanted = generation };
	struct kctl_store *store;

	if (!kctl_store_open(&store) &&
	    !kctl_store_generation(store, name, &failure.actual))
		failure.step = failure.actual ? "stale" : "gone";
	kctl_store_close(store);
	return cmd_fail(ctx, failure);
}

int store_print_generation(struct out *out, struct kctl_store *store,
			   const char *name)
{
	uint64_t generation;
	int err = kctl_store_generation(store, name, &generation);

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
	struct kctl_store *store;
	int err;

	err = kctl_entry_name(&entry, a->name);
	if (err)
		return err;
	if (a->public)
		entry.flags |= KCTL_ENTRY_PUBLIC;
	if (a->create)
		entry.flags |= KCTL_ENTRY_CREATE;
	err = kctl_store_open(&store);
	if (err)
		return err;
	err = kctl_store_set(store, &entry, input->data, input->size);
	if (!err && ctx->globals.verbose)
		err = store_print_generation(&ctx->out, store, a->name);
	kctl_store_close(store);
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
	if (err == -ESTALE)
		status = stale(ctx, a->name, a->generation);
	else if (err == -ENOSPC)
		status = no_space(ctx, a->name, input.size);
	else
		status = store_status(ctx, err, a->name, input.size);
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
	out_json_time(out, "changed", entry->changed);
	out_bool(out, "public", NULL, entry->flags & KCTL_ENTRY_PUBLIC);
	if (raw && !out->json)
		out_file(out, entry->value, entry->size);
	else
		out_bytes(out, "value", entry->value, entry->size);
	if (!raw)
		out_text(out, "\n");
	out_end(out);
}

static void print_entries(struct out *out, const struct names_args *a,
			  struct kctl_entry *const *entries)
{
	bool several = a->names.count > 1;

	if (several)
		out_array(out, NULL);
	for (size_t i = 0; i < a->names.count; i++)
		print_entry(out, entries[i], a->raw);
	if (several)
		out_end(out);
}

/* Print all entries or none, so that a script can rely on the number of lines. */
static enum exit_status get_run(struct ctx *ctx, const void *args)
{
	const struct names_args *a = args;
	struct kctl_entry *entries[NAMES_MAX] = { NULL };
	struct kctl_store *store;
	size_t count = 0;
	int err;

	err = kctl_store_open(&store);
	if (err)
		return store_status(ctx, err, a->names.name[0], 0);
	do {
		err = kctl_store_get(store, a->names.name[count],
				     &entries[count]);
	} while (!err && ++count < a->names.count);
	kctl_store_close(store);
	if (!err)
		print_entries(&ctx->out, a, entries);
	for (size_t i = 0; i < count; i++)
		kctl_entry_free(entries[i]);
	return err ? store_status(ctx, err, a->names.name[count], 0) :
		     EXIT_DONE;
}

static enum exit_status delete_failed(struct ctx *ctx, int err,
				      const struct names_args *a,
				      size_t deleted)
{
	const char *name = a->names.name[deleted];
	char done[64] = "";

	if (err == -ESTALE)
		return stale(ctx, name, a->generation);
	if (deleted)
		snprintf(done, sizeof(done), "%zu %s deleted before", deleted,
			 deleted == 1 ? "entry was" : "entries were");
	return cmd_fail(ctx, (struct failure){ .error = err,
					       .subject = name,
					       .done = done });
}

static enum exit_status delete_run(struct ctx *ctx, const void *args)
{
	const struct names_args *a = args;
	struct kctl_store *store;
	size_t deleted = 0;
	int err;

	err = kctl_store_open(&store);
	if (err)
		return store_status(ctx, err, a->names.name[0], 0);
	do {
		err = kctl_store_delete(store, a->names.name[deleted],
					a->generation);
	} while (!err && ++deleted < a->names.count);
	kctl_store_close(store);
	return err ? delete_failed(ctx, err, a, deleted) : EXIT_DONE;
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
			"entry '{subject}' of generation {wanted} no longer exists, nothing was changed",
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
		.hint = "a name has 1 to 63 characters of A-Z a-z 0-9 _ . : / -",
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
		.hint = STORE_LIMITS_HINT,
	},
	{ 0 },
};

const struct command cmd_sockopt_set = {
	.noun = "sockopt",
	.verb = "set",
	.operands = "VALUE|-",
	.max_operands = 1,
	.forgotten = { "name" },
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
	.forgotten = { "name" },
	.help = "print the values of entries",
	.notes = "If one of several cannot be read, nothing is printed.",
	.example = "kctl sockopt get --name motd",
	.options = get_options,
	.args_size = sizeof(struct names_args),
	.errors = { entry_errors },
	.prepare = get_prepare,
	.run = get_run,
};

const struct command cmd_sockopt_delete = {
	.noun = "sockopt",
	.verb = "delete",
	.help = "delete entries",
	.notes =
		"Several are deleted one after the other, up to the first that cannot be deleted.",
	.example = "kctl sockopt delete --name motd",
	.options = delete_options,
	.args_size = sizeof(struct names_args),
	.errors = { entry_errors },
	.prepare = delete_prepare,
	.run = delete_run,
};
