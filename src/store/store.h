/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/store: the commands of kctl sockopt
 *
 * A command turns its arguments into a request, calls src/lib and prints the answer.
 * section.h is the section of a save file that has the store. Only src/commands.c and
 * src/save include headers of this folder. It uses src/savefile, src/cli and src/lib.
 */
#ifndef KCTL_STORE_H
#define KCTL_STORE_H

#include <string.h>

#include "cli/cmd.h"
#include "lib/libkctl.h"

extern const struct command cmd_sockopt_set;
extern const struct command cmd_sockopt_get;
extern const struct command cmd_sockopt_delete;
extern const struct command cmd_sockopt_list;
extern const struct command cmd_sockopt_flush;
extern const struct command cmd_sockopt_save;
extern const struct command cmd_sockopt_restore;
extern const struct command cmd_sockopt_diff;
extern const struct command cmd_sockopt_edit;
extern const struct command cmd_sockopt_wait;

/* Error rows for commands about one entry; {subject} is its name. */
extern const struct error_row entry_errors[];

/**
 * store_print_generation() - read the generation of an entry and print it
 * @out: the printer
 * @store: handle to read it
 * @name: the entry
 *
 * If somebody else changes the entry first, this prints the generation of that
 * change.
 *
 * Return: 0 or a negative errno.
 */
int store_print_generation(struct out *out, struct kctl_store *store,
			   const char *name);

/* The next step if the store has no space. */
#define STORE_LIMITS_HINT \
	"see sysctl net.kctl.store_max_entries and store_max_bytes"

/* Error rows for commands that read the whole store. */
extern const struct error_row store_read_errors[];

/**
 * store_read() - read the whole store
 * @snapshot: set to the entries, which kctl_snapshot_free() releases, or to NULL on
 *	failure
 *
 * Return: 0, or an error of kctl_store_open() or kctl_store_table_get().
 */
int store_read(struct kctl_snapshot **snapshot);

/**
 * store_save() - write the section of the store
 * @ctx: the run; errors are printed
 * @args: not used
 * @stream: where to write
 *
 * Return: EXIT_DONE or the exit status.
 */
enum exit_status store_save(struct ctx *ctx, const void *args, FILE *stream);

/* Error rows for commands that replace the whole store. */
extern const struct error_row replace_errors[];

/**
 * store_replace() - replace the whole store
 * @table: the new entries; NULL: none
 * @generation: expected generation of the store, or 0 for any
 *
 * Return: 0, or an error of kctl_store_open() or kctl_store_replace().
 */
int store_replace(const struct kctl_table_builder *table, uint64_t generation);

/**
 * store_replace_unchanged() - replace the whole store if it has not changed
 * @table: the new entries; NULL: none
 * @generation: generation that the store had; 0: it was never changed
 *
 * Return: as store_replace(), and -ESTALE if it has another generation.
 */
int store_replace_unchanged(const struct kctl_table_builder *table,
			    uint64_t generation);

/**
 * store_replace_failed() - report that the store could not be replaced
 * @ctx: the run
 * @failure: has the error of store_replace() and the generation that it expected; this
 *	function adds the generation that the store has
 *
 * Return: the exit status.
 */
enum exit_status store_replace_failed(struct ctx *ctx, struct failure failure);

#endif /* KCTL_STORE_H */
