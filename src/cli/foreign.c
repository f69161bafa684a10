// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "foreign.h"

/* Number of bytes of a character by its first byte, RFC 3629; 0 for none. */
static size_t utf8_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* Decode a character of @length bytes; returns UINT32_MAX if it is not valid. */
static uint32_t utf8_decode(const uint8_t *data, size_t length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code = length == 1 ? data[0] : data[0] & (0x7fU >> length);

	for (size_t i = 1; i < length; i++) {
		if ((data[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		code = code << 6 | (data[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff ||
	    (code >> 11) == 0xd800 >> 11)
		return UINT32_MAX;
	return code;
}

/*
 * Characters that are invisible, or that change the direction or the lines of others. The two
 * joiners are not among them: they change the look of adjacent characters.
 */
static const struct {
	uint32_t first;
	uint32_t last;
} unprintable[] = {
	{ 0, 0x1f }, /* C0 */
	{ 0x7f, 0x9f }, /* DEL, C1 */
	{ 0xad, 0xad }, /* soft hyphen */
	{ 0x61c, 0x61c }, /* mark of direction */
	{ 0x200b, 0x200b }, /* space of no width */
	{ 0x200e, 0x200f }, /* marks of direction */
	{ 0x2028, 0x202e }, /* separators of lines and paragraphs, directions */
	{ 0x2060, 0x206f }, /* invisible operators, directions */
	{ 0xfeff, 0xfeff }, /* byte order mark */
	{ 0xfff9, 0xfffb }, /* annotations */
	{ 0xe0000, 0xe007f }, /* tags */
};

static bool is_printable(uint32_t code)
{
	if (code >= ' ' && code < 0x7f)
		return true;
	if (code == UINT32_MAX)
		return false;
	for (size_t i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]);
	     i++)
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	/* The last two code points of each plane are noncharacters. */
	return (code & 0xfffe) != 0xfffe;
}

static void escape(uint8_t byte, char text[FOREIGN_CHARACTER])
{
	const char *letter = byte ? strchr("\nn\rr\tt", byte) : NULL;

	if (letter && byte < ' ')
		snprintf(text, FOREIGN_CHARACTER, "\\%c", letter[1]);
	else
		snprintf(text, FOREIGN_CHARACTER, "\\x%02x", byte);
}

size_t foreign_printable(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t length = utf8_length(bytes[0]);

	if (length && length <= size &&
	    is_printable(utf8_decode(bytes, length)))
		return length;
	return 0;
}

bool foreign_has_mark(const void *data, size_t size)
{
	return size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3);
}

size_t foreign_next(const void *data, size_t size, char text[FOREIGN_CHARACTER])
{
	size_t length = foreign_printable(data, size);

	if (!length) {
		escape(*(const uint8_t *)data, text);
		return 1;
	}
	memcpy(text, data, length);
	text[length] = '\0';
	return length;
}

size_t foreign_valid(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t length = utf8_length(bytes[0]);

	if (length && length <= size && utf8_decode(bytes, length) < UINT32_MAX)
		return length;
	return 0;
}

/* RFC 8259, section 7: beyond the first plane, the two surrogates of UTF-16. */
static void escape_json(uint32_t code, char text[FOREIGN_JSON])
{
	if (code < 0x10000)
		snprintf(text, FOREIGN_JSON, "\\u%04X", code);
	else
		snprintf(text, FOREIGN_JSON, "\\u%04X\\u%04X",
			 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

size_t foreign_json(const void *data, size_t size, char text[FOREIGN_JSON])
{
	size_t length = foreign_valid(data, size);
	uint32_t code = utf8_decode(data, length);

	if (is_printable(code)) {
		memcpy(text, data, length);
		text[length] = '\0';
	} else {
		escape_json(code, text);
	}
	return length;
}
