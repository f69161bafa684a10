/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/save - kctl save and kctl restore: the store and the channels in one file
 *
 * The sections are those of kctl sockopt save and kctl proto save: src/store and src/channel
 * write, parse and restore them.
 *
 * Only src/commands.c may include this header. The folder uses src/store, src/channel,
 * src/savefile, src/cli and src/lib.
 */
#ifndef KCTL_SAVE_H
#define KCTL_SAVE_H

#include "cli/cmd.h"

extern const struct command cmd_save;
extern const struct command cmd_restore;

#endif /* KCTL_SAVE_H */
