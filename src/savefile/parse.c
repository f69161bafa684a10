// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections and lines of a save file */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "cli/foreign.h"

#define END "%end"

/* Bytes that an editor may put in front of the first line. */
static int check_byte_order_mark(struct savefile_parser *p)
{
	size_t left = (size_t)(p->limit - p->next);

	if (foreign_has_mark(p->next, left))
		return parser_fail_at(
			p, 1,
			"the file begins with a byte order mark of UTF-8: save it without one");
	if (left >= 2 && (!memcmp(p->next, "\xff\xfe", 2) ||
			  !memcmp(p->next, "\xfe\xff", 2)))
		return parser_fail_at(
			p, 1,
			"the file is encoded in UTF-16: save it in UTF-8");
	return 0;
}

static struct savefile_section *find_section(const struct savefile_parser *p,
					     const struct word *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (word_is(name, p->sections[i].kind->name))
			return &p->sections[i];
	return NULL;
}

/* The error of a line that should begin a section, but does not. */
static int fail_outside(struct savefile_parser *p, const struct word *word)
{
	const char *first = p->sections[0].kind->name;

	if (p->ended && (p->count == 1 || *word->text != '%'))
		return parser_fail(p, "the file continues after %s", END);
	if (p->ended)
		return parser_fail(p, "unknown section '%.*s'",
				   word_quoted(word), word->text);
	if (p->count == 1)
		return parser_fail(p, "the file does not begin with %s %d",
				   first, SAVEFILE_VERSION);
	return parser_fail(p, "the file does not begin with %s %d or %s %d",
			   first, SAVEFILE_VERSION, p->sections[1].kind->name,
			   SAVEFILE_VERSION);
}

static int take_version(struct savefile_parser *p)
{
	struct word word = parser_take_word(p);
	uint64_t version;

	if (!word_number(&word, &version) || !version)
		return parser_fail(p, "bad format version '%.*s'",
				   word_quoted(&word), word.text);
	if (version > SAVEFILE_VERSION)
		return parser_fail(
			p,
			"format version %" PRIu64
			" is newer than this tool, which reads version %d",
			version, SAVEFILE_VERSION);
	return 0;
}

/* NAME VERSION [DATE] */
static int take_header(struct savefile_parser *p)
{
	struct word word = parser_take_word(p);
	struct savefile_section *section = find_section(p, &word);
	int err;

	if (!section)
		return fail_outside(p, &word);
	if (section->line)
		return parser_fail(p, "%s is already in line %zu",
				   section->kind->name, section->line);
	err = take_version(p);
	if (err)
		return err;
	section->line = p->line;
	p->current = section;
	parser_take_word(p);
	return parser_take_end_of_line(p, "date");
}

static int check(struct savefile_parser *p)
{
	const struct savefile_section *section = p->current;

	if (!section || !section->kind->check)
		return 0;
	return section->kind->check(p, section->content);
}

/* %end [COUNT] */
static int take_end(struct savefile_parser *p)
{
	const struct savefile_section *section = p->current;
	struct word word = parser_take_word(p);
	uint64_t count = section->count;
	char behind[40];

	if (!word_is(&word, END))
		return parser_fail(p, "unknown directive '%.*s'",
				   word_quoted(&word), word.text);
	word = parser_take_word(p);
	if (word.size && !word_number(&word, &count))
		return parser_fail(p, "bad number of %s '%.*s'",
				   section->kind->items, word_quoted(&word),
				   word.text);
	if (count != section->count)
		return parser_fail(
			p, "%s says %" PRIu64 " %s, but the file has %zu", END,
			count, section->kind->items, section->count);
	snprintf(behind, sizeof(behind), "number of %s", section->kind->items);
	return parser_take_end_of_line(p, behind);
}

static int end_section(struct savefile_parser *p)
{
	int err = take_end(p);

	if (!err)
		err = check(p);
	if (err)
		return err;
	p->current = NULL;
	p->ended = true;
	return 0;
}

