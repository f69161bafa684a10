// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockopt interface: parsing and building tables */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libkctl.h"

#define FIRST_CAPACITY 65536

static int compare_names(const void *a, const void *b)
{
	const struct kctl_entry *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* The end of the entry at @offset, or 0 if that is not within @size. */
static size_t entry_end(const struct kctl_entry *entry, size_t offset,
			size_t size)
{
	if (size - offset < sizeof(*entry) ||
	    size - offset < KCTL_TABLE_STRIDE((size_t)entry->size) ||
	    !memchr(entry->name, '\0', sizeof(entry->name)))
		return 0;
	return offset + KCTL_TABLE_STRIDE((size_t)entry->size);
}

/* Find @count entries, which must fill the table exactly. */
static bool find_entries(const struct kctl_table *table, size_t size,
			 const struct kctl_entry **entries, size_t count)
{
	size_t offset = sizeof(*table);

	for (size_t i = 0; i < count; i++) {
		entries[i] = (const void *)((const char *)table + offset);
		offset = entry_end(entries[i], offset, size);
		if (!offset)
			return false;
	}
	return offset == size;
}

int kctl_snapshot_init(struct kctl_snapshot *snapshot, struct kctl_table *table,
		       size_t size)
{
	const struct kctl_entry **entries;
	size_t count;

	if (size < sizeof(*table))
		return -EPROTO;
	count = table->entries;
	if (count > size / sizeof(struct kctl_entry))
		return -EPROTO;
	entries = calloc(count + 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	if (!find_entries(table, size, entries, count)) {
		free(entries);
		return -EPROTO;
	}
	qsort(entries, count, sizeof(*entries), compare_names);
	*snapshot = (struct kctl_snapshot){ .generation = table->generation,
					    .count = count,
					    .entries = entries,
					    .table = table };
	return 0;
}

void kctl_snapshot_free(struct kctl_snapshot *snapshot)
{
	free(snapshot->entries);
	free(snapshot->table);
	*snapshot = (struct kctl_snapshot){ 0 };
}

static bool grow(struct kctl_table_builder *builder, size_t size)
{
	size_t capacity = builder->capacity;
	struct kctl_table *larger;

	if (size <= capacity)
		return true;
	if (!capacity)
		capacity = FIRST_CAPACITY;
	while (capacity < size)
		capacity *= 2;
	larger = realloc(builder->table, capacity);
	if (!larger)
		return false;
	if (!builder->table) {
		*larger = (struct kctl_table){ 0 };
		builder->size = sizeof(*larger);
	}
	builder->table = larger;
	builder->capacity = capacity;
	return true;
}

struct kctl_entry *kctl_table_reserve(struct kctl_table_builder *builder,
				      size_t size)
{
	size_t begin = builder->table ? builder->size : sizeof(*builder->table);
	struct kctl_entry *entry;

	if (!grow(builder, begin + KCTL_TABLE_STRIDE(size)))
		return NULL;
	entry = (void *)((char *)builder->table + builder->size);
	memset(entry, 0, sizeof(*entry));
	return entry;
}

void kctl_table_commit(struct kctl_table_builder *builder,
		       const struct kctl_entry *entry)
{
	char *begin = (char *)builder->table + builder->size;
	size_t used = sizeof(*entry) + entry->size;
	size_t stride = KCTL_TABLE_STRIDE((size_t)entry->size);

	memset(begin + used, 0, stride - used);
	builder->size += stride;
	builder->table->entries++;
}

void kctl_table_free(struct kctl_table_builder *builder)
{
	free(builder->table);
	*builder = (struct kctl_table_builder){ 0 };
}
