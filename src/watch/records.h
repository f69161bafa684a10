/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Process a record: count it, print it, or add it to a table or a file */
#ifndef KCTL_WATCH_RECORDS_H
#define KCTL_WATCH_RECORDS_H

#include "running.h"

/**
 * records_function() - choose what happens to records
 * @args: the options
 *
 * Return: the callback for each record; its data is a struct watch.
 */
kctl_record_fn *records_function(const struct watch_args *args);

/**
 * records_table() - print the table of --summary
 * @w: the watch
 * @now: the current time in ns, on the clock of the records
 */
void records_table(struct watch *w, uint64_t now);

#endif /* KCTL_WATCH_RECORDS_H */
