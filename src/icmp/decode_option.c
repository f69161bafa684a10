// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of neighbour discovery: RFC 4861 and later RFCs */
#include <string.h>

#include "decode.h"
#include "decode_svc.h"

/* Lengths of domain names in bytes, RFC 1035, section 2.3.4. */
#define NAME_MAX_BYTES	255
#define LABEL_MAX_BYTES 63

/* An option and its length in bytes, a multiple of 8 that is not 0. */
struct raw_option {
	const uint8_t *h;
	size_t length;
};

/*
 * The lengths that an option can have, in units of 8 bytes: @least, and from there every
 * @step up to @most. Types that are not here can have any.
 */
static const struct {
	uint8_t least;
	uint8_t most;
	uint8_t step;
} lengths[] = {
	/* RFC 4861, section 4.6.1; the longest address, of InfiniBand: RFC 4391, 9.3 */
	[1] = { 1, 3, 1 },
	[2] = { 1, 3, 1 },
	[3] = { 4, 4, 1 }, /* section 4.6.2 */
	[4] = { 6, 255, 1 }, /* section 4.6.3: at least an IPv6 header */
	[5] = { 1, 1, 1 }, /* section 4.6.4 */
	[7] = { 1, 1, 1 }, /* RFC 6275, section 7.3 */
	[8] = { 1, 1, 1 }, /* RFC 6275, section 7.4 */
	[9] = { 3, 255, 2 }, /* RFC 3122, section 3: one address or more */
	[10] = { 3, 255, 2 },
	[13] = { 2, 2, 1 }, /* RFC 3971, section 5.3.1 */
	[23] = { 3, 3, 1 }, /* RFC 5380, section 6 */
	[24] = { 1, 3, 1 }, /* RFC 4191, section 2.3 */
	[25] = { 3, 255, 2 }, /* RFC 8106, section 5.1: one address or more */
	[31] = { 2, 255, 1 }, /* RFC 8106, section 5.2 */
	[34] = { 2, 3, 1 }, /* RFC 6775, section 4.2 */
	[35] = { 3, 3, 1 }, /* RFC 6775, section 4.3 */
	[36] = { 1, 1, 1 }, /* RFC 7400, section 3.3 */
	[38] = { 2, 2, 1 }, /* RFC 8781, section 4 */
	/* RFC 9463, section 6.1: 10 bytes, and a name of 3 or more. */
	[144] = { 2, 255, 1 },
};

static bool is_length(uint8_t type, size_t length)
{
	size_t units = length / 8;

	if (type >= sizeof(lengths) / sizeof(lengths[0]) ||
	    !lengths[type].least)
		return true;
	return units >= lengths[type].least && units <= lengths[type].most &&
	       (units - lengths[type].least) % lengths[type].step == 0;
}

static struct span bytes_from(struct raw_option raw, size_t offset)
{
	return (struct span){ raw.h + offset, raw.length - offset };
}

static bool option_link_address(struct raw_option raw, struct nd_option *option)
{
	option->kind = ND_LINK_ADDRESS;
	option->bytes = bytes_from(raw, 2);
	return true;
}

/* The flags: IANA, "IPv6 Neighbor Discovery Prefix Information Option Flags". */
static bool option_prefix(struct raw_option raw, struct nd_option *option)
{
	option->kind = ND_PREFIX;
	option->prefix = raw.h[2];
	option->on_link = raw.h[3] & 0x80;
	option->autonomous = raw.h[3] & 0x40;
	option->router_address = raw.h[3] & 0x20;
	option->pd_preferred = raw.h[3] & 0x10;
	option->lifetime = be32(raw.h + 4);
	option->preferred = be32(raw.h + 8);
	memcpy(option->address, raw.h + 16, 16);
	return option->prefix <= 128;
}

static bool option_mtu(struct raw_option raw, struct nd_option *option)
{
	option->kind = ND_MTU;
	option->mtu = be32(raw.h + 4);
	return true;
}

/* RFC 4191, section 2.3: the option has only the significant part of the prefix. */
static bool option_route(struct raw_option raw, struct nd_option *option)
{
	size_t size = raw.length - 8;

	option->kind = ND_ROUTE;
	option->prefix = raw.h[2];
	option->preference = raw.h[3] >> 3 & 3;
	option->lifetime = be32(raw.h + 4);
	memcpy(option->address, raw.h + 8, size);
	return option->prefix <= 128 && option->prefix <= size * 8;
}

/* RFC 8781, section 4: the lifetime in units of 8 s, and a code of the length. */
static bool option_pref64(struct raw_option raw, struct nd_option *option)
{
	static const uint8_t prefixes[8] = { 96, 64, 56, 48, 40, 32 };
	uint16_t scaled = be16(raw.h + 2);

	option->kind = ND_PREF64;
	option->prefix = prefixes[scaled & 7];
	option->lifetime = scaled & 0xfff8;
	memcpy(option->address, raw.h + 4, 12);
	return option->prefix;
}

