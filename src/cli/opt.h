/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options: a table says what there is, and from the same table they are parsed,
 * shown in the help and offered for completion.
 */
#ifndef KCTL_OPT_H
#define KCTL_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* More than any table has; a unit test checks it. */
#define OPT_MAX 24

/**
 * struct opt - one option; a table ends with one that has neither name nor letter
 * @name: long name without the dashes, or NULL
 * @letter: short name, or 0
 * @arg: what its argument is called in the help, or NULL if it takes none
 * @optional: its argument can be left out; if it is given, then behind a "="
 * @help: what it does, in a line
 * @expects: what an argument has to be, for the message when it is not; NULL:
 *	a number from @min to @max
 * @parse: puts the argument (NULL if it has none) at @dest; false: rejected
 * @offset: where in the arguments of the command @dest is
 * @min: least number
 * @max: greatest number
 * @required: it is an error to leave it out
 */
struct opt {
	const char *name;
	char letter;
	const char *arg;
	bool optional;
	const char *help;
	const char *expects;
	bool (*parse)(const struct opt *opt, const char *arg, void *dest);
	size_t offset;
	uint64_t min;
	uint64_t max;
	bool required;
};

/* For @parse: what is at @dest is named after the function. */
bool opt_flag(const struct opt *opt, const char *arg, void *dest);
bool opt_string(const struct opt *opt, const char *arg, void *dest);
bool opt_u32(const struct opt *opt, const char *arg, void *dest);
bool opt_u64(const struct opt *opt, const char *arg, void *dest);

/* Nanoseconds, as int64_t; @min is nanoseconds too. */
bool opt_seconds(const struct opt *opt, const char *arg, void *dest);

/**
 * struct opt_result - what came of parsing
 * @used: elements of argv that were looked at
 * @help: --help or -h was among them, and nothing wrong before it
 * @operands: NULL-terminated; elements that are no options
 * @operand_count: how many
 * @before: how many of them are in front of "--"
 * @error: what is wrong, if something is
 * @hint: what may have been meant, or ""
 */
struct opt_result {
	int used;
	bool help;
	char **operands;
	int operand_count;
	int before;
	char error[256];
	char hint[160];
};

/**
 * opt_parse() - parse the options of one level of the command line
 * @table: options of this level; -h and --help are always there
 * @elsewhere: options of another level, to tell those who mix them up, or NULL
 * @argc: elements of @argv
 * @argv: argv[0] is skipped
 * @dest: gets the arguments, at the offset of each option
 * @result: @operands points to room for @argc + 1 elements, or is NULL: then
 *	parsing ends at the first operand
 *
 * Return: true, or false with an error in @result.
 */
bool opt_parse(const struct opt *table, const struct opt *elsewhere, int argc,
	       char **argv, void *dest, struct opt_result *result);

/**
 * opt_end() - is this the end of a table?
 * @opt: element of a table
 *
 * Return: true if it is.
 */
bool opt_end(const struct opt *opt);

/**
 * opt_print_help() - print a table for people, -h included
 * @table: the options
 * @stream: where to
 */
void opt_print_help(const struct opt *table, FILE *stream);

/**
 * opt_print_synopsis() - print a table as in the first line of a manual
 * @table: the options
 * @operands: what follows them, or NULL
 * @stream: where to
 * @column: column reached so far
 */
void opt_print_synopsis(const struct opt *table, const char *operands,
			FILE *stream, int column);

#endif /* KCTL_OPT_H */
