/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/cli: code shared by all commands, and the way from a command line to a command
 *
 * This folder parses options, prints text and JSON, turns errnos into sentences, reads
 * input and waits. It knows only the commands status and help; struct ctx has the list
 * of all commands. main.c calls cmd_main(); the commands in src/store, src/watch,
 * src/channel, src/save and src/doctor call the rest. src/cli calls only src/lib.
 *
 * This header is for running commands: struct ctx, error reports and waiting.
 */
#ifndef KCTL_CMD_H
#define KCTL_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "error.h"
#include "global.h"
#include "out.h"
#include "wait.h"

/**
 * struct ctx - state of one run of the program
 * @commands: all commands, NULL at the end
 * @globals: the global options
 * @globals_seen: those that were given, as in struct opt_level
 * @out: the printer on standard output
 * @waiter: see cmd_wait_begin()
 * @waiting: @waiter is open
 * @command: the running command, or NULL before there is one
 * @operation: its name, for example "sockopt set"
 * @netns: the network namespace in which it runs now, if it runs in several; or NULL
 */
struct ctx {
	const struct command *const *commands;
	struct globals globals;
	uint32_t globals_seen;
	struct out out;
	struct waiter waiter;
	bool waiting;
	const struct command *command;
	char operation[40];
	const char *netns;
};

/**
 * cmd_unknown() - report an unknown command
 * @ctx: the run
 * @noun: the noun
 * @verb: the verb, or NULL
 *
 * Return: EXIT_USAGE.
 */
enum exit_status cmd_unknown(const struct ctx *ctx, const char *noun,
			     const char *verb);

/**
 * cmd_fail() - report that the command failed
 * @ctx: the run
 * @failure: the failure; cmd_fail() fills in its operation and, unless they are
 *	set, its error tables
 *
 * Return: the exit status.
 */
enum exit_status cmd_fail(const struct ctx *ctx, struct failure failure);

/**
 * cmd_read_failed() - report that the input cannot be read
 * @ctx: the run
 * @err: negative errno of input_read()
 * @limit: the limit that input_read() was given
 * @file: the file, or NULL for standard input
 *
 * Return: the exit status.
 */
enum exit_status cmd_read_failed(const struct ctx *ctx, int err, size_t limit,
				 const char *file);

/**
 * cmd_usage() - report an error in the command line
 * @ctx: the run
 * @hint: the next step, or "" to refer to the help
 * @message: printf format of the error
 *
 * Return: EXIT_USAGE.
 */
enum exit_status cmd_usage(const struct ctx *ctx, const char *hint,
			   const char *message, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * cmd_notice() - print a notice for people on standard error
 * @ctx: the run; prints nothing if its output is JSON
 * @text: printf format of one line without its newline
 */
void cmd_notice(const struct ctx *ctx, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cmd_warning() - print a notice on standard error, with JSON output too
 * @ctx: the run
 * @text: as of cmd_notice()
 */
void cmd_warning(const struct ctx *ctx, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * cmd_wait_begin() - block signals and let cmd_wait() receive them
 * @ctx: the run; its output goes through the waiter from now on
 *
 * Return: 0 or a negative errno.
 */
int cmd_wait_begin(struct ctx *ctx);

/**
 * cmd_wait() - wait as wait_for() does, and raise SIGPIPE if the reader is gone
 * @ctx: the run, after cmd_wait_begin()
 * @fd: the socket
 * @deadline: in ns of wait_now(), or WAIT_FOREVER
 *
 * Return: WAIT_INPUT, WAIT_DEADLINE, WAIT_SIGNAL, or a negative errno. It returns
 * WAIT_NO_READER only if SIGPIPE is ignored; the output then has an error.
 */
int cmd_wait(struct ctx *ctx, int fd, int64_t deadline);

#endif /* KCTL_CMD_H */
