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
