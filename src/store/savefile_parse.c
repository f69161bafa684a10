// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "savefile_parser.h"
#include "cli/parse.h"

#define HEADER "%kctl-store"
#define END    "%end"

static bool take_number(const struct word *word, uint64_t *number)
{
	char text[24];

	if (word->size >= sizeof(text))
		return false;
	memcpy(text, word->text, word->size);
	text[word->size] = '\0';
	return parse_u64(text, number);
}

/* What an editor may put in front of the first line. */
static int check_byte_order_mark(struct savefile_parser *p)
{
	size_t left = (size_t)(p->limit - p->next);

	if (left >= 3 && !memcmp(p->next, "\xef\xbb\xbf", 3))
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

/* %kctl-store VERSION [DATE] */
static int take_header(struct savefile_parser *p)
{
	struct word word = parser_take_word(p);
	uint64_t version;

	if (!word_is(&word, HEADER))
		return parser_fail(p, "the file does not begin with %s %d",
				   HEADER, SAVEFILE_VERSION);
	word = parser_take_word(p);
	if (!take_number(&word, &version) || !version)
		return parser_fail(p, "bad format version '%.*s'",
				   word_quoted(&word), word.text);
	if (version > SAVEFILE_VERSION)
		return parser_fail(
			p,
			"format version %" PRIu64
			" is newer than this tool, which reads version %d",
			version, SAVEFILE_VERSION);
	parser_take_word(p);
	p->begun = true;
	return parser_take_end_of_line(p, "the date");
}

/* %end [ENTRIES] */
static int take_end(struct savefile_parser *p)
{
	struct word word = parser_take_word(p);
	uint64_t entries = p->count;

	if (!word_is(&word, END))
		return parser_fail(p, "unknown directive '%.*s'",
				   word_quoted(&word), word.text);
	word = parser_take_word(p);
	if (word.size && !take_number(&word, &entries))
		return parser_fail(p, "bad number of entries '%.*s'",
				   word_quoted(&word), word.text);
	if (entries != p->count)
		return parser_fail(p,
				   "%s says %" PRIu64
				   " entries, but the file has %zu",
				   END, entries, p->count);
	p->ended = true;
	return parser_take_end_of_line(p, "the number of entries");
}

/* "# generation N" is a comment, but right behind the header it is from a store. */
static void take_generation(struct savefile_parser *p)
{
	struct word word = parser_take_word(p);

	if (p->line != 2 || !word_is(&word, "#"))
		return;
	word = parser_take_word(p);
	if (!word_is(&word, "generation"))
		return;
	word = parser_take_word(p);
	if (!take_number(&word, &p->generation))
		p->generation = SAVEFILE_UNNAMED;
}

/* Text that goes on for ever without an entry has to end somewhere. */
static int count_ignored(struct savefile_parser *p)
{
	p->ignored += (size_t)(p->next - p->at) + 1;
	if (p->ignored <= SAVEFILE_IGNORED_MAX)
		return 0;
	return parser_fail(p,
			   "comments and empty lines have more than %d bytes",
			   SAVEFILE_IGNORED_MAX);
}

static int take_line(struct savefile_parser *p)
{
	if (p->ended)
		return parser_fail(p, "the file continues after %s", END);
	parser_skip_blanks(p);
	if (p->at == p->end || *p->at == '#') {
		take_generation(p);
		return count_ignored(p);
	}
	if (!p->begun)
		return take_header(p);
	return *p->at == '%' ? take_end(p) : parser_take_entry(p);
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
	if (p->ended)
		return 0;
	if (!p->line)
		return parser_fail_at(p, 1, "the file is empty");
	return parser_fail(p, "the file is truncated: it ends without %s", END);
}

struct savefile_parser *savefile_begin(struct kctl_table_builder *table,
				       const struct savefile_limits *limits,
				       struct savefile_error *error)
{
	struct savefile_parser *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sorted = true;
	p->generation = SAVEFILE_UNNAMED;
	p->limits = *limits;
	p->table = table;
	p->error = error;
	return p;
}

static int fail_long_line(struct savefile_parser *p, const char *text,
			  size_t size)
{
	p->line++;
	if (memchr(text, '\0', size))
		return parser_fail(p, "NUL byte");
	return parser_fail(p, "the line has more than %d bytes",
			   SAVEFILE_LINE_MAX);
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
	if (!err && size - *used > SAVEFILE_LINE_MAX)
		err = fail_long_line(p, p->limit, size - *used);
	return err ? parser_find_duplicate(p) ?: err : 0;
}

int savefile_end(struct savefile_parser *p, const char *text, size_t size)
{
	int err;

	p->next = text;
	p->limit = text + size;
	err = take_lines(p);
	if (!err)
		err = check_end(p);
	return parser_find_duplicate(p) ?: err;
}

uint64_t savefile_generation(const struct savefile_parser *p)
{
	return p->generation;
}

size_t savefile_count(const struct savefile_parser *p)
{
	return p->count;
}

void savefile_free(struct savefile_parser *p)
{
	if (p)
		free(p->marks);
	free(p);
}
