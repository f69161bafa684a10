/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: rows turn what failed and its errno into a sentence, the next step and
 * the exit status. Each command names the tables that have its rows; the rows that
 * are true of any command are in error.c.
 */
#ifndef KCTL_ERROR_H
#define KCTL_ERROR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * enum exit_status - how the program ends
 * @EXIT_DONE: all went well
 * @EXIT_REFUSED: the kernel said no, or something else failed
 * @EXIT_USAGE: the command line is wrong
 * @EXIT_MISSING: no module, or one that is too old for the command
 * @EXIT_PERMISSION: not allowed
 * @EXIT_TIMEOUT: timed out, or would have to wait
 * @EXIT_CANNOT_RUN: the program that was to be run cannot be, as a shell has it
 * @EXIT_NO_COMMAND: it is not there
 */
enum exit_status {
	EXIT_DONE,
	EXIT_REFUSED,
	EXIT_USAGE,
	EXIT_MISSING,
	EXIT_PERMISSION,
	EXIT_TIMEOUT,
	EXIT_CANNOT_RUN = 126,
	EXIT_NO_COMMAND = 127,
};

/**
 * struct error_row - one row of a table; a table ends with one that has no message
 * @step: the step that failed on this side of the kernel, or NULL for what was
 *	asked of the kernel
 * @error: errno, or 0 for all
 * @status: exit status
 * @limit: the {limit} of @message
 * @message: the sentence; {subject}, {size}, {limit}, {wait} and {errno} are
 *	replaced
 * @hint: the next step, or NULL; {subject} is replaced
 */
struct error_row {
	const char *step;
	int error;
	enum exit_status status;
	uint64_t limit;
	const char *message;
	const char *hint;
};

/* As many tables as a command can have. */
#define ERROR_TABLES 3

/* For every command: about steps, then about errnos whatever the step was. */
extern const struct error_row error_step_rows[];
extern const struct error_row error_errno_rows[];

/**
 * struct failure - what went wrong
 * @operation: what was tried, "sockopt set"
 * @errors: ERROR_TABLES tables of the command, each or all of them can be NULL
 * @step: the part of it that failed, if that was on this side of the kernel, as in
 *	struct error_row; else NULL
 * @error: negative errno
 * @subject: what it was about: the {subject} of the row
 * @wait: ns for which it was tried: the {wait} of the row
 * @size: bytes it was about: the {size} of the row
 * @done: what was done all the same, or NULL or ""
 * @ext_ack: the kernel's own words, or NULL or ""
 */
struct failure {
	const char *operation;
	const struct error_row *const *errors;
	const char *step;
	int error;
	const char *subject;
	int64_t wait;
	uint64_t size;
	const char *done;
	const char *ext_ack;
};

/**
 * struct error_text - a failure in words
 * @status: exit status
 * @message: what happened
 * @hint: the next step, or ""
 */
struct error_text {
	enum exit_status status;
	char message[512];
	char hint[160];
};

/**
 * error_find() - find the row for a failure
 * @failure: the failure
 *
 * The first row counts that has the same step and errno: in the tables of the
 * command, one after the other, then in those for every command.
 *
 * Return: the row. The last one has room for everything.
 */
const struct error_row *error_find(const struct failure *failure);

/**
 * error_describe() - find the words for a failure
 * @failure: the failure
 * @text: gets them
 */
void error_describe(const struct failure *failure, struct error_text *text);

/**
 * error_print() - print a failure, in one line
 * @stream: where to
 * @json: as a JSON object
 * @failure: the failure
 *
 * Return: the exit status it means.
 */
enum exit_status error_print(FILE *stream, bool json,
			     const struct failure *failure);

/**
 * usage_print() - print what is wrong with a command line, in one line
 * @stream: where to
 * @json: as a JSON object
 * @operation: what was tried, or NULL if that is not known yet
 * @message: what is wrong
 * @hint: the next step, or ""
 *
 * Return: EXIT_USAGE.
 */
enum exit_status usage_print(FILE *stream, bool json, const char *operation,
			     const char *message, const char *hint);

#endif /* KCTL_ERROR_H */
