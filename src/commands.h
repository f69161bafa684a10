/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_COMMANDS_H
#define KCTL_COMMANDS_H

#include "cli/command.h"

/* All commands in the order in which help lists them; NULL at the end. */
extern const struct command *const commands[];

#endif /* KCTL_COMMANDS_H */
