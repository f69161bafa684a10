/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: each is a constant in a file of its own component. From these come
 * parsing, help and completion.
 */
#ifndef KCTL_COMMAND_H
#define KCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "opt.h"

struct ctx;

/**
 * struct command - one command
 * @noun: what it is about
 * @verb: what it does, or NULL if the noun is the whole command
 * @alias_noun: another spelling, or NULL
 * @alias_verb: likewise
 * @operands: what follows the options, for the synopsis, or NULL
 * @max_operands: how many that can be
 * @operands_behind: they go behind "--", for they can look like options
 * @help: what it does, in a line
 * @notes: more about it, in lines, or NULL
 * @options: its options
 * @defaults: arguments to begin with, or NULL for zeroes
 * @args_size: size of the arguments
 * @local: it does not talk to the kernel
 * @hidden: not for people
 * @errors: tables of the words for what can fail; see error_find()
 * @prepare: checks what the options alone cannot say and takes the operands;
 *	returns what is wrong, or NULL. Can be NULL
 * @run: does it
 */
struct command {
	const char *noun;
	const char *verb;
	const char *alias_noun;
	const char *alias_verb;
	const char *operands;
	int max_operands;
	bool operands_behind;
	const char *help;
	const char *notes;
	const struct opt *options;
	const void *defaults;
	size_t args_size;
	bool local;
	bool hidden;
	const struct error_row *errors[ERROR_TABLES];
	const char *(*prepare)(void *args, char *const *operands);
	enum exit_status (*run)(struct ctx *ctx, const void *args);
};

/* The arguments of the largest command; a unit test checks it. */
#define ARGS_MAX 2048

/* For commands that have none. */
extern const struct opt no_options[];

/**
 * command_is_noun() - does a command belong to a noun?
 * @c: the command
 * @noun: the noun, or its alias
 *
 * Return: true if it does.
 */
bool command_is_noun(const struct command *c, const char *noun);

/**
 * command_verb_under() - the verb that makes a command of a noun
 * @c: a command of that noun
 * @noun: the noun, or its alias
 *
 * Return: the verb, or NULL if the noun is the whole command.
 */
const char *command_verb_under(const struct command *c, const char *noun);

/**
 * command_noun_exists() - is there a command of a noun?
 * @commands: all commands
 * @noun: the noun, or its alias
 *
 * Return: true if there is.
 */
bool command_noun_exists(const struct command *const *commands,
			 const char *noun);

/**
 * command_find() - find a command by its name or alias
 * @commands: all commands
 * @noun: the noun
 * @verb: the verb, or NULL
 *
 * Return: the command, or NULL.
 */
const struct command *command_find(const struct command *const *commands,
				   const char *noun, const char *verb);

#endif /* KCTL_COMMAND_H */
