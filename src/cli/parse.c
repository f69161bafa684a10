// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define DIGITS	   "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

bool parse_u64(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	unsigned long long number;

	/* strtoull() also accepts blanks, signs and a second 0x. */
	if (!*digits || digits[strspn(digits, hex ? HEX_DIGITS : DIGITS)])
		return false;
	if (!hex && digits[0] == '0' && digits[1])
		return false;
	errno = 0;
	number = strtoull(digits, NULL, hex ? 16 : 10);
	if (errno)
		return false;
	*value = number;
	return true;
}

bool parse_seconds(const char *text, int64_t *ns)
{
	size_t whole = strspn(text, DIGITS);
	int64_t seconds = 0, fraction = 0, unit = NSEC_PER_SEC / 10;
	const char *p;

	if (whole > 10)
		return false;
	for (p = text; p < text + whole; p++)
		seconds = 10 * seconds + (*p - '0');
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9' && unit; p++, unit /= 10)
			fraction += unit * (*p - '0');
		if (p[-1] == '.')
			return false;
	} else if (!whole) {
		return false;
	}
	if (*p == 's')
		p++;
	if (*p || seconds > SECONDS_MAX || (seconds == SECONDS_MAX && fraction))
		return false;
	*ns = seconds * NSEC_PER_SEC + fraction;
	return true;
}