/* Limits endless text without content. */
static int count_ignored(struct savefile_parser *p)
{
	p->ignored += (size_t)(p->next - p->at) + 1;
	if (p->ignored <= SAVEFILE_IGNORED_MAX)
		return 0;
	return parser_fail(p,
			   "comments and empty lines have more than %d bytes",
			   SAVEFILE_IGNORED_MAX);
}

static int ignore_line(struct savefile_parser *p)
{
	const struct savefile_section *section = p->current;

	if (section && section->kind->note && p->line == section->line + 1)
		section->kind->note(p, section->content);
	return count_ignored(p);
}

static int take_item(struct savefile_parser *p)
{
	int err = p->current->kind->take(p, p->current->content);

	if (!err)
		p->current->count++;
	return err;
}

static int take_line(struct savefile_parser *p)
{
	/* Nothing may follow the only section, not even a comment. */
	if (p->ended && p->count == 1)
		return parser_fail(p, "the file continues after %s", END);
	parser_skip_blanks(p);
	if (p->at == p->end || *p->at == '#')
		return ignore_line(p);
	if (!p->current)
		return take_header(p);
	return *p->at == '%' ? end_section(p) : take_item(p);
}

/* Find the next line and check it for bytes that no line may have. */
static int next_line(struct savefile_parser *p)
{
	size_t left = (size_t)(p->limit - p->next);

	p->line++;
	p->at = p->next;
	p->end = memchr(p->at, '\n', left);
	if (memchr(p->at, '\0', p->end ? (size_t)(p->end - p->at) : left))
		return parser_fail(p, "NUL byte");
	if (!p->end)
		return parser_fail(
			p, "the file is truncated: this line has no newline");
	if (p->end > p->at && p->end[-1] == '\r')
		return parser_fail(p, "the line ends in CR LF instead of LF");
	p->next = p->end + 1;
	return 0;
}

static int take_lines(struct savefile_parser *p)
{
	int err = p->line ? 0 : check_byte_order_mark(p);

	while (!err && p->next < p->limit) {
		err = next_line(p);
		if (!err)
			err = take_line(p);
	}
	return err;
}

static int check_end(struct savefile_parser *p)
{
	if (p->ended && !p->current)
		return 0;
	if (!p->line)
		return parser_fail_at(p, 1, "the file is empty");
	return parser_fail(p, "the file is truncated: it ends without %s", END);
}

struct savefile_parser *savefile_begin(struct savefile_section *sections,
				       size_t count,
				       struct savefile_error *error)
{
	struct savefile_parser *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sections = sections;
	p->count = count;
	p->error = error;
	return p;
}

static size_t line_max(const struct savefile_parser *p)
{
	return p->current ? p->current->kind->line_max : SAVEFILE_LINE_MAX;
}

static int fail_long_line(struct savefile_parser *p, const char *text,
			  size_t size)
{
	p->line++;
	if (memchr(text, '\0', size))
		return parser_fail(p, "NUL byte");
	return parser_fail(p, "the line has more than %zu bytes", line_max(p));
}

int savefile_feed(struct savefile_parser *p, const char *text, size_t size,
		  size_t *used)
{
	const char *end = memrchr(text, '\n', size);
	int err;

	*used = end ? (size_t)(end + 1 - text) : 0;
	p->next = text;
	p->limit = text + *used;
	err = take_lines(p);
	if (!err && size - *used > line_max(p))
		err = fail_long_line(p, p->limit, size - *used);
	return err ? check(p) ?: err : 0;
}

int savefile_end(struct savefile_parser *p, const char *text, size_t size)
{
	int err;

	p->next = text;
	p->limit = text + size;
	err = take_lines(p);
	if (!err)
		err = check_end(p);
	return err ? check(p) ?: err : 0;
}

void savefile_free(struct savefile_parser *p)
{
	free(p);
}
