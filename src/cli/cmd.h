/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run of a command: what it was called with, how it reports failures and how
 * it waits.
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
 * struct ctx - one run of the program
 * @commands: all commands, NULL at the end
 * @globals: the options in front of the noun
 * @out: the printer, on standard output
 * @waiter: see cmd_wait_begin()
 * @waiting: @waiter is open
 * @command: the command that runs, or NULL if none does yet
 * @operation: its name, "sockopt set"
 */
struct ctx {
	const struct command *const *commands;
	struct globals globals;
	struct out out;
	struct waiter waiter;
	bool waiting;
	const struct command *command;
	char operation[40];
};

/**
 * cmd_unknown() - report that command_find() found nothing
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
 * @failure: what went wrong; its operation is filled in, and so are its tables of
 *	errors unless it has some
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
