/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run a command in all network namespaces that have a name, as ip -all netns does */
#ifndef KCTL_ALL_NETNS_H
#define KCTL_ALL_NETNS_H

#include "cmd.h"

/**
 * all_netns_run() - run a command in each named network namespace, in the order of names
 * @ctx: the run; each error names its network namespace
 * @c: the command, which prints one JSON document
 * @args: its arguments
 *
 * An error in one network namespace does not keep the command from the others.
 *
 * Return: EXIT_DONE, or the exit status of the first error.
 */
enum exit_status all_netns_run(struct ctx *ctx, const struct command *c,
			       const void *args);

#endif /* KCTL_ALL_NETNS_H */
