// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "savefile.h"
#include "cli/hex.h"
#include "cli/parse.h"

#define HEADER "%kctl-store"
#define END    "%end"

#define QUOTED 40 /* largest number of characters that an error quotes */
#define BLOCK  16 /* bytes of a value that are checked together */

/* The bytes that a name can have. */
static const bool name_bytes[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['_'] = true,	      ['.'] = true,	    [':'] = true,
	['/'] = true,	      ['-'] = true,
};

/* The place of an entry in the table and in the file. */
struct mark {
	size_t offset; /* in the table */
	size_t line;
};

/**
 * struct parser - state of parsing
 * @at: position in the line
 * @end: end of the line, at its newline
 * @next: the next line
 * @limit: end of the file
 * @line: number of the line
 * @begun: the header was parsed
 * @ended: the end mark was parsed
 * @sorted: names are in order so far, so none is a duplicate
 * @marks: the entries so far
 * @count: number of @marks
 * @capacity: number of @marks for which memory is allocated
 * @table: the table for the entries
 * @error: set on an error
 */
struct parser {
	const char *at;
	const char *end;
	const char *next;
	const char *limit;
	size_t line;
	bool begun;
	bool ended;
	bool sorted;
	struct mark *marks;
	size_t count;
	size_t capacity;
	struct kctl_table_builder *table;
	struct savefile_error *error;
};

/* A word of the line, not NUL-terminated. */
struct word {
	const char *text;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int
fail_at(struct parser *p, size_t line, const char *reason, ...)
{
	va_list args;

	p->error->line = line;
	va_start(args, reason);
	vsnprintf(p->error->reason, sizeof(p->error->reason), reason, args);
	va_end(args);
	return -EINVAL;
}

#define fail(p, ...) fail_at(p, (p)->line, __VA_ARGS__)

/* The number of characters of a word that an error quotes, for "%.*s". */
static int quoted(const struct word *word)
{
	return word->size < QUOTED ? (int)word->size : QUOTED;
}

static bool is_word(const struct word *word, const char *text)
{
	return word->size == strlen(text) &&
	       !memcmp(word->text, text, word->size);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
}

/* The next word up to a blank; empty at the end of the line. */
static struct word take_word(struct parser *p)
{
	struct word word;

