// SPDX-License-Identifier: GPL-2.0-or-later
/* Multicast listener discovery: RFC 2710 and RFC 3810 */
#include <string.h>

#include "decode_body.h"

/* RFC 3810, 5.1.3: from 0x8000 on an exponent of 3 bits and a mantissa of 12. */
static uint32_t response_delay(uint16_t code)
{
	if (code < 0x8000)
		return code;
	return ((code & 0xfffU) | 0x1000U) << ((code >> 12 & 7) + 3);
}

/* RFC 3810, 5.1.9: from 0x80 on an exponent of 3 bits and a mantissa of 4. */
static uint16_t query_interval(uint8_t code)
{
	if (code < 0x80)
		return code;
	return (uint16_t)(((code & 0xfU) | 0x10U) << ((code >> 4 & 7) + 3));
}

void decode_mld_group(struct icmp_body *b)
{
	const uint8_t *group = take(&b->s, 16);

	if (!group) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	memcpy(b->e->group.group, group, 16);
	b->e->has |= HAS_BODY;
}

/* RFC 3810, 8.1: the length distinguishes version 2. */
void decode_mld_query(struct icmp_body *b)
{
	struct mld_group *group = &b->e->group;
	const uint8_t *h;
	size_t size;

	group->max_response = be16(b->h);
	decode_mld_group(b);
	if (!(b->e->has & HAS_BODY))
		return;
	if (b->length < 20) {
		/* No version has queries of 25 to 27 bytes. */
		if (b->length > 16)
			b->e->has |= IS_TRUNCATED;
		return;
	}
	group->max_response = response_delay(be16(b->h));
	h = take(&b->s, 4);
	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	group->v2 = true;
	group->suppress = h[0] & 8;
	group->robustness = h[0] & 7;
	group->interval = query_interval(h[1]);
	size = (size_t)be16(h + 2) * 16;
	if (size > b->s.size) {
		b->e->has |= IS_TRUNCATED;
		size = b->s.size - b->s.size % 16;
	}
	b->e->list_kind = LIST_SOURCES;
	b->e->list = (struct span){ b->s.data, size };
}

/* RFC 3810, 5.2: type, auxiliary words, number of sources, group, sources. */
bool mld_record_next(struct span *list, struct mld_record *record)
{
	const uint8_t *h = list->data;
	size_t sources;

	if (list->size < 20)
		return false;
	sources = (size_t)be16(h + 2) * 16;
	if (!take(list, 20 + sources + (size_t)h[1] * 4))
		return false;
	record->type = h[0];
	memcpy(record->group, h + 4, 16);
	record->sources = (struct span){ h + 20, sources };
	return true;
}

void decode_mld_report(struct icmp_body *b)
{
	uint16_t count = be16(b->h + 2);
	struct mld_record record;
	struct span s = b->s;

	while (count && mld_record_next(&s, &record))
		count--;
	if (count)
		b->e->has |= IS_TRUNCATED;
	b->e->list_kind = LIST_RECORDS;
	b->e->list = (struct span){ b->s.data, b->s.size - s.size };
}
