/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables in memory; private to the library */
#ifndef LIBKCTL_TABLE_H
#define LIBKCTL_TABLE_H

#include "libkctl_store.h"

/*
 * A table under construction. @table is NULL until memory is reserved, but @size is always the
 * size of the table.
 */
struct kctl_table_builder {
	struct kctl_table *table;
	size_t size;
	size_t capacity;
};

/**
 * table_parse() - parse an answer to KCTL_SO_GET_TABLE
 * @snapshot: set on success; kctl_snapshot_free() releases it and @table
 * @table: the answer, in memory from malloc(3)
 * @size: bytes of @table
 *
 * Return: 0, -ENOMEM, or -EPROTO if the table is inconsistent.
 */
int table_parse(struct kctl_snapshot **snapshot, struct kctl_table *table,
		size_t size);

#endif /* LIBKCTL_TABLE_H */
