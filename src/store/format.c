// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "section.h"

static void put_header(const struct kctl_snapshot *snapshot, time_t now,
		       FILE *stream)
{
	savefile_put_header(&store_section_kind, now, stream);
	fprintf(stream, "# generation %" PRIu64 "\n", snapshot->generation);
}

static void put_entry(const struct kctl_entry *entry, FILE *stream)
{
	fputs(entry->name, stream);
	fputs(entry->flags & KCTL_ENTRY_PUBLIC ? " public " : " ", stream);
	savefile_put_quoted(entry->value, entry->size, stream);
	putc_unlocked('\n', stream);
}

int store_format_entry(const struct kctl_entry *entry, char **text,
		       size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (!stream)
		return -ENOMEM;
	put_entry(entry, stream);
	return savefile_close(stream, text);
}

static void put_entries(const struct kctl_snapshot *snapshot, FILE *stream)
{
	for (size_t i = 0; i < snapshot->count; i++)
		put_entry(snapshot->entries[i], stream);
}

void store_section_put(const struct kctl_snapshot *snapshot, time_t now,
		       FILE *stream)
{
	put_header(snapshot, now, stream);
	put_entries(snapshot, stream);
	savefile_put_end(snapshot->count, stream);
}

int store_format_draft(const struct kctl_snapshot *snapshot, time_t now,
		       char **text, size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (!stream)
		return -ENOMEM;
	put_header(snapshot, now, stream);
	fputs("# Lines are NAME [public] \"VALUE\", see kctl-sockopt(8).\n",
	      stream);
	put_entries(snapshot, stream);
	fputs("%end\n", stream);
	return savefile_close(stream, text);
}
