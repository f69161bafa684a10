// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a saved store that are entries */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "savefile_parser.h"
#include "cli/hex.h"

#define BLOCK 16 /* bytes of a value that are checked together */

/* The bytes that a name can have. */
static const bool name_bytes[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['_'] = true,	      ['.'] = true,	    [':'] = true,
	['/'] = true,	      ['-'] = true,
};

static int take_name(struct savefile_parser *p, struct word *name)
{
	*name = parser_take_word(p);
	for (size_t i = 0; i < name->size; i++) {
		if (!name_bytes[(uint8_t)name->text[i]])
			return parser_fail(
				p,
				"bad name '%.*s': a name consists of A-Z a-z 0-9 _ . : / -",
				word_quoted(name), name->text);
	}
	if (name->size >= KCTL_NAME_SIZE)
		return parser_fail(p,
				   "name has %zu characters, the limit is %d",
				   name->size, KCTL_NAME_SIZE - 1);
	return 0;
}

/* The words between name and value. */
static int take_flags(struct savefile_parser *p, uint32_t *flags)
{
	struct word word;

	for (;;) {
		parser_skip_blanks(p);
		if (p->at == p->end)
			return parser_fail(
				p, "a value in double quotes is missing");
		if (*p->at == '"')
			return 0;
		word = parser_take_word(p);
		if (!word_is(&word, "public"))
			return parser_fail(p, "unknown flag '%.*s'",
					   word_quoted(&word), word.text);
		if (*flags & KCTL_ENTRY_PUBLIC)
			return parser_fail(p, "flag 'public' appears twice");
		*flags |= KCTL_ENTRY_PUBLIC;
	}
}

/* \xHH. Reading two bytes is safe, because a newline ends the line. */
static int take_hex(struct savefile_parser *p, uint8_t *byte)
{
	int high = hex_digit(p->at[0]);
	int low = high < 0 ? -1 : hex_digit(p->at[1]);

	if (low < 0)
		return parser_fail(
			p, "\\x is not followed by two hexadecimal digits");
	p->at += 2;
	*byte = (uint8_t)(high << 4 | low);
	return 0;
}

/* The characters after a backslash. */
static int take_escape(struct savefile_parser *p, uint8_t *byte)
{
	static const char letters[] = "nrt\"\\", bytes[] = "\n\r\t\"\\";
	char c = *p->at;
	const char *letter = strchr(letters, c);

	if (p->at == p->end)
		return parser_fail(p, "the value has no closing quote");
	p->at++;
	if (c == 'x')
		return take_hex(p, byte);
	if (!letter && (c < ' ' || c > '~'))
		return parser_fail(p, "unknown escape \\ and byte 0x%02x",
				   (uint8_t)c);
	if (!letter)
		return parser_fail(p, "unknown escape \\%c", c);
	*byte = (uint8_t)bytes[letter - letters];
	return 0;
}

/* A byte that does not stand for itself. */
static int take_byte(struct savefile_parser *p, uint8_t *byte)
{
	*byte = (uint8_t)*p->at++;
	if (*byte == '\\')
		return take_escape(p, byte);
	return parser_fail(p, "control character, write it as \\x%02x", *byte);
}

static int add_bytes(struct savefile_parser *p, struct kctl_entry *entry,
		     const void *bytes, size_t size)
{
	if (size > KCTL_VALUE_MAX - entry->size)
		return parser_fail(p, "the value has more than %d bytes",
				   KCTL_VALUE_MAX);
	memcpy(entry->value + entry->size, bytes, size);
	entry->size += (uint32_t)size;
	return 0;
}

/* Check if a byte stands for itself. Without branches, so that it is vectorized. */
static bool is_plain(uint8_t byte)
{
	return ((byte >= ' ') | (byte == '\t')) & (byte != '"') &
	       (byte != '\\') & (byte != 0x7f);
}

static bool is_plain_block(const char *block)
{
	uint8_t other = 0;

	for (int i = 0; i < BLOCK; i++)
		other |= !is_plain((uint8_t)block[i]);
	return !other;
}

