/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of a saved store; private to the files that it consists of */
#ifndef KCTL_SAVEFILE_PARSER_H
#define KCTL_SAVEFILE_PARSER_H

#include <stdbool.h>

#include "savefile.h"

/* The place of an entry in the table and in the file. */
struct mark {
	size_t offset; /* in the table */
	size_t line;
};

/**
 * struct savefile_parser - state of parsing
 * @at: position in the line
 * @end: end of the line, at its newline
 * @next: the next line
 * @limit: end of the lines that are there
 * @line: number of the line
 * @begun: the header was parsed
 * @ended: the end mark was parsed
 * @sorted: names are in order so far, so none is a duplicate
 * @marks: the entries so far
 * @count: number of @marks
 * @capacity: number of @marks for which memory is allocated
 * @bytes: bytes of the values so far
 * @ignored: bytes of comments and empty lines so far
 * @generation: generation of the store that was saved, or SAVEFILE_UNNAMED
 * @limits: what the store can hold
 * @table: the table for the entries
 * @error: set on an error
 */
struct savefile_parser {
	const char *at;
	const char *end;
	const char *next;
	const char *limit;
	size_t line;
	bool begun;
	bool ended;
	bool sorted;
	struct mark *marks;
	size_t count;
	size_t capacity;
	uint64_t bytes;
	size_t ignored;
	uint64_t generation;
	struct savefile_limits limits;
	struct kctl_table_builder *table;
	struct savefile_error *error;
};

/* A word of the line, not NUL-terminated. */
struct word {
	const char *text;
	size_t size;
};

/**
 * parser_fail_at() - describe an error
 * @p: the parser
 * @line: line of the error
 * @reason: printf format
 *
 * Return: -EINVAL.
 */
int parser_fail_at(struct savefile_parser *p, size_t line, const char *reason,
		   ...) __attribute__((format(printf, 3, 4)));

#define parser_fail(p, ...) parser_fail_at(p, (p)->line, __VA_ARGS__)

/* The number of characters of a word that an error quotes, for "%.*s". */
int word_quoted(const struct word *word);

bool word_is(const struct word *word, const char *text);

void parser_skip_blanks(struct savefile_parser *p);

/* The next word up to a blank; empty at the end of the line. */
struct word parser_take_word(struct savefile_parser *p);

/* Fail unless the line ends here, @behind what is named. */
int parser_take_end_of_line(struct savefile_parser *p, const char *behind);

/**
 * parser_take_entry() - parse NAME [FLAG...] "VALUE"
 * @p: the parser, at the beginning of the name
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int parser_take_entry(struct savefile_parser *p);

/**
 * parser_find_duplicate() - find the first line whose name an earlier line has
 * @p: the parser
 *
 * An error that stopped the parser is on a later line than all entries, so a duplicate
 * is reported first.
 *
 * Return: 0 or -EINVAL.
 */
int parser_find_duplicate(struct savefile_parser *p);

#endif /* KCTL_SAVEFILE_PARSER_H */
