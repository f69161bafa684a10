/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a save file that is in memory, in pieces, as it arrives from a file */
#ifndef PARSE_SAVEFILE_H
#define PARSE_SAVEFILE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/savefile.h"

/* Feeds @text up to @half, and then the rest. */
static inline int parse_halves(struct savefile_parser *p, const char *text,
			       size_t size, size_t half)
{
	size_t used, more;
	int err;

	err = savefile_feed(p, text, half, &used);
	if (!err)
		err = savefile_feed(p, text + used, size - used, &more);
	return err ? err :
		     savefile_end(p, text + used + more, size - used - more);
}

static inline int savefile_parse(const char *text, size_t size,
				 struct kctl_table_builder *table,
				 struct savefile_error *error)
{
	const struct savefile_limits limits = { .entries = 100000,
						.bytes = 1 << 30 };
	struct savefile_parser *p = savefile_begin(table, &limits, error);
	int err;

	if (!p)
		return -ENOMEM;
	err = parse_halves(p, text, size, size / 2);
	savefile_free(p);
	return err;
}

#endif /* PARSE_SAVEFILE_H */
