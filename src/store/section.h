/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section of a save file that has the store, as described in kctl-sockopt(8). These
 * functions open no file and do not talk to the kernel.
 */
#ifndef KCTL_STORE_SECTION_H
#define KCTL_STORE_SECTION_H

#include "savefile/savefile.h"
#include "lib/libkctl.h"

/**
 * struct store_section_limits - what the store can hold
 * @entries: number of entries
 * @bytes: bytes of all values
 */
struct store_section_limits {
	uint64_t entries;
	uint64_t bytes;
};

/* The place of an entry in the table and in the file. */
struct mark {
	size_t offset; /* in the table */
	size_t line;
};

/* A generation that no store reaches. A store that was never changed has generation 0. */
#define SAVEFILE_UNNAMED UINT64_MAX

/**
 * struct store_section - what the section has
 * @table: the entries in the order of the file
 * @generation: generation of the store that was saved, or SAVEFILE_UNNAMED
 * @limits: what the store can hold
 * @unsorted: names are not in order, so one may be a duplicate
 * @marks: the entries so far
 * @count: number of @marks
 * @capacity: number of @marks for which memory is allocated
 * @bytes: bytes of the values so far
 */
struct store_section {
	struct kctl_table_builder *table;
	uint64_t generation;
	struct store_section_limits limits;
	bool unsorted;
	struct mark *marks;
	size_t count;
	size_t capacity;
	uint64_t bytes;
};

/* Its content is a struct store_section. */
extern const struct savefile_kind store_section_kind;

/**
 * store_section_init() - initialise an empty section
 * @s: the section
 * @limits: what the store can hold
 *
 * Return: 0 or -ENOMEM.
 */
int store_section_init(struct store_section *s,
		       const struct store_section_limits *limits);

/**
 * store_section_free() - release a section
 * @s: the section, initialised, successfully or not
 */
void store_section_free(struct store_section *s);

/**
 * store_section_put() - write the section
 * @snapshot: the store to save
 * @now: the date for the header
 * @stream: where to write
 */
void store_section_put(const struct kctl_snapshot *snapshot, time_t now,
		       FILE *stream);

/**
 * store_format_draft() - format a file that will be edited
 * @snapshot: the store
 * @now: the date for the header
 * @text: set to the content of the file; the caller frees it
 * @size: set to the bytes of @text
 *
 * The last line has no number of entries: a new entry would make it wrong.
 *
 * Return: 0 or -ENOMEM.
 */
int store_format_draft(const struct kctl_snapshot *snapshot, time_t now,
		       char **text, size_t *size);

/**
 * store_format_entry() - format a line of a file
 * @entry: the entry
 * @text: set to the line with its newline; the caller frees it
 * @size: set to the bytes of @text
 *
 * Return: 0 or -ENOMEM.
 */
int store_format_entry(const struct kctl_entry *entry, char **text,
		       size_t *size);

#endif /* KCTL_STORE_SECTION_H */
