// SPDX-License-Identifier: GPL-2.0-or-later
#include "base64.h"

/* b64_ntop() of glibc is undocumented, and in libresolv, which nothing else needs. */
void base64_encode(const uint8_t *bytes, size_t size, char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

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
