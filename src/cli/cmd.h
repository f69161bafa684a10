/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: each is a constant in a file of its own component. From these come
 * parsing, help and completion.
 */
#ifndef KCTL_CMD_H
#define KCTL_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "global.h"
#include "opt.h"
#include "out.h"
#include "wait.h"

struct command;

/**
 * struct ctx - one run of the program
 * @commands: all commands, NULL at the end
 * @globals: the options in front of the noun
 * @out: the printer, on standard output
 * @waiter: see cmd_wait_begin()
 * @waiting: @waiter is open
 * @operation: what is being done, "sockopt set"
 */
struct ctx {
	const struct command *const *commands;
	struct globals globals;
	struct out out;
	struct waiter waiter;
	bool waiting;
	char operation[40];
};

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
	const char *(*prepare)(void *args, char *const *operands);
	enum exit_status (*run)(struct ctx *ctx, const void *args);
};

/* The arguments of the largest command; a unit test checks it. */
#define ARGS_MAX 2048

extern const struct command cmd_status;
extern const struct command cmd_help;
extern const struct command cmd_list;

/* For commands that have none. */
extern const struct opt no_options[];

/**
 * cmd_is_noun() - does a command belong to a noun?
 * @c: the command
 * @noun: the noun, or its alias
 *
 * Return: true if it does.
 */
bool cmd_is_noun(const struct command *c, const char *noun);

/**
 * cmd_verb_under() - the verb that makes a command of a noun
 * @c: a command of that noun
 * @noun: the noun, or its alias
 *
 * Return: the verb, or NULL if the noun is the whole command.
 */
const char *cmd_verb_under(const struct command *c, const char *noun);

/**
 * cmd_noun_exists() - is there a command of a noun?
 * @commands: all commands
 * @noun: the noun, or its alias
 *
 * Return: true if there is.
 */
bool cmd_noun_exists(const struct command *const *commands, const char *noun);

/**
 * cmd_find() - find a command by its name or alias
 * @commands: all commands
 * @noun: the noun
 * @verb: the verb, or NULL
 *
 * Return: the command, or NULL.
 */
const struct command *cmd_find(const struct command *const *commands,
			       const char *noun, const char *verb);

/**
 * cmd_unknown() - report that cmd_find() found nothing
 * @ctx: the run
 * @noun: the noun
 * @verb: the verb, or NULL
 *
 * Return: EXIT_USAGE.
 */
enum exit_status cmd_unknown(const struct ctx *ctx, const char *noun,
			     const char *verb);

/**
 * cmd_dispatch() - run the command of a command line
 * @ctx: the run
 * @argc: elements of @argv
 * @argv: NOUN VERB [OPTIONS] [ARGS]; none at all is "status"
 *
 * Return: the exit status.
 */
enum exit_status cmd_dispatch(struct ctx *ctx, int argc, char **argv);

/**
 * help_print() - print the help of the program, a noun or a command
 * @ctx: the run
 * @noun: NULL for the program
 * @verb: NULL for the noun
 *
 * Return: the exit status.
 */
enum exit_status help_print(struct ctx *ctx, const char *noun,
			    const char *verb);

/**
 * cmd_version() - print the versions of tool and module
 * @ctx: the run
 *
 * Return: EXIT_DONE.
 */
enum exit_status cmd_version(struct ctx *ctx);

/**
 * cmd_fail() - report that the command failed
 * @ctx: the run
 * @failure: what went wrong; its operation is filled in
 *
 * Return: the exit status.
 */
enum exit_status cmd_fail(const struct ctx *ctx, struct failure failure);

/**
 * cmd_read_failed() - report that there is nothing to send
 * @ctx: the run
 * @err: negative errno of input_read()
 * @limit: bytes that there could have been
 * @file: the file, or NULL for standard input
 *
 * Return: the exit status.
 */
enum exit_status cmd_read_failed(const struct ctx *ctx, int err, size_t limit,
				 const char *file);

/**
 * cmd_usage() - report that the command line is wrong
 * @ctx: the run
 * @hint: the next step, or ""
 * @message: printf format of what is wrong
 *
 * Return: EXIT_USAGE.
 */
enum exit_status cmd_usage(const struct ctx *ctx, const char *hint,
			   const char *message, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * cmd_notice() - tell people, not programs, something on standard error
 * @ctx: the run; if it prints JSON, nothing is told
 * @text: printf format of one line without its newline
 */
void cmd_notice(const struct ctx *ctx, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cmd_wait_begin() - from now on take signals with wait_for()
 * @ctx: the run; what it prints goes through the waiter
 *
 * Return: 0 or a negative errno.
 */
int cmd_wait_begin(struct ctx *ctx);

/**
 * cmd_wait() - wait_for(), with the reader gone told as SIGPIPE tells it
 * @ctx: the run, after cmd_wait_begin()
 * @fd: the socket
 * @deadline: in ns of wait_now(), or WAIT_FOREVER
 *
 * Return: WAIT_INPUT, WAIT_DEADLINE, WAIT_SIGNAL, or a negative errno; after
 * WAIT_NO_READER only if SIGPIPE is ignored, and with the error noted.
 */
int cmd_wait(struct ctx *ctx, int fd, int64_t deadline);

#endif /* KCTL_CMD_H */
