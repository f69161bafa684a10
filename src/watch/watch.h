/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/watch: the commands of kctl watch
 *
 * watch icmp prints, counts or captures the packets that the kernel reports,
 * watch store prints the changes of the store, watch list prints the watchers.
 * Only src/commands.c uses this folder; it uses src/cli, src/lib and src/icmp.
 */
#ifndef KCTL_WATCH_H
#define KCTL_WATCH_H

#include "cli/cmd.h"

extern const struct command cmd_watch_icmp;
extern const struct command cmd_watch_store;
extern const struct command cmd_watch_list;

#endif /* KCTL_WATCH_H */