static bool option_addresses(struct raw_option raw, struct nd_option *option)
{
	option->kind = ND_ADDRESSES;
	option->bytes = bytes_from(raw, 8);
	return true;
}

static bool option_servers(struct raw_option raw, struct nd_option *option)
{
	option->kind = ND_SERVERS;
	option->lifetime = be32(raw.h + 4);
	option->bytes = bytes_from(raw, 8);
	return true;
}

static bool is_padding(struct span s)
{
	const uint8_t *byte;

	while ((byte = take(&s, 1)))
		if (*byte)
			return false;
	return true;
}

/* RFC 8106, section 5.2: names, padded with zeros. */
static bool option_search(struct raw_option raw, struct nd_option *option)
{
	struct span s = bytes_from(raw, 8);
	char name[ND_NAME_SIZE];
	bool any = false;

	option->kind = ND_SEARCH;
	option->lifetime = be32(raw.h + 4);
	option->bytes = s;
	while (nd_name_next(&s, name))
		any = true;
	return any && is_padding(s);
}

/* RFC 8910, section 2.3: padded with zeros. */
static bool option_portal(struct raw_option raw, struct nd_option *option)
{
	struct span s = bytes_from(raw, 2);

	option->kind = ND_PORTAL;
	option->bytes.data = s.data;
	option->bytes.size = strnlen((const char *)s.data, s.size);
	take(&s, option->bytes.size);
	return option->bytes.size && is_padding(s);
}

/* The length of a part in two bytes, and the part. */
static bool take_part(struct span *s, struct span *part)
{
	const uint8_t *h = take(s, 2);

	if (!h)
		return false;
	part->size = be16(h);
	part->data = take(s, part->size);
	return part->data;
}

static bool is_one_name(struct span s)
{
	char name[ND_NAME_SIZE];

	return nd_name_next(&s, name) && !s.size;
}

/* RFC 9463, section 6.1. If only the name is given, the parts behind it are left out. */
static bool option_encrypted_dns(struct raw_option raw,
				 struct nd_option *option)
{
	struct span s = bytes_from(raw, 8);

	option->kind = ND_ENCRYPTED_DNS;
	option->priority = be16(raw.h + 2);
	option->lifetime = be32(raw.h + 4);
	if (!take_part(&s, &option->name) || !is_one_name(option->name))
		return false;
	if (is_padding(s))
		return true;
	return take_part(&s, &option->bytes) && option->bytes.size % 16 == 0 &&
	       take_part(&s, &option->params) && is_padding(s) &&
	       svc_params_are_valid(option->params);
}

static bool (*const decoders[])(struct raw_option, struct nd_option *) = {
	[1] = option_link_address, [2] = option_link_address,
	[3] = option_prefix,	   [5] = option_mtu,
	[9] = option_addresses,	   [10] = option_addresses,
	[24] = option_route,	   [25] = option_servers,
	[31] = option_search,	   [37] = option_portal,
	[38] = option_pref64,	   [144] = option_encrypted_dns,
};

/* Set the members of @option; returns false if they contradict each other. */
static bool decode_option(struct raw_option raw, struct nd_option *option)
{
	uint8_t type = option->type;

	if (!is_length(type, raw.length))
		return false;
	if (type >= sizeof(decoders) / sizeof(decoders[0]) || !decoders[type])
		return true;
	return decoders[type](raw, option);
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
	*option = (struct nd_option){ .type = raw.h[0] };
	if (!decode_option(raw, option))
		*option = (struct nd_option){ .type = raw.h[0],
					      .malformed = true };
	return true;
}

/* Append a byte of a label. RFC 4343, section 2.1: ambiguous bytes are escaped. */
static char *put_label_byte(char *p, uint8_t byte)
{
	if (byte == '.' || byte == '\\')
		*p++ = '\\';
	if (byte)
		*p++ = (char)byte;
	else
		p = stpcpy(p, "\\000");
	return p;
}

/* RFC 1035, section 3.1: labels, each after its length; one of length 0 ends a name. */
bool nd_name_next(struct span *bytes, char name[ND_NAME_SIZE])
{
	struct span s = *bytes;
	char *p = name;

	while (s.size && s.data[0]) {
		size_t size = s.data[0];
		const uint8_t *label = take(&s, size + 1);

		if (!label || size > LABEL_MAX_BYTES ||
		    s.data - bytes->data >= NAME_MAX_BYTES)
			return false;
		if (p > name)
			*p++ = '.';
		for (size_t i = 1; i <= size; i++)
			p = put_label_byte(p, label[i]);
	}
	*p = '\0';
	if (p == name || !take(&s, 1))
		return false;
	*bytes = s;
	return true;
}
