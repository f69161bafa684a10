/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of a saved store, as described in kctl-sockopt(8). These functions open no
 * file and do not talk to the kernel.
 */
#ifndef KCTL_SAVEFILE_H
#define KCTL_SAVEFILE_H

#include <stddef.h>
#include <time.h>

#include "lib/libkctl.h"

/* Version of the format: written by savefile_format(), the newest that is read. */
#define SAVEFILE_VERSION 1

/* Largest file. An escaped byte takes four bytes in the file. */
#define SAVEFILE_MAX (1024 * 1024 * 1024)

/**
 * struct savefile_error - an error in a file
 * @line: its line, from 1
 * @reason: the error
 */
struct savefile_error {
	size_t line;
	char reason[200];
};

/**
 * savefile_parse() - parse a file
 * @text: content of the file
 * @size: bytes of @text
 * @table: an empty table, to which the entries are added in the order of the file; the
 *	caller releases it, also after an error
 * @error: set if the file has an error
 *
 * Return: 0, -EINVAL with @error set, or -ENOMEM.
 */
int savefile_parse(const char *text, size_t size,
		   struct kctl_table_builder *table,
		   struct savefile_error *error);

/**
 * savefile_format() - format a file
 * @snapshot: the store to save
 * @now: the date for the header
 * @text: set to the content of the file; the caller frees it
 * @size: set to the bytes of @text
 *
 * Return: 0 or -ENOMEM.
 */
int savefile_format(const struct kctl_snapshot *snapshot, time_t now,
		    char **text, size_t *size);

#endif /* KCTL_SAVEFILE_H */
