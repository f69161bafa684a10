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

/**
 * store_print_generation() - read the generation of an entry and print it
 * @out: the printer
 * @fd: from kctl_store_open()
 * @name: the entry
 *
 * It is the generation of the entry at this moment. If another change was faster
 * than the caller, it is that of the other change.
 *
 * Return: 0 or a negative errno.
 */
int store_print_generation(struct out *out, int fd, const char *name);

#endif /* KCTL_STORE_H */
