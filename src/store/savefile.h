/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that a store is saved in: kctl-sockopt(8) describes it. Nothing here
 * opens a file or talks to the kernel.
 */
#ifndef KCTL_SAVEFILE_H
#define KCTL_SAVEFILE_H

#include <stddef.h>
#include <time.h>

#include "lib/libkctl.h"

/* The version of the format that is written, and the newest that is read. */
#define SAVEFILE_VERSION 1

/* No file is larger: its values are four times as many bytes at the most. */
#define SAVEFILE_MAX (1024 * 1024 * 1024)

/**
 * struct savefile_error - what is wrong with a file
 * @line: where, counted from 1
 * @reason: what
 */
struct savefile_error {
	size_t line;
	char reason[200];
};

/**
 * savefile_parse() - read a file
 * @text: what is in it
 * @size: bytes of it
 * @table: an empty table that gets the entries, in the order of the file; the
 *	caller releases it, after an error too
 * @error: set if the file is wrong
 *
 * Return: 0, -EINVAL with @error set, or -ENOMEM.
 */
int savefile_parse(const char *text, size_t size,
		   struct kctl_table_builder *table,
		   struct savefile_error *error);

/**
 * savefile_format() - make a file
 * @snapshot: what shall be in it
 * @now: the date for its header
 * @text: set to what is in it; the caller frees it
 * @size: set to the bytes of it
 *
 * Return: 0 or -ENOMEM.
 */
int savefile_format(const struct kctl_snapshot *snapshot, time_t now,
		    char **text, size_t *size);

#endif /* KCTL_SAVEFILE_H */
