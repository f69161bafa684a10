// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "savefile.h"

/* Characters that are invisible or change how other characters are displayed. */
static bool is_invisible(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

/* Length of the UTF-8 sequence that begins with @first; 0: not the first byte of one. */
static size_t sequence_length(uint8_t first)
{
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Length of the multi-byte character at @p; 0: not valid, or not visible. */
static size_t visible_length(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = sequence_length(*p);
	uint32_t c;

	if (!len || len > left)
		return 0;
	c = *p & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return is_invisible(c) ? 0 : len;
}

static void put_escape(uint8_t byte, FILE *stream)
{
	switch (byte) {
	case '\n':
		fputs("\\n", stream);
		break;
	case '\r':
		fputs("\\r", stream);
		break;
	case '\t':
		fputs("\\t", stream);
		break;
	case '"':
	case '\\':
		putc_unlocked('\\', stream);
		putc_unlocked(byte, stream);
		break;
	default:
		fprintf(stream, "\\x%02x", byte);
	}
}

static bool is_plain(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

static void put_value(const uint8_t *value, size_t size, FILE *stream)
{
	const uint8_t *p = value, *end = value + size;
	size_t len;

	putc_unlocked('"', stream);
	while (p < end) {
		if (is_plain(*p)) {
			putc_unlocked(*p++, stream);
			continue;
		}
		len = visible_length(p, (size_t)(end - p));
		if (len)
			fwrite(p, 1, len, stream);
		else
			put_escape(*p, stream);
		p += len ? len : 1;
	}
	putc_unlocked('"', stream);
}

static void put_header(const struct kctl_snapshot *snapshot, time_t now,
		       FILE *stream)
{
	char date[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(date, sizeof(date), " %Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(stream, "%%kctl-store %d%s\n", SAVEFILE_VERSION, date);
	fprintf(stream, "# generation %" PRIu64 "\n", snapshot->generation);
}

static void put_entry(const struct kctl_entry *entry, FILE *stream)
{
	fputs(entry->name, stream);
	fputs(entry->flags & KCTL_ENTRY_PUBLIC ? " public " : " ", stream);
	put_value(entry->value, entry->size, stream);
	putc_unlocked('\n', stream);
}

/* Close a stream in memory. */
static int finish(FILE *stream, char **text)
{
	bool failed = ferror(stream);

	if (!fclose(stream) && !failed)
		return 0;
	free(*text);
	return -ENOMEM;
}

int savefile_format_entry(const struct kctl_entry *entry, char **text,
			  size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (!stream)
		return -ENOMEM;
	put_entry(entry, stream);
	return finish(stream, text);
}

static void put_entries(const struct kctl_snapshot *snapshot, FILE *stream)
{
	for (size_t i = 0; i < snapshot->count; i++)
		put_entry(snapshot->entries[i], stream);
}

int savefile_format(const struct kctl_snapshot *snapshot, time_t now,
		    char **text, size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (!stream)
		return -ENOMEM;
	put_header(snapshot, now, stream);
	put_entries(snapshot, stream);
	fprintf(stream, "%%end %zu\n", snapshot->count);
	return finish(stream, text);
}

int savefile_format_draft(const struct kctl_snapshot *snapshot, time_t now,
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
	return finish(stream, text);
}
