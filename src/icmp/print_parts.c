// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "print_parts.h"
#include "cli/hex.h"

/* The longest name, and a margin. */
#define WORDS_SIZE 64

/* Names are words joined by "-"; text has blanks. */
static const char *words(const char *name, char text[WORDS_SIZE])
{
	size_t len = strnlen(name, WORDS_SIZE - 1);

	for (size_t i = 0; i < len; i++)
		text[i] = name[i] == '-' ? ' ' : name[i];
	text[len] = '\0';
	return text;
}

void put_named(struct out *out, const char *key, const char *label,
	       unsigned int number, const char *name)
{
	char text[WORDS_SIZE];

	if (out->json) {
		out_json_u64(out, key, number);
		snprintf(text, sizeof(text), "%s_name", key);
		if (name)
			out_json_string(out, text, name);
	} else if (name) {
		out_text(out, "%s", words(name, text));
	} else {
		out_text(out, "%s %u", label, number);
	}
}

struct address_text address_text(uint8_t family, const uint8_t *addr)
{
	struct address_text address;
	char *p = address.text;

	if (family != AF_INET) {
		inet_ntop(family, addr, p, sizeof(address.text));
		return address;
	}
	/* Each line has two addresses, and inet_ntop(3) calls sprintf(3). */
	for (int i = 0; i < 4; i++) {
		if (addr[i] >= 100)
			*p++ = (char)('0' + addr[i] / 100);
		if (addr[i] >= 10)
			*p++ = (char)('0' + addr[i] / 10 % 10);
		*p++ = (char)('0' + addr[i] % 10);
		*p++ = i < 3 ? '.' : '\0';
	}
	return address;
}

void put_foreign(struct out *out, const char *key, const char *before,
		 struct span bytes)
{
	out_foreign(out, key, before, (const char *)bytes.data, bytes.size);
}

void put_link_address(struct out *out, const char *before, struct span bytes)
{
	char text[LINK_ADDRESS_MAX * 3], *p = text;

	for (size_t i = 0; i < bytes.size; i++) {
		if (i)
			*p++ = ':';
		p = hex_encode(bytes.data + i, 1, p);
	}
	*p = '\0';
	out_text(out, "%s", before);
	out_string(out, "link_address", "%s", text);
}