/* Copy bytes that stand for themselves: nearly all of a file. */
static int take_plain_bytes(struct savefile_parser *p, struct kctl_entry *entry)
{
	const char *begin = p->at;

	while (p->end - p->at >= BLOCK && is_plain_block(p->at))
		p->at += BLOCK;
	while (p->at < p->end && is_plain((uint8_t)*p->at))
		p->at++;
	return add_bytes(p, entry, begin, (size_t)(p->at - begin));
}

/* Parse the value, from quote to quote, into @entry. */
static int take_value(struct savefile_parser *p, struct kctl_entry *entry)
{
	uint8_t byte;
	int err;

	p->at++;
	for (;;) {
		err = take_plain_bytes(p, entry);
		if (err)
			return err;
		if (p->at == p->end)
			return parser_fail(p, "the value has no closing quote");
		if (*p->at == '"')
			break;
		err = take_byte(p, &byte);
		if (!err)
			err = add_bytes(p, entry, &byte, 1);
		if (err)
			return err;
	}
	p->at++;
	return parser_take_end_of_line(p, "the value");
}

static const char *name_at(const struct kctl_table_builder *table,
			   size_t offset)
{
	return kctl_table_entry(table, offset)->name;
}

/* Note the line of the entry that is added to the table next. */
static int add_mark(struct savefile_parser *p, const struct kctl_entry *entry)
{
	size_t capacity = p->capacity ? 2 * p->capacity : 1024;
	struct mark *larger;
	int err;

	/* Now and then, so that an endless file of one name ends soon. */
	if (p->count == p->capacity) {
		err = parser_find_duplicate(p);
		if (err)
			return err;
		larger = reallocarray(p->marks, capacity, sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		p->marks = larger;
		p->capacity = capacity;
	}
	if (p->count && strcmp(name_at(p->table, p->marks[p->count - 1].offset),
			       entry->name) >= 0)
		p->sorted = false;
	p->marks[p->count++] =
		(struct mark){ kctl_table_size(p->table), p->line };
	return 0;
}

static int count_bytes(struct savefile_parser *p, size_t size)
{
	p->bytes += size;
	if (p->bytes <= p->limits.bytes)
		return 0;
	return parser_fail(p,
			   "the store has no space for more than %" PRIu64
			   " bytes (sysctl net.kctl.store_max_bytes)",
			   p->limits.bytes);
}

int parser_take_entry(struct savefile_parser *p)
{
	struct kctl_entry *entry;
	size_t bound = (size_t)(p->end - p->at);
	struct word name;
	uint32_t flags = 0;
	int err;

	err = take_name(p, &name);
	if (!err)
		err = take_flags(p, &flags);
	if (!err && p->count >= p->limits.entries)
		err = parser_fail(
			p,
			"the store has no space for more than %" PRIu64
			" entries (sysctl net.kctl.store_max_entries)",
			p->limits.entries);
	if (err)
		return err;
	entry = kctl_table_reserve(
		p->table, bound < KCTL_VALUE_MAX ? bound : KCTL_VALUE_MAX);
	if (!entry)
		return -ENOMEM;
	memcpy(entry->name, name.text, name.size);
	entry->flags = flags;
	err = take_value(p, entry);
	if (!err)
		err = count_bytes(p, entry->size);
	if (!err)
		err = add_mark(p, entry);
	if (!err)
		kctl_table_commit(p->table, entry);
	return err;
}

/* Order by name, then by line. */
static int compare_marks(const void *a, const void *b, void *table)
{
	const struct mark *x = a, *y = b;
	int order =
		strcmp(name_at(table, x->offset), name_at(table, y->offset));

	if (order)
		return order;
	return x->line < y->line ? -1 : 1;
}

int parser_find_duplicate(struct savefile_parser *p)
{
	struct kctl_table_builder *table = p->table;
	size_t first = SIZE_MAX, line = SIZE_MAX;
	const char *name = NULL;

	if (p->sorted)
		return 0;
	qsort_r(p->marks, p->count, sizeof(*p->marks), compare_marks, table);
	for (size_t i = 1; i < p->count; i++) {
		const struct mark *m = &p->marks[i];

		if (m->line > line || strcmp(name_at(table, m[-1].offset),
					     name_at(table, m->offset)))
			continue;
		line = m->line;
		first = m[-1].line;
		name = name_at(table, m->offset);
	}
	if (!name)
		return 0;
	return parser_fail_at(p, line, "entry '%s' is already in line %zu",
			      name, first);
}
