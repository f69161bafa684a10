// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl sockopt list: the entries, with or without their values */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "section.h"
#include "store.h"
#include "cli/parse.h"

struct list_args {
	const char *prefix;
	bool values;
};

static const struct opt list_options[] = {
	{
		.name = "values",
		.help = "print the values, as lines of a save file",
		.parse = opt_flag,
		.offset = offsetof(struct list_args, values),
	},
	{ 0 },
};

static const char *list_prepare(void *args, char *const *operands)
{
	struct list_args *a = args;

	a->prefix = operands[0] ? operands[0] : "";
	return NULL;
}

/* Format the age in its largest unit. After the clock was set back, the age is 0. */
static void format_age(uint64_t changed, const struct timespec *now,
		       char age[24])
{
	static const struct {
		uint64_t seconds;
		char name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	uint64_t then = changed / NSEC_PER_SEC;
	uint64_t seconds = 0;
	size_t i = 0;

	if ((uint64_t)now->tv_sec > then)
		seconds = (uint64_t)now->tv_sec - then;
	while (units[i].seconds > 1 && seconds < units[i].seconds)
		i++;
	snprintf(age, 24, "%" PRIu64 "%c", seconds / units[i].seconds,
		 units[i].name);
}

static void put_json_members(struct out *out, const struct kctl_entry *entry)
{
	out_json_string(out, "name", entry->name);
	out_json_u64(out, "size", entry->size);
	out_json_u64(out, "generation", entry->generation);
	out_json_time(out, "changed", entry->changed);
	out_bool(out, "public", NULL, entry->flags & KCTL_ENTRY_PUBLIC);
}

static void print_row(struct out *out, const struct kctl_entry *entry,
		      int width, const struct timespec *now)
{
	char age[24];

	format_age(entry->changed, now, age);
	out_object(out, NULL);
	put_json_members(out, entry);
	out_text(out, "%-*s %5u %10" PRIu64 " %5s%s\n", width, entry->name,
		 entry->size, (uint64_t)entry->generation, age,
		 entry->flags & KCTL_ENTRY_PUBLIC ? " public" : "");
	out_end(out);
}

static void print_store(struct out *out, const struct kctl_snapshot *snapshot)
{
	int width = (int)strlen("NAME");
	struct timespec now;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	for (i = 0; i < snapshot->count; i++) {
		int len = (int)strlen(snapshot->entries[i]->name);

		if (len > width)
			width = len;
	}
	out_array(out, NULL);
	out_heading(out, "%-*s %5s %10s %5s %s", width, "NAME", "SIZE",
		    "GENERATION", "AGE", "FLAGS");
	for (i = 0; i < snapshot->count; i++)
		print_row(out, snapshot->entries[i], width, &now);
	out_end(out);
}

static int print_with_value(struct out *out, const struct kctl_entry *entry)
{
	char *text;
	size_t size;

	if (out->json) {
		out_object(out, NULL);
		put_json_members(out, entry);
		out_bytes(out, "value", entry->value, entry->size);
		out_end(out);
		return 0;
	}
	if (store_format_entry(entry, &text, &size))
		return -ENOMEM;
	out_file(out, text, size);
	free(text);
	return 0;
}

/* Values can have any byte and any length: print them as in a save file. */
static int print_values(struct out *out, const struct kctl_snapshot *snapshot)
{
	int err = 0;

	out_array(out, NULL);
	for (size_t i = 0; !err && i < snapshot->count; i++)
		err = print_with_value(out, snapshot->entries[i]);
	out_end(out);
	return err;
}

/* Keep the entries whose name begins with @prefix. */
static void select_entries(struct kctl_snapshot *snapshot, const char *prefix)
{
	size_t count = 0, length = strlen(prefix);

	for (size_t i = 0; i < snapshot->count; i++)
		if (!strncmp(snapshot->entries[i]->name, prefix, length))
			snapshot->entries[count++] = snapshot->entries[i];
	snapshot->count = count;
}

static enum exit_status list_run(struct ctx *ctx, const void *args)
{
	const struct list_args *a = args;
	struct kctl_snapshot *snapshot;
	int err = store_read(&snapshot);

	if (!err) {
		select_entries(snapshot, a->prefix);
		if (a->values)
			err = print_values(&ctx->out, snapshot);
		else
			print_store(&ctx->out, snapshot);
		kctl_snapshot_free(snapshot);
	}
	return err ? cmd_fail(ctx, (struct failure){ .error = err }) :
		     EXIT_DONE;
}

const struct command cmd_sockopt_list = {
	.noun = "sockopt",
	.verb = "list",
	.operands = "[PREFIX]",
	.max_operands = 1,
	.help = "list the entries of the store",
	.notes = "With PREFIX, list the entries whose name begins with it.",
	.example = "kctl sockopt list --values app/",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.errors = { store_read_errors },
	.prepare = list_prepare,
	.all_netns = true,
	.run = list_run,
};
