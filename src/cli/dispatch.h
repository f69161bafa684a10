/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way from a command line to its command */
#ifndef KCTL_DISPATCH_H
#define KCTL_DISPATCH_H

#include "cmd.h"

/**
 * cmd_main() - parse a command line and run its command
 * @ctx: the run, with its commands and the stream of its printer
 * @argc: elements of @argv
 * @argv: as of main(): the program, [OPTIONS] NOUN VERB [OPTIONS] [ARGS]
 *
 * Return: the exit status.
 */
enum exit_status cmd_main(struct ctx *ctx, int argc, char **argv);

#endif /* KCTL_DISPATCH_H */
