/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of a command: parsing, help, completion and errors use it. Each
 * command is a constant in a file of its component, and src/commands.c lists them.
 */
#ifndef KCTL_COMMAND_H
#define KCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "opt.h"

struct ctx;
struct globals;

/* Most options that a command can suggest for an operand without one. */
#define FORGOTTEN_MAX 2

/**
 * struct command - a command
 * @noun: first word
 * @verb: second word, or NULL if the noun is the whole command
 * @alias_noun: first word of another name, or NULL
 * @alias_verb: second word of that name
 * @operands: operands in the synopsis, or NULL
 * @max_operands: largest number of operands
 * @forgotten: the options whose argument the first operand can be, if there are operands
 *	that are not allowed; the first one that takes it is suggested
 * @operands_behind: operands must follow "--", because they can look like options
 * @help: one line of help
 * @notes: more lines of help, or NULL
 * @example: a command line that works for most users; NULL for hidden commands
 * @options: its options
 * @defaults: initial arguments, or NULL for zeroes
 * @args_size: size of the arguments
 * @local: does not talk to the kernel
 * @no_load: does not load the module, as the output depends on whether it is loaded
 * @all_netns: can run in one network namespace after the other
 * @hidden: not listed in the help
 * @errors: tables of error rows, see error_find()
 * @check: checks @args together with the global options; returns an error for the user,
 *	or NULL. Can be NULL
 * @prepare: checks the arguments as a whole and takes the operands; returns an
 *	error message or NULL. Can be NULL
 * @resolve: looks up names in @args in the network namespace; returns the exit status,
 *	after it printed an error. Can be NULL
 * @run: runs the command
 */
struct command {
	const char *noun;
	const char *verb;
	const char *alias_noun;
	const char *alias_verb;
	const char *operands;
	int max_operands;
	const char *forgotten[FORGOTTEN_MAX];
	bool operands_behind;
	const char *help;
	const char *notes;
	const char *example;
	const struct opt *options;
	const void *defaults;
	size_t args_size;
	bool local;
	bool no_load;
	bool all_netns;
	bool hidden;
	const struct error_row *errors[ERROR_TABLES];
	const char *(*check)(const struct globals *globals, const void *args);
	const char *(*prepare)(void *args, char *const *operands);
	enum exit_status (*resolve)(struct ctx *ctx, void *args);
	enum exit_status (*run)(struct ctx *ctx, const void *args);
};

/* Room for the arguments of every command; a unit test checks it. */
#define ARGS_MAX 2048

/* For commands without options. */
extern const struct opt no_options[];

/**
 * command_is_noun() - check if a command belongs to a noun
 * @c: the command
 * @noun: the noun, or its alias
 *
 * Return: true if it does.
 */
bool command_is_noun(const struct command *c, const char *noun);

/**
 * command_verb_under() - get the verb of a command under a noun
 * @c: a command of that noun
 * @noun: the noun, or its alias
 *
 * Return: the verb, or NULL if the noun is the whole command.
 */
const char *command_verb_under(const struct command *c, const char *noun);

/**
 * command_noun_exists() - check if any command belongs to a noun
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
