// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>

#include "base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* b64_ntop() of glibc is undocumented, and in libresolv, which nothing else needs. */
void base64_encode(const uint8_t *bytes, size_t size, char *text)
{
	for (size_t i = 0; i < size; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		if (i + 1 < size)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < size)
			group |= bytes[i + 2];
		*text++ = digits[group >> 18];
		*text++ = digits[group >> 12 & 63];
		*text++ = i + 1 < size ? digits[group >> 6 & 63] : '=';
		*text++ = i + 2 < size ? digits[group & 63] : '=';
	}
}

/* Returns false if one of the characters is no digit. */
static bool decode_digits(const char *text, size_t count, uint32_t *group)
{
	*group = 0;
	for (size_t i = 0; i < count; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return false;
		*group |= (uint32_t)(digit - digits) << (18 - 6 * i);
	}
	return true;
}

ssize_t base64_decode(const char *text, size_t size, uint8_t *bytes)
{
	const uint8_t *begin = bytes;
	uint32_t group;

	if (size % 4)
		return -1;
	for (const char *end = text + size; text < end; text += 4) {
		size_t count = 4;

		/* Padding ends the text, and what it leaves out is 0. */
		while (text + 4 == end && count > 2 && text[count - 1] == '=')
			count--;
		if (!decode_digits(text, count, &group) ||
		    group & ((1U << (8 * (4 - count))) - 1))
			return -1;
		for (size_t i = 0; i < count - 1; i++)
			*bytes++ = (uint8_t)(group >> (16 - 8 * i));
	}
	return bytes - begin;
}
