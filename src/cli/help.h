/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help, and the list for completion */
#ifndef KCTL_HELP_H
#define KCTL_HELP_H

#include "cmd.h"

extern const struct command cmd_help;
extern const struct command cmd_list;

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

#endif /* KCTL_HELP_H */
