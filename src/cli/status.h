/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kctl status, kctl --version */
#ifndef KCTL_STATUS_H
#define KCTL_STATUS_H

#include "cmd.h"

extern const struct command cmd_status;

/**
 * cmd_version() - print the versions of tool and module
 * @ctx: the run
 *
 * Return: EXIT_DONE.
 */
enum exit_status cmd_version(struct ctx *ctx);

#endif /* KCTL_STATUS_H */
