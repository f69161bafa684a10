// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes at all as a file for `sockopt restore`. What is refused names a line that
 * is there; what is taken, written as `sockopt save` does and read again, is the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/parse_savefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is one more than there are newlines: the last may not have its own. */
static void check_error(const struct savefile_error *error, const char *text,
			size_t size)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	if (!error->line || error->line > lines || !error->reason[0] ||
	    strnlen(error->reason, sizeof(error->reason)) ==
		    sizeof(error->reason))
		abort();
}

static void check_same(const struct kctl_snapshot *one,
		       const struct kctl_snapshot *two)
{
	if (one->count != two->count)
		abort();
	for (size_t i = 0; i < one->count; i++) {
		const struct kctl_entry *a = one->entries[i];
		const struct kctl_entry *b = two->entries[i];

		if (a->size != b->size ||
		    memcmp(a, b, sizeof(*a) + (size_t)a->size))
			abort();
	}
}

static struct kctl_snapshot *sort(const struct kctl_table_builder *table)
{
	struct kctl_snapshot *snapshot;

	if (kctl_table_snapshot(table, &snapshot))
		abort();
	for (size_t i = 1; i < snapshot->count; i++)
		if (strcmp(snapshot->entries[i - 1]->name,
			   snapshot->entries[i]->name) >= 0)
			abort();
	return snapshot;
}

static void check_round_trip(const struct kctl_table_builder *table)
{
	struct kctl_table_builder *again = kctl_table_new();
	struct kctl_snapshot *one = sort(table), *two;
	struct savefile_error error;
	size_t size;
	char *text;

	if (!again || savefile_format(one, 0, &text, &size) ||
	    savefile_parse(text, size, again, &error))
		abort();
	two = sort(again);
	check_same(one, two);
	kctl_snapshot_free(one);
	kctl_snapshot_free(two);
	kctl_table_free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kctl_table_builder *table = kctl_table_new();
	struct savefile_error error = { 0 };
	int err;

	if (!table)
		return 0;
	err = savefile_parse((const char *)data, size, table, &error);
	if (err == -EINVAL)
		check_error(&error, (const char *)data, size);
	else if (err)
		abort();
	else
		check_round_trip(table);
	kctl_table_free(table);
	return 0;
}
