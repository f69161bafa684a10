// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockopt interface: parsing and building tables */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define FIRST_CAPACITY 65536

/* A snapshot, and the memory of its entries, or NULL if a builder has them. */
struct snapshot {
	struct kctl_snapshot public;
	struct kctl_table *table;
};

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

/* The entries of @table, sorted by name. @owned: the snapshot releases it. */
static int make_snapshot(struct kctl_snapshot **snapshot,
			 const struct kctl_table *table, size_t size,
			 struct kctl_table *owned)
{
	size_t count = table->entries;
	struct snapshot *made;

	if (count > size / sizeof(struct kctl_entry))
		return -EPROTO;
	made = calloc(1, sizeof(*made) + count * sizeof(*made->public.entries));
	if (!made)
		return -ENOMEM;
	made->public.entries = (void *)(made + 1);
	if (!find_entries(table, size, made->public.entries, count)) {
		free(made);
		return -EPROTO;
	}
	qsort(made->public.entries, count, sizeof(*made->public.entries),
	      compare_names);
	made->public.generation = table->generation;
	made->public.count = count;
	made->table = owned;
	*snapshot = &made->public;
	return 0;
}

int table_parse(struct kctl_snapshot **snapshot, struct kctl_table *table,
		size_t size)
{
	if (size < sizeof(*table))
		return -EPROTO;
	return make_snapshot(snapshot, table, size, table);
}

void kctl_snapshot_free(struct kctl_snapshot *snapshot)
{
	struct snapshot *made = (void *)snapshot;

	if (made)
		free(made->table);
	free(made);
}

struct kctl_table_builder *kctl_table_new(void)
{
	struct kctl_table_builder *builder = calloc(1, sizeof(*builder));

	if (builder)
		builder->size = sizeof(*builder->table);
	return builder;
}

void kctl_table_free(struct kctl_table_builder *builder)
{
	if (builder)
		free(builder->table);
	free(builder);
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
	if (!builder->table)
		*larger = (struct kctl_table){ 0 };
	builder->table = larger;
	builder->capacity = capacity;
	return true;
}

struct kctl_entry *kctl_table_reserve(struct kctl_table_builder *builder,
				      size_t size)
{
	struct kctl_entry *entry;

	if (size > SIZE_MAX / 4 ||
	    !grow(builder, builder->size + KCTL_TABLE_STRIDE(size)))
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

size_t kctl_table_size(const struct kctl_table_builder *builder)
{
	return builder->size;
}

const struct kctl_entry *
kctl_table_entry(const struct kctl_table_builder *builder, size_t offset)
{
	return (const void *)((const char *)builder->table + offset);
}

int kctl_table_snapshot(const struct kctl_table_builder *builder,
			struct kctl_snapshot **snapshot)
{
	static const struct kctl_table empty;
	const struct kctl_table *table = builder->table;
	int err;

	*snapshot = NULL;
	err = make_snapshot(snapshot, table ? table : &empty, builder->size,
			    NULL);
	/* After kctl_store_replace() the table has the generation that it expected. */
	if (!err)
		(*snapshot)->generation = 0;
	return err;
}
