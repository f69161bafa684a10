/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the table of errors; for error.c */
#ifndef KCTL_ERROR_TABLE_H
#define KCTL_ERROR_TABLE_H

#include "error.h"

/**
 * struct error_row - one row of the table
 * @operation: "sockopt set", or a noun for all of its verbs, or a step, or NULL for
 *	all
 * @error: errno, or 0 for all
 * @status: exit status
 * @limit: the {limit} of @message
 * @message: the sentence; {subject}, {size}, {limit}, {wait} and {errno} are
 *	replaced
 * @hint: the next step, or NULL; {subject} is replaced
 */
struct error_row {
	const char *operation;
	int error;
	enum exit_status status;
	uint64_t limit;
	const char *message;
	const char *hint;
};

/* The rows about the channels; they go first, and end with one that has no message. */
extern const struct error_row error_proto_rows[];

#endif /* KCTL_ERROR_TABLE_H */
