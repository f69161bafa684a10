/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read a saved store from a file, for the commands that take one */
#ifndef KCTL_STOREFILE_H
#define KCTL_STOREFILE_H

#include "cli/cmd.h"
#include "lib/libkctl.h"

/* Error rows for commands that read a file. */
extern const struct error_row storefile_errors[];

/**
 * struct storefile - content of a file
 * @table: the entries; kctl_table_free() releases them
 * @count: number of @table
 * @generation: generation of the store that was saved, or SAVEFILE_UNNAMED
 */
struct storefile {
	struct kctl_table_builder *table;
	size_t count;
	uint64_t generation;
};

/**
 * storefile_read() - read and check a file
 * @ctx: the run; errors are printed
 * @path: the file, or NULL for standard input
 * @file: set to its content, as far as it was read; the caller releases it
 *
 * It stops at the first wrong line, and at the first entry for which a store has no
 * space: the store of this network namespace, or without the module the largest one.
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status storefile_read(struct ctx *ctx, const char *path,
				struct storefile *file);

/**
 * storefile_same_entry() - compare what restore would change
 * @a: an entry
 * @b: an entry of that name
 *
 * Return: true if value and flags are the same.
 */
bool storefile_same_entry(const struct kctl_entry *a,
			  const struct kctl_entry *b);

#endif /* KCTL_STOREFILE_H */
