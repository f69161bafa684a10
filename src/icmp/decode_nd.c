// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of neighbour discovery: RFC 4861 */
#include <string.h>

#include "decode_body.h"

void decode_options(struct icmp_body *b)
{
	struct nd_option option;
	struct span s = b->s;

	b->e->list_kind = LIST_OPTIONS;
	b->e->list = s;
	while (nd_option_next(&s, &option))
		if (option.malformed)
			b->e->has |= IS_MALFORMED;
	b->e->list.size -= s.size;
	if (s.size >= 2 && !s.data[1])
		b->e->has |= IS_MALFORMED;
	else if (s.size)
		b->e->has |= IS_TRUNCATED;
}

struct span find_redirected(struct span options)
{
	struct nd_option option;

	while (options.size >= 8 && options.data[0] != 4)
		if (!nd_option_next(&options, &option))
			break;
	if (options.size < 8 || options.data[0] != 4)
		return (struct span){ 0 };
	if (options.size > (size_t)options.data[1] * 8)
		options.size = (size_t)options.data[1] * 8;
	take(&options, 8);
	return options;
}

/*
 * Section 4.2, with the preference of RFC 4191, the proxy flag of RFC 4389 and the flag of
 * stub network routers: IANA, "IPv6 Neighbor Discovery Router Advertisement Flags", bit 6.
 */
void decode_router(struct icmp_body *b)
{
	struct nd_router *router = &b->e->router;
	const uint8_t *h = take(&b->s, 8);

	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	router->hop_limit = b->h[0];
	router->managed = b->h[1] & 0x80;
	router->other = b->h[1] & 0x40;
	router->home_agent = b->h[1] & 0x20;
	router->preference = b->h[1] >> 3 & 3;
	router->proxy = b->h[1] & 0x04;
	router->snac = b->h[1] & 0x02;
	router->lifetime = be16(b->h + 2);
	router->reachable = be32(h);
	router->retransmit = be32(h + 4);
	b->e->has |= HAS_BODY;
	decode_options(b);
}

/* Sections 4.3 and 4.4; a solicitation has no flags. */
void decode_neighbor(struct icmp_body *b)
{
	struct nd_neighbor *neighbor = &b->e->neighbor;
	const uint8_t *h = take(&b->s, 16);

	if (!h) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	memcpy(neighbor->address, h, 16);
	neighbor->router = b->h[0] & 0x80;
	neighbor->solicited = b->h[0] & 0x40;
	neighbor->override = b->h[0] & 0x20;
	b->e->has |= HAS_BODY;
	decode_options(b);
}
