/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read a saved store from a file, for the commands that take one */
#ifndef KCTL_STOREFILE_H
#define KCTL_STOREFILE_H

#include "section.h"
#include "cli/cmd.h"

/**
 * storefile_begin() - prepare for the section of a store
 * @content: initialised with what the store of this network namespace can hold, or without
 *	the module the largest one; the caller releases it, also after an error
 *
 * Return: 0 or -ENOMEM.
 */
int storefile_begin(struct store_section *content);

/**
 * storefile_read() - read and check a file that has a store and nothing else
 * @ctx: the run; errors are printed
 * @path: the file, or NULL for standard input
 * @content: set to its content, as far as it was read; the caller releases it
 *
 * It stops at the first wrong line, and at the first entry for which the store has no
 * space.
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status storefile_read(struct ctx *ctx, const char *path,
				struct store_section *content);

/* Error rows for commands that restore the store. */
extern const struct error_row store_restore_errors[];

/**
 * store_restore() - replace the store with the content of a file
 * @ctx: the run; errors are printed
 * @file: the content
 * @generation: expected generation of the store, or 0 for any
 * @unchanged: expect the generation that the file names instead
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status store_restore(struct ctx *ctx,
			       const struct store_section *file,
			       uint64_t generation, bool unchanged);

/**
 * store_check_dated() - check if a file names the generation of the store
 * @ctx: the run; the error is printed
 * @path: the file, or NULL for standard input
 * @file: its content
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status store_check_dated(struct ctx *ctx, const char *path,
				   const struct store_section *file);

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
