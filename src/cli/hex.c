// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

ssize_t hex_decode(const char *text, size_t size, uint8_t *bytes, size_t *at)
{
	ssize_t count = 0;
	size_t i = 0;

	while (i < size) {
		int high, low;

		if (is_space(text[i])) {
			i++;
			continue;
		}
		high = hex_digit(text[i]);
		low = i + 1 < size ? hex_digit(text[i + 1]) : -1;
		if (high < 0 || low < 0) {
			*at = high < 0 ? i : i + 1;
			return -EINVAL;
		}
		if (bytes)
			bytes[count] = (uint8_t)(high << 4 | low);
		count++;
		i += 2;
	}
	return count;
}

void hex_explain(const char *text, size_t size, size_t at,
		 char reason[HEX_REASON])
{
	size_t line = 1, begin = 0;
	char where[40], c;

	if (at == size) {
		snprintf(reason, HEX_REASON,
			 "the last byte lacks its second digit");
		return;
	}
	for (size_t i = 0; i < at; i++) {
		if (text[i] != '\n')
			continue;
		line++;
		begin = i + 1;
	}
	c = text[at];
	snprintf(where, sizeof(where), "character %zu", at - begin + 1);
	if (line > 1)
		snprintf(where, sizeof(where), "line %zu, character %zu", line,
			 at - begin + 1);
	if (is_space(c))
		snprintf(reason, HEX_REASON,
			 "%.39s is white space within a byte", where);
	else if (c > ' ' && c < '\x7f')
		snprintf(reason, HEX_REASON, "%.39s is '%c', not a digit",
			 where, c);
	else
		snprintf(reason, HEX_REASON, "%.39s is 0x%02x, not a digit",
			 where, (unsigned int)(unsigned char)c);
}

char *hex_encode(const uint8_t *bytes, size_t size, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	return text;
}
