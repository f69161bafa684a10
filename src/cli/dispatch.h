/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way from a command line to its command */
#ifndef KCTL_DISPATCH_H
#define KCTL_DISPATCH_H

#include "cmd.h"

/**
 * cmd_dispatch() - parse a command line and run its command
 * @ctx: the run
 * @argc: elements of @argv
 * @argv: NOUN VERB [OPTIONS] [ARGS]; an empty one runs "status"
 *
 * Return: the exit status.
 */
enum exit_status cmd_dispatch(struct ctx *ctx, int argc, char **argv);

#endif /* KCTL_DISPATCH_H */
