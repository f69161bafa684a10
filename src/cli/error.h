/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: one table turns an operation and an errno into a sentence, the next
 * step and the exit status.
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
 * struct failure - what went wrong
 * @operation: what was tried, "sockopt set"
 * @step: the part of it that failed, if that was on this side of the kernel:
 *	"netns", "read", "savefile", "hex", "run", "write", "capture" or "output"; or what
 *	else it did that failed, as in @operation; else NULL
 * @error: negative errno
 * @subject: what it was about: the {subject} of the table
 * @wait: how long it was tried: the {wait} of the table
 * @size: bytes it was about: the {size} of the table
 * @done: what was done all the same, or NULL or ""
 * @ext_ack: the kernel's own words, or NULL or ""
 */
struct failure {
	const char *operation;
	const char *step;
	int error;
	const char *subject;
	const char *wait;
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
