/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a save file in memory, in pieces, as it would be read from a file */
#ifndef PARSE_SAVEFILE_H
#define PARSE_SAVEFILE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/section.h"

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

/* Parses @text with @sections. */
static inline int parse_sections(const char *text, size_t size,
				 struct savefile_section *sections,
				 size_t count, struct savefile_error *error)
{
	struct savefile_parser *p = savefile_begin(sections, count, error);
	int err;

	if (!p)
		return -ENOMEM;
	err = parse_halves(p, text, size, size / 2);
	savefile_free(p);
	return err;
}

/* The entries are added to @table, which the caller owns. */
static inline int savefile_parse(const char *text, size_t size,
				 struct kctl_table_builder *table,
				 struct savefile_error *error)
{
	struct store_section store = { .table = table,
				       .limits = { .entries = 100000,
						   .bytes = 1 << 30 } };
	struct savefile_section section = { .kind = &store_section_kind,
					    .content = &store };
	int err = parse_sections(text, size, &section, 1, error);

	free(store.marks);
	return err;
}

/* The file of a saved store. */
static inline int savefile_format(const struct kctl_snapshot *snapshot,
				  time_t now, char **text, size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (!stream)
		return -ENOMEM;
	store_section_put(snapshot, now, stream);
	return savefile_close(stream, text);
}

#endif /* PARSE_SAVEFILE_H */
