/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: a row turns a failed step and an errno into a sentence, a hint and an exit
 * status. Each command names the tables with its rows. error.c has the rows that
 * apply to every command.
 */
#ifndef KCTL_ERROR_H
#define KCTL_ERROR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * enum exit_status - exit status of the program
 * @EXIT_DONE: success
 * @EXIT_REFUSED: the kernel refused the request, or another failure, such as an
 *	interface, a file or an entry that does not exist
 * @EXIT_DIFFERENT: the compared data differs; the same number, as in diff(1)
 * @EXIT_USAGE: error in the command line
 * @EXIT_MISSING: the module is not loaded, or does not support the command
 * @EXIT_PERMISSION: permission denied
 * @EXIT_TIMEOUT: timed out, or the command would have to wait
 * @EXIT_CANNOT_RUN: a program cannot be executed; the same number as in a shell
 * @EXIT_NO_COMMAND: a program does not exist; likewise
 */
enum exit_status {
	EXIT_DONE,
	EXIT_REFUSED,
	EXIT_DIFFERENT = EXIT_REFUSED,
	EXIT_USAGE,
	EXIT_MISSING,
	EXIT_PERMISSION,
	EXIT_TIMEOUT,
	EXIT_CANNOT_RUN = 126,
	EXIT_NO_COMMAND = 127,
};

/**
 * struct error_row - row of a table that ends with a row without @message
 * @step: name of the failed step in user space, or NULL for a request to the kernel
 * @error: errno, or 0 for every errno
 * @status: exit status
 * @limit: the {limit} of @message
 * @message: the sentence, with {subject}, {other}, {size}, {limit}, {wait}, {wanted},
 *	{actual}, {errno} or {sentence}, which is that of libkctl for @error
 * @hint: the next step, with {subject} or {other}; or NULL
 */
struct error_row {
	const char *step;
	int error;
	enum exit_status status;
	uint64_t limit;
	const char *message;
	const char *hint;
};

/* Largest number of tables of a command. */
#define ERROR_TABLES 4

/* Rows for every command: for its steps, and for errnos at any step. */
extern const struct error_row error_step_rows[];
extern const struct error_row error_errno_rows[];

/**
 * struct failure - a failed operation
 * @operation: name of the command, for example "sockopt set"
 * @netns: network namespace in which it failed, if the command runs in several; or NULL
 * @errors: array of ERROR_TABLES tables, or NULL; each table can be NULL
 * @step: name of the failed step, or NULL, as in struct error_row
 * @error: negative errno
 * @subject: the {subject} of the row, or NULL
 * @other: the {other} of the row
 * @wait: the {wait} of the row, in ns
 * @size: the {size} of the row, in bytes
 * @wanted: the {wanted} of the row: the generation that was expected
 * @actual: the {actual} of the row: the generation that was found
 * @hint: the next step, instead of that of the row; or NULL
 * @done: what succeeded before the failure, or NULL or ""
 * @ext_ack: message of the kernel, or NULL or ""
 */
struct failure {
	const char *operation;
	const char *netns;
	const struct error_row *const *errors;
	const char *step;
	int error;
	const char *subject;
	const char *other;
	int64_t wait;
	uint64_t size;
	uint64_t wanted;
	uint64_t actual;
	const char *hint;
	const char *done;
	const char *ext_ack;
};

/**
 * struct error_text - description of a failure
 * @status: exit status
 * @message: the sentence
 * @hint: the next step, or ""
 */
struct error_text {
	enum exit_status status;
	char message[512];
	char hint[512];
};

/**
 * error_find() - find the row for a failure
 * @failure: the failure
 *
 * The search goes through the tables of the command in their order, then through
 * those for every command. The first row with the same step and errno wins.
 *
 * Return: the row; the last row of all matches every failure.
 */
const struct error_row *error_find(const struct failure *failure);

/**
 * error_describe() - describe a failure
 * @failure: the failure
 * @text: set to the description
 */
void error_describe(const struct failure *failure, struct error_text *text);

/**
 * error_print() - print a failure on one line
 * @stream: the stream to print to
 * @json: print a JSON object instead of text
 * @failure: the failure
 *
 * Return: the exit status for this failure.
 */
enum exit_status error_print(FILE *stream, bool json,
			     const struct failure *failure);

/**
 * usage_print() - print an error in the command line on one line
 * @stream: the stream to print to
 * @json: print a JSON object instead of text
 * @operation: name of the command, or NULL if it is not known
 * @message: the error
 * @hint: the next step, or ""
 *
 * Return: EXIT_USAGE.
 */
enum exit_status usage_print(FILE *stream, bool json, const char *operation,
			     const char *message, const char *hint);

#endif /* KCTL_ERROR_H */
