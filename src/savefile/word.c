// SPDX-License-Identifier: GPL-2.0-or-later
/* Words and errors of a save file */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parser.h"
#include "cli/parse.h"

#define QUOTED 40 /* largest number of characters that an error quotes */

int parser_fail_at(struct savefile_parser *p, size_t line, const char *reason,
		   ...)
{
	va_list args;

	p->error->line = line;
	va_start(args, reason);
	vsnprintf(p->error->reason, sizeof(p->error->reason), reason, args);
	va_end(args);
	return -EINVAL;
}

int word_quoted(const struct word *word)
{
	return word->size < QUOTED ? (int)word->size : QUOTED;
}

bool word_is(const struct word *word, const char *text)
{
	return word->size == strlen(text) &&
	       !memcmp(word->text, text, word->size);
}

bool word_number(const struct word *word, uint64_t *number)
{
	char text[24];

	if (word->size >= sizeof(text))
		return false;
	memcpy(text, word->text, word->size);
	text[word->size] = '\0';
	return parse_u64(text, number);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void parser_skip_blanks(struct savefile_parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
}

struct word parser_take_word(struct savefile_parser *p)
{
	struct word word;

	parser_skip_blanks(p);
	word.text = p->at;
	while (p->at < p->end && !is_blank(*p->at))
		p->at++;
	word.size = (size_t)(p->at - word.text);
	return word;
}

int parser_take_end_of_line(struct savefile_parser *p, const char *behind)
{
	struct word word = parser_take_word(p);

	if (!word.size)
		return 0;
	return parser_fail(p, "unexpected '%.*s' after the %s",
			   word_quoted(&word), word.text, behind);
}
