// SPDX-License-Identifier: GPL-2.0-or-later
/* Quoted bytes of a save file */
#include <string.h>

#include "parser.h"
#include "cli/foreign.h"
#include "cli/hex.h"

#define BLOCK 16 /* bytes that are checked together */

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

static int fail_open(struct savefile_parser *p, const struct quoted *quoted)
{
	return parser_fail(p, "the %s has no closing quote", quoted->what);
}

/* The characters after a backslash. */
static int take_escape(struct savefile_parser *p, const struct quoted *quoted,
		       uint8_t *byte)
{
	static const char letters[] = "nrt\"\\", bytes[] = "\n\r\t\"\\";
	char c = *p->at;
	const char *letter = strchr(letters, c);

	if (p->at == p->end)
		return fail_open(p, quoted);
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

/* A byte that does not represent itself. */
static int take_byte(struct savefile_parser *p, const struct quoted *quoted,
		     uint8_t *byte)
{
	*byte = (uint8_t)*p->at++;
	if (*byte == '\\')
		return take_escape(p, quoted, byte);
	return parser_fail(p, "control character, write it as \\x%02x", *byte);
}

static int add_bytes(struct savefile_parser *p, struct quoted *quoted,
		     const void *bytes, size_t size)
{
	if (size > quoted->max - quoted->size)
		return parser_fail(p, "the %s has more than %zu bytes",
				   quoted->what, quoted->max);
	memcpy(quoted->bytes + quoted->size, bytes, size);
	quoted->size += size;
	return 0;
}

/* Check if a byte represents itself. Without branches, so that it is vectorized. */
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

/* Copy bytes that represent themselves, which are nearly all of a file. */
static int take_plain_bytes(struct savefile_parser *p, struct quoted *quoted)
{
	const char *begin = p->at;

	while (p->end - p->at >= BLOCK && is_plain_block(p->at))
		p->at += BLOCK;
	while (p->at < p->end && is_plain((uint8_t)*p->at))
		p->at++;
	return add_bytes(p, quoted, begin, (size_t)(p->at - begin));
}

int parser_take_quoted(struct savefile_parser *p, struct quoted *quoted)
{
	uint8_t byte;
	int err;

	p->at++;
	for (;;) {
		err = take_plain_bytes(p, quoted);
		if (err)
			return err;
		if (p->at == p->end)
			return fail_open(p, quoted);
		if (*p->at == '"')
			break;
		err = take_byte(p, quoted, &byte);
		if (!err)
			err = add_bytes(p, quoted, &byte, 1);
		if (err)
			return err;
	}
	p->at++;
	return parser_take_end_of_line(p, quoted->what);
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

/* Printable, without escape: nearly all of a text. */
static bool is_simple(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

void savefile_put_quoted(const uint8_t *bytes, size_t size, FILE *stream)
{
	const uint8_t *p = bytes, *end = bytes + size;
	size_t len;

	putc_unlocked('"', stream);
	while (p < end) {
		if (is_simple(*p)) {
			putc_unlocked(*p++, stream);
			continue;
		}
		len = *p < 0x80 ? 0 : foreign_printable(p, (size_t)(end - p));
		if (len)
			fwrite(p, 1, len, stream);
		else
			put_escape(*p, stream);
		p += len ? len : 1;
	}
	putc_unlocked('"', stream);
}
