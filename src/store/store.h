/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/store: the commands of kctl sockopt
 *
 * A command takes its arguments, asks the library for entries of the store or
 * changes them, and prints the result. savefile.h is the file format of save and
 * restore. Only src/commands.c uses this folder; it uses src/cli and src/lib.
 */
#ifndef KCTL_STORE_H
#define KCTL_STORE_H

#include "cli/cmd.h"

extern const struct command cmd_sockopt_set;
extern const struct command cmd_sockopt_get;
extern const struct command cmd_sockopt_delete;
extern const struct command cmd_sockopt_list;
extern const struct command cmd_sockopt_flush;
extern const struct command cmd_sockopt_save;
extern const struct command cmd_sockopt_restore;
extern const struct command cmd_sockopt_wait;

/* For commands about one entry; {subject} is its name. */
extern const struct error_row entry_errors[];

#endif /* KCTL_STORE_H */
