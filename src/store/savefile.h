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

/* Largest line. An escaped byte takes four bytes in the file. */
#define SAVEFILE_LINE_MAX (512 * 1024)

/* Largest number of bytes in comments and empty lines together. */
#define SAVEFILE_IGNORED_MAX (16 * 1024 * 1024)

/**
 * struct savefile_limits - what the store can hold
 * @entries: number of entries
 * @bytes: bytes of all values
 */
struct savefile_limits {
	uint64_t entries;
	uint64_t bytes;
};

/**
 * struct savefile_error - an error in a file
 * @line: its line, from 1
 * @reason: the error
 */
struct savefile_error {
	size_t line;
	char reason[200];
};

struct savefile_parser;

/**
 * savefile_begin() - begin to parse a file
 * @table: an empty table, to which the entries are added in the order of the file; the
 *	caller releases it, also after an error
 * @limits: what the store can hold
 * @error: set if the file has an error
 *
 * Return: the parser, which savefile_free() releases, or NULL if there is no memory.
 */
struct savefile_parser *savefile_begin(struct kctl_table_builder *table,
				       const struct savefile_limits *limits,
				       struct savefile_error *error);

/**
 * savefile_feed() - parse the lines that are complete
 * @p: the parser
 * @text: the file from where the call before stopped
 * @size: bytes of @text
 * @used: set to the number of bytes that were parsed
 *
 * Return: 0, -EINVAL with the error set, or -ENOMEM.
 */
int savefile_feed(struct savefile_parser *p, const char *text, size_t size,
		  size_t *used);

/**
 * savefile_end() - parse the rest of a file
 * @p: the parser
 * @text: the bytes that savefile_feed() left
 * @size: bytes of @text
 *
 * Return: 0, -EINVAL with the error set, or -ENOMEM.
 */
int savefile_end(struct savefile_parser *p, const char *text, size_t size);

/* A generation that no store reaches. That of a store that nobody has changed yet is 0. */
#define SAVEFILE_UNNAMED UINT64_MAX

/**
 * savefile_generation() - tell which store was saved
 * @p: the parser
 *
 * Return: the generation of the store that the second line names, or
 * SAVEFILE_UNNAMED.
 */
uint64_t savefile_generation(const struct savefile_parser *p);

/**
 * savefile_count() - count the entries
 * @p: the parser
 *
 * Return: the number of entries so far.
 */
size_t savefile_count(const struct savefile_parser *p);

/**
 * savefile_free() - release a parser
 * @p: the parser, or NULL
 */
void savefile_free(struct savefile_parser *p);

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

/**
 * savefile_format_draft() - format a file that will be edited
 * @snapshot: the store
 * @now: the date for the header
 * @text: set to the content of the file; the caller frees it
 * @size: set to the bytes of @text
 *
 * The last line has no number of entries: a new entry would make it wrong.
 *
 * Return: 0 or -ENOMEM.
 */
int savefile_format_draft(const struct kctl_snapshot *snapshot, time_t now,
			  char **text, size_t *size);

/**
 * savefile_format_entry() - format a line of a file
 * @entry: the entry
 * @text: set to the line with its newline; the caller frees it
 * @size: set to the bytes of @text
 *
 * Return: 0 or -ENOMEM.
 */
int savefile_format_entry(const struct kctl_entry *entry, char **text,
			  size_t *size);

#endif /* KCTL_SAVEFILE_H */
