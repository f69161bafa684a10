/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of a save file, for the kinds of sections */
#ifndef KCTL_SAVEFILE_PARSER_H
#define KCTL_SAVEFILE_PARSER_H

#include <stdbool.h>

#include "savefile.h"

/**
 * struct savefile_parser - state of parsing
 * @at: position in the line
 * @end: end of the line, at its newline
 * @next: the next line
 * @limit: end of the available lines
 * @line: number of the line
 * @ignored: bytes of comments and empty lines so far
 * @current: the section of the line, or NULL
 * @ended: at least one section has ended
 * @sections: what the file may have
 * @count: number of @sections
 * @error: set on an error
 */
struct savefile_parser {
	const char *at;
	const char *end;
	const char *next;
	const char *limit;
	size_t line;
	size_t ignored;
	struct savefile_section *current;
	bool ended;
	struct savefile_section *sections;
	size_t count;
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

/* A word that is a number, decimal or hexadecimal. */
bool word_number(const struct word *word, uint64_t *number);

void parser_skip_blanks(struct savefile_parser *p);

/* The next word up to a blank; empty at the end of the line. */
struct word parser_take_word(struct savefile_parser *p);

/* Fail unless the line ends here, behind the thing that @behind names. */
int parser_take_end_of_line(struct savefile_parser *p, const char *behind);

/**
 * struct quoted - bytes that were quoted
 * @what: their name in errors
 * @bytes: where to put them; no more than there are characters in the line are written
 * @size: how many there are so far
 * @max: how many there may be
 */
struct quoted {
	const char *what;
	uint8_t *bytes;
	size_t size;
	size_t max;
};

/**
 * parser_take_quoted() - parse bytes in double quotes, the last of a line
 * @p: the parser, at the first quote
 * @quoted: what to parse
 *
 * Return: 0 or -EINVAL.
 */
int parser_take_quoted(struct savefile_parser *p, struct quoted *quoted);

#endif /* KCTL_SAVEFILE_PARSER_H */
