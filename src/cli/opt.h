/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options: parsing, help and completion use the same table.
 */
#ifndef KCTL_OPT_H
#define KCTL_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Largest number of options in a table; a unit test checks it. */
#define OPT_MAX 28

/**
 * struct opt - an option; a table ends with one that has neither name nor letter
 * @name: long name without the dashes, or NULL
 * @letter: short name, or 0
 * @arg: name of its argument in the help, or NULL if it takes none
 * @optional: the argument is optional and follows a "="
 * @help: one line of help
 * @expects: description of a valid argument for the error message; NULL: a number
 *	from @min to @max, or seconds
 * @parse: stores the argument (NULL if there is none) at @dest; returns false if it
 *	is invalid
 * @offset: offset of @dest in the arguments of the command
 * @min: smallest number
 * @max: largest number
 * @required: the command line must have it
 * @adds_up: more than one is fine, as the arguments add up
 * @likely: checks if a word without this option is probably its argument; NULL: it is, if
 *	@parse accepts it
 * @words: prints the words that completion offers for the argument, separated by "|";
 *	NULL: completion uses @arg
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
	bool adds_up;
	bool (*likely)(const char *word);
	void (*words)(FILE *stream);
};

/* Values of @parse. The name of each says what type @dest points to. */
bool opt_flag(const struct opt *opt, const char *arg, void *dest);
bool opt_string(const struct opt *opt, const char *arg, void *dest);
bool opt_u32(const struct opt *opt, const char *arg, void *dest);
bool opt_u64(const struct opt *opt, const char *arg, void *dest);

/* Reads seconds and stores ns as int64_t; @min is in ns as well. */
bool opt_seconds(const struct opt *opt, const char *arg, void *dest);

/**
 * struct opt_level - the options of one level of the command line
 * @table: the options; -h and --help are always there
 * @dest: arguments, set at the offset of each option
 * @seen: the options so far: the bit of each, by its place in @table
 * @max_operands: largest number of operands
 * @operands_behind: operands must follow a "--"
 */
struct opt_level {
	const struct opt *table;
	void *dest;
	uint32_t seen;
	int max_operands;
	bool operands_behind;
};

/**
 * struct opt_result - result of parsing
 * @used: elements of argv that were parsed
 * @help: --help or -h was among them, with no error before it
 * @operands: NULL-terminated array of the operands
 * @operand_count: number of operands
 * @before: number of operands before "--"
 * @error: the error, if parsing failed
 * @hint: a suggestion for the user, or ""
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
 * @level: this level
 * @outer: a level whose options are also valid here, unless @level has the same; or
 *	NULL
 * @argc: elements of @argv
 * @argv: argv[0] is skipped
 * @result: the result; its @operands has room for @argc + 1 elements, or is NULL to
 *	stop parsing at the first operand
 *
 * Return: true, or false with an error in @result.
 */
bool opt_parse(struct opt_level *level, struct opt_level *outer, int argc,
	       char **argv, struct opt_result *result);

/**
 * opt_given() - check if an option was on the command line
 * @level: the level, after opt_parse()
 * @name: long name of the option
 *
 * Return: true if it was.
 */
bool opt_given(const struct opt_level *level, const char *name);

/**
 * opt_surplus() - find an operand that the command does not take
 * @level: the level, after opt_parse()
 * @result: the result of opt_parse()
 *
 * Return: the first one, or NULL.
 */
const char *opt_surplus(const struct opt_level *level,
			const struct opt_result *result);

/**
 * opt_suggest() - suggest an option that was not given, if there are operands that are not
 *	allowed and the first one of all is likely to be its argument
 * @level: the level, after opt_parse(); its @dest is invalid afterwards
 * @name: long name of the option
 * @result: the result of opt_parse(); gets the hint
 */
void opt_suggest(const struct opt_level *level, const char *name,
		 struct opt_result *result);

/**
 * opt_copy_flags() - set the flags of a level that were given on another one
 * @from: the other level, after opt_parse()
 * @to: the level; its flags of the same letter or name are set
 */
void opt_copy_flags(const struct opt_level *from, struct opt_level *to);

/**
 * opt_end() - check for the end of a table
 * @opt: element of a table
 *
 * Return: true if it is.
 */
bool opt_end(const struct opt *opt);

/**
 * opt_print_help() - print the help of all options and of -h
 * @table: the options
 * @stream: the stream to print to
 */
void opt_print_help(const struct opt *table, FILE *stream);

/**
 * opt_print_synopsis() - print a synopsis as in a manual page
 * @table: the options
 * @operands: the operands after them, or NULL
 * @stream: the stream to print to
 * @column: current column
 */
void opt_print_synopsis(const struct opt *table, const char *operands,
			FILE *stream, int column);

#endif /* KCTL_OPT_H */