	skip_blanks(p);
	word.text = p->at;
	while (p->at < p->end && !is_blank(*p->at))
		p->at++;
	word.size = (size_t)(p->at - word.text);
	return word;
}

static bool take_number(const struct word *word, uint64_t *number)
{
	char text[24];

	if (word->size >= sizeof(text))
		return false;
	memcpy(text, word->text, word->size);
	text[word->size] = '\0';
	return parse_u64(text, number);
}

static int take_end_of_line(struct parser *p, const char *behind)
{
	struct word word = take_word(p);

	if (!word.size)
		return 0;
	return fail(p, "unexpected '%.*s' after %s", quoted(&word), word.text,
		    behind);
}

/* What an editor may put in front of the first line. */
static int check_byte_order_mark(struct parser *p)
{
	size_t left = (size_t)(p->limit - p->next);

	if (left >= 3 && !memcmp(p->next, "\xef\xbb\xbf", 3))
		return fail_at(
			p, 1,
			"the file begins with a byte order mark of UTF-8: save it without one");
	if (left >= 2 && (!memcmp(p->next, "\xff\xfe", 2) ||
			  !memcmp(p->next, "\xfe\xff", 2)))
		return fail_at(
			p, 1,
			"the file is encoded in UTF-16: save it in UTF-8");
	return 0;
}

/* %kctl-store VERSION [DATE] */
static int take_header(struct parser *p)
{
	struct word word = take_word(p);
	uint64_t version;

	if (!is_word(&word, HEADER))
		return fail(p, "the file does not begin with %s %d", HEADER,
			    SAVEFILE_VERSION);
	word = take_word(p);
	if (!take_number(&word, &version) || !version)
		return fail(p, "bad format version '%.*s'", quoted(&word),
			    word.text);
	if (version > SAVEFILE_VERSION)
		return fail(p,
			    "format version %" PRIu64
			    " is newer than this tool, which reads version %d",
			    version, SAVEFILE_VERSION);
	take_word(p);
	p->begun = true;
	return take_end_of_line(p, "the date");
}

/* %end [ENTRIES] */
static int take_end(struct parser *p)
{
	struct word word = take_word(p);
	uint64_t entries = p->count;

	if (!is_word(&word, END))
		return fail(p, "unknown directive '%.*s'", quoted(&word),
			    word.text);
	word = take_word(p);
	if (word.size && !take_number(&word, &entries))
		return fail(p, "bad number of entries '%.*s'", quoted(&word),
			    word.text);
	if (entries != p->count)
		return fail(p,
			    "%s says %" PRIu64 " entries, but the file has %zu",
			    END, entries, p->count);
	p->ended = true;
	return take_end_of_line(p, "the number of entries");
}

static int take_name(struct parser *p, struct word *name)
{
	*name = take_word(p);
	for (size_t i = 0; i < name->size; i++) {
		if (!name_bytes[(uint8_t)name->text[i]])
			return fail(
				p,
				"bad name '%.*s': a name consists of A-Z a-z 0-9 _ . : / -",
				quoted(name), name->text);
	}
	if (name->size >= KCTL_NAME_SIZE)
		return fail(p, "name has %zu characters, the limit is %d",
			    name->size, KCTL_NAME_SIZE - 1);
	return 0;
}

/* The words between name and value. */
static int take_flags(struct parser *p, uint32_t *flags)
{
	struct word word;

	for (;;) {
		skip_blanks(p);
		if (p->at == p->end)
			return fail(p, "a value in double quotes is missing");
		if (*p->at == '"')
			return 0;
		word = take_word(p);
		if (!is_word(&word, "public"))
			return fail(p, "unknown flag '%.*s'", quoted(&word),
				    word.text);
		if (*flags & KCTL_ENTRY_PUBLIC)
			return fail(p, "flag 'public' appears twice");
		*flags |= KCTL_ENTRY_PUBLIC;
	}
}

/* \xHH. Reading two bytes is safe, because a newline ends the line. */
static int take_hex(struct parser *p, uint8_t *byte)
{
	int high = hex_digit(p->at[0]);
	int low = high < 0 ? -1 : hex_digit(p->at[1]);

	if (low < 0)
		return fail(p, "\\x is not followed by two hexadecimal digits");
	p->at += 2;
	*byte = (uint8_t)(high << 4 | low);
	return 0;
}

/* The characters after a backslash. */
static int take_escape(struct parser *p, uint8_t *byte)
{
	static const char letters[] = "nrt\"\\", bytes[] = "\n\r\t\"\\";
	char c = *p->at;
	const char *letter = strchr(letters, c);

	if (p->at == p->end)
		return fail(p, "the value has no closing quote");
	p->at++;
	if (c == 'x')
		return take_hex(p, byte);
	if (!letter && (c < ' ' || c > '~'))
		return fail(p, "unknown escape \\ and byte 0x%02x", (uint8_t)c);
	if (!letter)
		return fail(p, "unknown escape \\%c", c);
	*byte = (uint8_t)bytes[letter - letters];
	return 0;
}

/* A byte that does not stand for itself. */
static int take_byte(struct parser *p, uint8_t *byte)
{
	*byte = (uint8_t)*p->at++;
	if (*byte == '\\')
		return take_escape(p, byte);
	return fail(p, "control character, write it as \\x%02x", *byte);
}

static int add_bytes(struct parser *p, struct kctl_entry *entry,
		     const void *bytes, size_t size)
{
	if (size > KCTL_VALUE_MAX - entry->size)
		return fail(p, "the value has more than %d bytes",
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
static int take_plain_bytes(struct parser *p, struct kctl_entry *entry)
{
	const char *begin = p->at;

	while (p->end - p->at >= BLOCK && is_plain_block(p->at))
		p->at += BLOCK;
	while (p->at < p->end && is_plain((uint8_t)*p->at))
		p->at++;
	return add_bytes(p, entry, begin, (size_t)(p->at - begin));
}

/* Parse the value, from quote to quote, into @entry. */
static int take_value(struct parser *p, struct kctl_entry *entry)
{
	uint8_t byte;
	int err;

	p->at++;
	for (;;) {
		err = take_plain_bytes(p, entry);
		if (err)
			return err;
		if (p->at == p->end)
			return fail(p, "the value has no closing quote");
		if (*p->at == '"')
			break;
		err = take_byte(p, &byte);
		if (!err)
			err = add_bytes(p, entry, &byte, 1);
		if (err)
			return err;
	}
	p->at++;
	return take_end_of_line(p, "the value");
}

static const char *name_at(const struct kctl_table *table, size_t offset)
{
	const struct kctl_entry *entry =
		(const void *)((const char *)table + offset);

	return entry->name;
}

/* Note the line of the entry that is added to the table next. */
static int add_mark(struct parser *p, const struct kctl_entry *entry)
{
	size_t capacity = p->capacity ? 2 * p->capacity : 1024;
	struct mark *larger;

	if (p->count == p->capacity) {
		larger = reallocarray(p->marks, capacity, sizeof(*larger));
		if (!larger)
			return -ENOMEM;
		p->marks = larger;
		p->capacity = capacity;
	}
	if (p->count &&
	    strcmp(name_at(p->table->table, p->marks[p->count - 1].offset),
		   entry->name) >= 0)
		p->sorted = false;
	p->marks[p->count++] = (struct mark){ p->table->size, p->line };
	return 0;
}

/* NAME [FLAG...] "VALUE" */
static int take_entry(struct parser *p)
{
	struct kctl_entry *entry;
	size_t bound = (size_t)(p->end - p->at);
	struct word name;
	uint32_t flags = 0;
	int err;

	err = take_name(p, &name);
	if (!err)
		err = take_flags(p, &flags);
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
		err = add_mark(p, entry);
	if (!err)
		kctl_table_commit(p->table, entry);
	return err;
}

static int take_line(struct parser *p)
{
	if (p->ended)
		return fail(p, "the file continues after %s", END);
	skip_blanks(p);
	if (p->at == p->end || *p->at == '#')
		return 0;
	if (!p->begun)
		return take_header(p);
	return *p->at == '%' ? take_end(p) : take_entry(p);
}

/* Find the next line and check it for bytes that no line may have. */
static int next_line(struct parser *p)
{
	size_t left = (size_t)(p->limit - p->next);

	p->line++;
	p->at = p->next;
	p->end = memchr(p->at, '\n', left);
	if (memchr(p->at, '\0', p->end ? (size_t)(p->end - p->at) : left))
		return fail(p, "NUL byte");
	if (!p->end)
		return fail(p,
			    "the file is truncated: this line has no newline");
	if (p->end > p->at && p->end[-1] == '\r')
		return fail(p, "the line ends in CR LF instead of LF");
	p->next = p->end + 1;
	return 0;
}

static int take_lines(struct parser *p)
{
	int err = check_byte_order_mark(p);

	if (err)
		return err;
	while (p->next < p->limit) {
		err = next_line(p);
		if (!err)
			err = take_line(p);
		if (err)
			return err;
	}
	if (p->ended)
		return 0;
	if (!p->line)
		return fail_at(p, 1, "the file is empty");
	return fail(p, "the file is truncated: it ends without %s", END);
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
 * Find the first line whose name an earlier line has. An error that stopped the parser
 * is on a later line than all marks, so a duplicate is reported first.
 */
static int find_duplicate(struct parser *p)
{
	struct kctl_table *table = p->table->table;
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
	return fail_at(p, line, "entry '%s' is already in line %zu", name,
		       first);
}

int savefile_parse(const char *text, size_t size,
		   struct kctl_table_builder *table,
		   struct savefile_error *error)
{
	struct parser p = {
		.next = text,
		.limit = text + size,
		.sorted = true,
		.table = table,
		.error = error,
	};
	int err, duplicate;

	err = take_lines(&p);
	duplicate = find_duplicate(&p);
	free(p.marks);
	return duplicate ? duplicate : err;
}
