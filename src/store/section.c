// SPDX-License-Identifier: GPL-2.0-or-later
/* The section of a save file that has the store: NAME [FLAG...] "VALUE" */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "section.h"
#include "savefile/parser.h"

/* Largest line of an entry: an escaped byte takes four bytes in the file. */
#define LINE_MAX_BYTES (512 * 1024)

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

static const char *name_at(const struct kctl_table_builder *table,
			   size_t offset)
{
	return kctl_table_entry(table, offset)->name;
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

/*
 * Find the first line whose name an earlier line has. An error that stopped the parser is on
 * a later line than all entries, so a duplicate is reported first.
 */
static int find_duplicate(struct savefile_parser *p, void *content)
{
	struct store_section *s = content;
	struct kctl_table_builder *table = s->table;
	size_t first = SIZE_MAX, line = SIZE_MAX;
	const char *name = NULL;

	if (!s->unsorted)
		return 0;
	qsort_r(s->marks, s->count, sizeof(*s->marks), compare_marks, table);
	for (size_t i = 1; i < s->count; i++) {
		const struct mark *m = &s->marks[i];

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

/* Note the line of the entry that is added to the table next. */
static int add_mark(struct savefile_parser *p, struct store_section *s,
		    const struct kctl_entry *entry)
{
	size_t capacity = s->capacity ? 2 * s->capacity : 1024;
	struct mark *larger;
	int err;

	/* Check now and then, so that an endless file with one name is refused soon. */
	if (s->count == s->capacity) {
		err = find_duplicate(p, s);
		if (err)
			return err;
		larger = reallocarray(s->marks, capacity, sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		s->marks = larger;
		s->capacity = capacity;
	}
	if (s->count && strcmp(name_at(s->table, s->marks[s->count - 1].offset),
			       entry->name) >= 0)
		s->unsorted = true;
	s->marks[s->count++] =
		(struct mark){ kctl_table_size(s->table), p->line };
	return 0;
}

static int count_bytes(struct savefile_parser *p, struct store_section *s,
		       size_t size)
{
	s->bytes += size;
	if (s->bytes <= s->limits.bytes)
		return 0;
	return parser_fail(p,
			   "the store has no space for more than %" PRIu64
			   " bytes (sysctl net.kctl.store_max_bytes)",
			   s->limits.bytes);
}

static int take_value(struct savefile_parser *p, struct kctl_entry *entry)
{
	struct quoted value = { .what = "value",
				.bytes = entry->value,
				.max = KCTL_VALUE_MAX };
	int err = parser_take_quoted(p, &value);

	entry->size = (uint32_t)value.size;
	return err;
}

static int take_entry(struct savefile_parser *p, void *content)
{
	struct store_section *s = content;
	struct kctl_entry *entry;
	size_t bound = (size_t)(p->end - p->at);
	struct word name;
	uint32_t flags = 0;
	int err;

	err = take_name(p, &name);
	if (!err)
		err = take_flags(p, &flags);
	if (!err && s->count >= s->limits.entries)
		err = parser_fail(
			p,
			"the store has no space for more than %" PRIu64
			" entries (sysctl net.kctl.store_max_entries)",
			s->limits.entries);
	if (err)
		return err;
	entry = kctl_table_reserve(
		s->table, bound < KCTL_VALUE_MAX ? bound : KCTL_VALUE_MAX);
	if (!entry)
		return -ENOMEM;
	memcpy(entry->name, name.text, name.size);
	entry->flags = flags;
	err = take_value(p, entry);
	if (!err)
		err = count_bytes(p, s, entry->size);
	if (!err)
		err = add_mark(p, s, entry);
	if (!err)
		kctl_table_commit(s->table, entry);
	return err;
}

/* "# generation N" is a comment, but directly after the header it is from a store. */
static void take_generation(struct savefile_parser *p, void *content)
{
	struct store_section *s = content;
	struct word word = parser_take_word(p);

	if (!word_is(&word, "#"))
		return;
	word = parser_take_word(p);
	if (!word_is(&word, "generation"))
		return;
	word = parser_take_word(p);
	if (!word_number(&word, &s->generation))
		s->generation = SAVEFILE_UNNAMED;
}

const struct savefile_kind store_section_kind = {
	.name = "%kctl-store",
	.items = "entries",
	.line_max = LINE_MAX_BYTES,
	.take = take_entry,
	.note = take_generation,
	.check = find_duplicate,
};

int store_section_init(struct store_section *s,
		       const struct store_section_limits *limits)
{
	*s = (struct store_section){ .table = kctl_table_new(),
				     .generation = SAVEFILE_UNNAMED,
				     .limits = *limits };
	return s->table ? 0 : -ENOMEM;
}

void store_section_free(struct store_section *s)
{
	kctl_table_free(s->table);
	free(s->marks);
}
