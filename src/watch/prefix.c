// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "prefix.h"
#include "cli/parse.h"

static uint32_t bits_of(uint32_t family)
{
	return family == AF_INET ? 32 : 128;
}

bool prefix_parse(const char *text, struct kctl_prefix *prefix)
{
	size_t len = strcspn(text, "/");
	char address[INET6_ADDRSTRLEN];
	uint64_t length;

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton((int)prefix->family, address, prefix->address) != 1)
		return false;
	length = bits_of(prefix->family);
	if (text[len] && (!parse_u64(text + len + 1, &length) ||
			  length > bits_of(prefix->family)))
		return false;
	prefix->length = (uint32_t)length;
	return true;
}

bool prefix_mask(struct kctl_prefix *prefix)
{
	bool had = false;

	for (uint32_t i = 0; i < bits_of(prefix->family) / 8; i++) {
		uint32_t left =
			prefix->length > 8 * i ? prefix->length - 8 * i : 0;
		uint8_t keep = (uint8_t)(0xff00 >> (left > 8 ? 8 : left));

		had |= prefix->address[i] & ~keep;
		prefix->address[i] &= keep;
	}
	return had;
}

void prefix_format(const struct kctl_prefix *prefix, char text[PREFIX_STRLEN])
{
	size_t used;

	inet_ntop((int)prefix->family, prefix->address, text, PREFIX_STRLEN);
	used = strlen(text);
	if (prefix->length != bits_of(prefix->family))
		snprintf(text + used, PREFIX_STRLEN - used, "/%" PRIu32,
			 prefix->length);
}
