// SPDX-License-Identifier: GPL-2.0-or-later
/* Neighbour discovery: RFC 4861, and options of later RFCs */
#include <string.h>

#include "decode_body.h"

/* An option and its length in bytes, a multiple of 8 that is not 0. */
struct raw_option {
	const uint8_t *h;
	size_t length;
};

static struct span bytes_from(struct raw_option raw, size_t offset)
{
	return (struct span){ raw.h + offset, raw.length - offset };
}

static void option_prefix(struct raw_option raw, struct nd_option *option)
{
	if (raw.length < 32)
		return;
	option->kind = ND_PREFIX;
	option->prefix = raw.h[2];
	option->on_link = raw.h[3] & 0x80;
	option->autonomous = raw.h[3] & 0x40;
	option->lifetime = be32(raw.h + 4);
	option->preferred = be32(raw.h + 8);
	memcpy(option->address, raw.h + 16, 16);
}

/* RFC 4191: the option has only the significant part of the prefix. */
static void option_route(struct raw_option raw, struct nd_option *option)
{
	size_t size = raw.length - 8;

	option->kind = ND_ROUTE;
	option->prefix = raw.h[2];
	option->preference = raw.h[3] >> 3 & 3;
	option->lifetime = be32(raw.h + 4);
	memcpy(option->address, raw.h + 8, size < 16 ? size : 16);
}

/* RFC 8781: the lifetime in units of 8 s, and a code of the length. */
static void option_pref64(struct raw_option raw, struct nd_option *option)
{
	static const uint8_t lengths[8] = { 96, 64, 56, 48, 40, 32 };
	uint16_t scaled = be16(raw.h + 2);

	if (raw.length < 16 || !lengths[scaled & 7])
		return;
	option->kind = ND_PREF64;
	option->prefix = lengths[scaled & 7];
	option->lifetime = scaled & 0xfff8;
	memcpy(option->address, raw.h + 4, 12);
}

static void option_bytes(struct nd_option *option, enum nd_kind kind,
			 struct span bytes)
{
	option->kind = kind;
	option->bytes = bytes;
}

static void decode_option(struct raw_option raw, struct nd_option *option)
{
	switch (option->type) {
	case 1:
	case 2:
		option_bytes(option, ND_LINK_ADDRESS, bytes_from(raw, 2));
		break;
	case 3:
		option_prefix(raw, option);
		break;
	case 5:
		option->kind = ND_MTU;
		option->mtu = be32(raw.h + 4);
		break;
	case 9: /* RFC 3122 */
	case 10:
		option_bytes(option, ND_ADDRESSES, bytes_from(raw, 8));
		break;
	case 24:
		option_route(raw, option);
		break;
	case 25: /* RFC 8106 */
	case 31:
		option->lifetime = be32(raw.h + 4);
		option_bytes(option,
			     option->type == 25 ? ND_SERVERS : ND_SEARCH,
			     bytes_from(raw, 8));
		break;
	case 37: /* RFC 8910; padded with zeros */
		option_bytes(option, ND_PORTAL, bytes_from(raw, 2));
		option->bytes.size =
			strnlen((const char *)raw.h + 2, raw.length - 2);
		break;
	case 38:
		option_pref64(raw, option);
		break;
	default:
		break;
	}
}

bool nd_option_next(struct span *list, struct nd_option *option)
{
	struct raw_option raw = { 0 };

	if (list->size < 2)
		return false;
	raw.length = (size_t)list->data[1] * 8;
	if (!raw.length)
		return false;
	raw.h = take(list, raw.length);
	if (!raw.h)
		return false;
	memset(option, 0, sizeof(*option));
	option->type = raw.h[0];
	decode_option(raw, option);
	return true;
}

/* Labels, each after its length; a label of length 0 ends a name. */
bool nd_name_next(struct span *bytes, char name[ND_NAME_SIZE])
{
	size_t len = 0;

	while (bytes->size && bytes->data[0]) {
		size_t size = bytes->data[0];
		const uint8_t *label = take(bytes, size + 1);

		if (!label || size > 63 || len + size + 2 > ND_NAME_SIZE)
			return false;
		if (len)
			name[len++] = '.';
		for (size_t i = 1; i <= size; i++)
			name[len++] = label[i] ? (char)label[i] : '?';
	}
	name[len] = '\0';
	return take(bytes, 1) && len;
}

void decode_options(struct icmp_body *b)
{
	struct nd_option option;
	struct span s = b->s;

	b->e->list_kind = LIST_OPTIONS;
	b->e->list = s;
	while (nd_option_next(&s, &option))
		;
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

/* Section 4.2, with the preference of RFC 4191 and the proxy flag of RFC 4389. */
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
