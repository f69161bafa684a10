/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a command line to its command */
#ifndef KCTL_DISPATCH_H
#define KCTL_DISPATCH_H

#include "cmd.h"

/**
 * cmd_dispatch() - run the command of a command line
 * @ctx: the run
 * @argc: elements of @argv
 * @argv: NOUN VERB [OPTIONS] [ARGS]; none at all is "status"
 *
 * Return: the exit status.
 */
enum exit_status cmd_dispatch(struct ctx *ctx, int argc, char **argv);

#endif /* KCTL_DISPATCH_H */
