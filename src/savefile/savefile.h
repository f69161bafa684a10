/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/savefile: the format of the files of save and restore, whatever they save
 *
 * A file has one section or more. The first line of a section names its kind, the last one
 * is %end. Between them are the lines of that kind, which src/store and src/channel parse with
 * the functions of parser.h; they use nothing else of this folder but this header. The folder
 * uses src/cli.
 *
 * parse.c divides a file into sections and lines, word.c a line into words, quote.c reads and
 * writes quoted bytes, and file.c reads and writes whole files.
 */
#ifndef KCTL_SAVEFILE_H
#define KCTL_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "cli/cmd.h"

/* Version of the format: written by savefile_put_header(), the newest that is read. */
#define SAVEFILE_VERSION 1

/* Largest line in front of the first section. */
#define SAVEFILE_LINE_MAX (512 * 1024)

/* Largest number of bytes in comments and empty lines together. */
#define SAVEFILE_IGNORED_MAX (16 * 1024 * 1024)

struct savefile_parser;

/**
 * struct savefile_kind - a kind of section
 * @name: first word of its first line
 * @items: the name of its lines in errors
 * @line_max: largest line, in bytes
 * @take: parses a line that is neither empty nor a comment. Returns 0, -EINVAL or -ENOMEM
 * @note: gets a comment in the second line of the section, at its first word. Can be NULL
 * @check: looks for an error in the lines so far, at the end and behind each other error:
 *	the first error of a file counts. Returns 0 or -EINVAL. Can be NULL
 */
struct savefile_kind {
	const char *name;
	const char *items;
	size_t line_max;
	int (*take)(struct savefile_parser *p, void *content);
	void (*note)(struct savefile_parser *p, void *content);
	int (*check)(struct savefile_parser *p, void *content);
};

/**
 * struct savefile_section - a section that a file may have
 * @kind: its kind
 * @content: what @kind makes of its lines
 * @line: its first line; 0: the file does not have it
 * @count: number of lines that @kind took
 */
struct savefile_section {
	const struct savefile_kind *kind;
	void *content;
	size_t line;
	size_t count;
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

/**
 * savefile_begin() - begin to parse a file
 * @sections: what the file may have, in any order, each once, and at least one of them
 * @count: number of @sections
 * @error: set if the file has an error
 *
 * Return: the parser, which savefile_free() releases, or NULL if there is no memory.
 */
struct savefile_parser *savefile_begin(struct savefile_section *sections,
				       size_t count,
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

/**
 * savefile_free() - release a parser
 * @p: the parser, or NULL
 */
void savefile_free(struct savefile_parser *p);

/* Error rows for commands that read or write a file. */
extern const struct error_row savefile_errors[];

/**
 * savefile_prepare() - take the file that a command is about
 * @args: its arguments, which begin with const char *file: set to the file, or to NULL for
 *	standard input or output, that is "-" or no operand
 * @operands: its operands, at most one
 *
 * Return: NULL: nothing is wrong.
 */
const char *savefile_prepare(void *args, char *const *operands);

/**
 * savefile_read() - read and check a file
 * @ctx: the run; errors are printed
 * @path: the file, or NULL for standard input
 * @sections: as for savefile_begin()
 * @count: number of @sections
 *
 * It stops at the first wrong line.
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status savefile_read(struct ctx *ctx, const char *path,
			       struct savefile_section *sections, size_t count);

/* Writes the sections of a file; returns EXIT_DONE, or the exit status after an error. */
typedef enum exit_status savefile_put_fn(struct ctx *ctx, const void *args,
					 FILE *stream);

/**
 * savefile_save() - write a file, completely or not at all
 * @ctx: the run; errors are printed
 * @path: the file, or NULL for standard output
 * @put: called once
 * @args: passed to @put
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status savefile_save(struct ctx *ctx, const char *path,
			       savefile_put_fn *put, const void *args);

/**
 * savefile_put_header() - write the first line of a section
 * @kind: its kind
 * @now: the date
 * @stream: where to write
 */
void savefile_put_header(const struct savefile_kind *kind, time_t now,
			 FILE *stream);

/**
 * savefile_put_end() - write the last line of a section
 * @count: number of its lines
 * @stream: where to write
 */
void savefile_put_end(size_t count, FILE *stream);

/**
 * savefile_put_quoted() - write bytes in double quotes, in as many as four characters each
 * @bytes: the bytes
 * @size: number of bytes
 * @stream: where to write
 */
void savefile_put_quoted(const uint8_t *bytes, size_t size, FILE *stream);

/**
 * savefile_close() - close a stream of open_memstream(3)
 * @stream: the stream
 * @text: its text, which is freed after an error
 *
 * Return: 0 or -ENOMEM.
 */
int savefile_close(FILE *stream, char **text);

#endif /* KCTL_SAVEFILE_H */
