// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt diff: print what restore would change */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"
#include "storefile.h"

struct diff_args {
	const char *file;
};

/* A line of a save file, behind @sign. */
static int print_line(struct out *out, char sign,
		      const struct kctl_entry *entry)
{
	char *text;
	size_t size;

	if (!entry || out->json)
		return 0;
	if (store_format_entry(entry, &text, &size))
		return -ENOMEM;
	out_text(out, "%c", sign);
	out_file(out, text, size);
	free(text);
	return 0;
}

static void put_side(struct out *out, const char *key,
		     const struct kctl_entry *entry)
{
	if (!entry || !out->json)
		return;
	out_object(out, key);
	out_bool(out, "public", NULL, entry->flags & KCTL_ENTRY_PUBLIC);
	out_bytes(out, "value", entry->value, entry->size);
	out_end(out);
}

/* Print a difference; an entry that does not exist is NULL. */
static int print_change(struct out *out, const struct kctl_entry *old,
			const struct kctl_entry *new)
{
	out_object(out, NULL);
	out_json_string(out, "name", (old ? old : new)->name);
	put_side(out, "old", old);
	put_side(out, "new", new);
	out_end(out);
	return print_line(out, '-', old) ?: print_line(out, '+', new);
}

/* Both are sorted by name. Returns the number of changes, or -ENOMEM. */
static int compare(struct out *out, const struct kctl_snapshot *store,
		   const struct kctl_snapshot *file)
{
	size_t i = 0, j = 0;
	int changes = 0;

	while (i < store->count || j < file->count) {
		const struct kctl_entry *old = NULL, *wanted = NULL;

		if (i < store->count)
			old = store->entries[i];
		if (j < file->count)
			wanted = file->entries[j];
		if (old && wanted && strcmp(old->name, wanted->name) < 0)
			wanted = NULL;
		else if (old && wanted && strcmp(old->name, wanted->name) > 0)
			old = NULL;
		i += old ? 1 : 0;
		j += wanted ? 1 : 0;
		if (old && wanted && storefile_same_entry(old, wanted))
			continue;
		if (print_change(out, old, wanted))
			return -ENOMEM;
		changes++;
	}
	return changes;
}

static int diff(struct ctx *ctx, const struct store_section *file)
{
	struct kctl_snapshot *store, *wanted = NULL;
	int ret = store_read(&store);

	if (!ret)
		ret = kctl_table_snapshot(file->table, &wanted);
	if (!ret) {
		out_array(&ctx->out, NULL);
		ret = compare(&ctx->out, store, wanted);
		out_end(&ctx->out);
	}
	kctl_snapshot_free(store);
	kctl_snapshot_free(wanted);
	return ret;
}

/* As diff(1), which returns 1 for a difference and 2 for trouble. */
static enum exit_status diff_run(struct ctx *ctx, const void *args)
{
	const struct diff_args *a = args;
	struct store_section file;
	enum exit_status status;
	int ret;

	status = storefile_read(ctx, a->file, &file);
	if (!status) {
		ret = diff(ctx, &file);
		if (ret < 0)
			status =
				cmd_fail(ctx, (struct failure){ .error = ret });
		else if (ret)
			status = EXIT_DIFFERENT;
	} else if (status == EXIT_REFUSED) {
		status = EXIT_USAGE;
	}
	store_section_free(&file);
	return status;
}

const struct command cmd_sockopt_diff = {
	.noun = "sockopt",
	.verb = "diff",
	.operands = "[FILE]",
	.max_operands = 1,
	.help = "print what restore would change",
	.notes =
		"Without FILE, or with -, read from standard input. The exit status is 1 if there\n"
		"is a difference, as that of diff.",
	.example = "kctl sockopt diff /root/store",
	.options = no_options,
	.args_size = sizeof(struct diff_args),
	.errors = { savefile_errors, store_read_errors },
	.prepare = savefile_prepare,
	.run = diff_run,
};
