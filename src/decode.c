// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decode.h"
#include "icmp_names.h"

/* What is left to read. Every byte that is looked at was taken from one of these. */
struct span {
	const uint8_t *data;
	size_t size;
};

/* The next @size bytes, or NULL if they are not all there. */
static const uint8_t *take(struct span *s, size_t size)
{
	const uint8_t *data = s->data;

	if (s->size < size)
		return NULL;
	s->data += size;
	s->size -= size;
	return data;
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* RFC 791: the fixed header, then options up to the header length. */
static bool take_ipv4(struct span *s, struct ip_packet *ip)
{
	const uint8_t *h = take(s, 20);
	size_t length;

	if (!h || h[0] >> 4 != 4)
		return false;
	length = (size_t)(h[0] & 0xf) * 4;
	ip->has |= HAS_ADDRESSES;
	ip->protocol = h[9];
	memcpy(ip->src, h + 12, 4);
	memcpy(ip->dst, h + 16, 4);
	if (be16(h + 6) & 0x1fff)
		ip->has |= IS_FRAGMENT;
	return length >= 20 && take(s, length - 20);
}

/*
 * The length of an IPv6 extension header that begins with @h, or 0 if @protocol
 * is none: RFC 8200, RFC 4302 (authentication), and those that RFC 7045 lists
 * besides. Eight bytes are there in each of them.
 */
static size_t extension_length(uint8_t protocol, const uint8_t *h)
{
	switch (protocol) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case 135: /* mobility, RFC 6275 */
	case 139: /* host identity, RFC 7401 */
	case 140: /* shim6, RFC 5533 */
		return ((size_t)h[1] + 1) * 8;
	case IPPROTO_AH:
		return ((size_t)h[1] + 2) * 4;
	case IPPROTO_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

static bool is_extension(uint8_t protocol)
{
	static const uint8_t any[2];

	return extension_length(protocol, any) != 0;
}

/* RFC 8200: the fixed header, then extension headers up to what is carried. */
static bool take_ipv6(struct span *s, struct ip_packet *ip)
{
	const uint8_t *h = take(s, 40);

	if (!h || h[0] >> 4 != 6)
		return false;
	ip->has |= HAS_ADDRESSES;
	ip->protocol = h[6];
	memcpy(ip->src, h + 8, 16);
	memcpy(ip->dst, h + 24, 16);
	while (is_extension(ip->protocol)) {
		if (s->size < 8)
			return false;
		h = take(s, extension_length(ip->protocol, s->data));
		if (!h)
			return false;
		if (ip->protocol == IPPROTO_FRAGMENT && be16(h + 2) & 0xfff8)
			ip->has |= IS_FRAGMENT;
		ip->protocol = h[0];
		/* What follows in a later fragment is not a header. */
		if (ip->has & IS_FRAGMENT)
			break;
	}
	return true;
}

/* Takes the header off; what is left begins with what the packet carries. */
static bool take_ip(struct span *s, uint8_t family, struct ip_packet *ip)
{
	bool whole;

	ip->family = family;
	whole = family == AF_INET ? take_ipv4(s, ip) : take_ipv6(s, ip);
	if (!whole)
		ip->has |= IS_TRUNCATED;
	return whole;
}

static bool has_ports(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* The packet an error is about: RFC 792 quotes 8 bytes of what it carries. */
static void decode_quoted(struct span s, struct icmp_event *e)
{
	struct ip_packet *ip = &e->quoted;
	bool whole = take_ip(&s, e->ip.family, ip);
	const uint8_t *ports;

	if (ip->has & HAS_ADDRESSES)
		e->has |= HAS_QUOTED;
	if (whole && !(ip->has & IS_FRAGMENT) && has_ports(ip->protocol)) {
		ports = take(&s, 4);
		if (ports) {
			ip->has |= HAS_PORTS;
			ip->src_port = be16(ports);
			ip->dst_port = be16(ports + 2);
		} else {
			whole = false;
		}
	}
	if (!whole)
		e->has |= IS_TRUNCATED;
}

/*
 * RFC 4861, section 4.5: the target is the better first hop, then comes the
 * destination; the packet is in the redirected-header option (type 4).
 */
static void decode_redirect6(struct span s, struct icmp_event *e)
{
	const uint8_t *target = take(&s, 16);

	if (!target || !take(&s, 16)) {
		e->has |= IS_TRUNCATED;
		return;
	}
	memcpy(e->gateway, target, 16);
	e->has |= HAS_GATEWAY;
	while (s.size >= 8) {
		struct span option = s;
		size_t length = (size_t)s.data[1] * 8;

		if (s.data[0] == 4) {
			take(&option, 8);
			decode_quoted(option, e);
			return;
		}
		if (!length || !take(&s, length))
			break;
	}
	if (s.size)
		e->has |= IS_TRUNCATED;
}

/* The four bytes @h behind type, code and checksum, and what follows them. */
static void decode_body(const uint8_t *h, struct span s, struct icmp_event *e,
			enum icmp_layout layout)
{
	switch (layout) {
	case ICMP_PLAIN:
		return;
	case ICMP_ECHO:
	case ICMP_EXTENDED_ECHO: /* RFC 8335 */
		e->id = be16(h);
		e->echo_seq = layout == ICMP_ECHO ? be16(h + 2) : h[2];
		e->has |= HAS_ID | HAS_ECHO_SEQ;
		return;
	case ICMP_REDIRECT6:
		decode_redirect6(s, e);
		return;
	case ICMP_REDIRECT4:
		memcpy(e->gateway, h, 4);
		e->has |= HAS_GATEWAY;
		break;
	case ICMP_UNREACHABLE:
		if (e->code == 4) { /* RFC 1191 */
			e->mtu = be16(h + 2);
			e->has |= HAS_MTU;
		}
		break;
	case ICMP_TOO_BIG:
		e->mtu = be32(h);
		e->has |= HAS_MTU;
		break;
	case ICMP_POINTER8:
		if (e->code == 0) { /* RFC 792: the others have none */
			e->pointer = h[0];
			e->has |= HAS_POINTER;
		}
		break;
	case ICMP_POINTER32:
		e->pointer = be32(h);
		e->has |= HAS_POINTER;
		break;
	case ICMP_ERROR:
		break;
	}
	decode_quoted(s, e);
}

static void decode_icmp(struct span s, struct icmp_event *e)
{
	const struct icmp_type *type;
	const uint8_t *h = take(&s, 2), *body;

	if (!h) {
		e->has |= IS_TRUNCATED;
		return;
	}
	e->has |= HAS_TYPE;
	e->type = h[0];
	e->code = h[1];
	type = icmp_type_find(e->ip.family, e->type);
	if (!type || type->layout == ICMP_PLAIN)
		return;
	/* The checksum says nothing, then come four bytes of some meaning. */
	body = take(&s, 6);
	if (body)
		decode_body(body + 2, s, e, type->layout);
	else
		e->has |= IS_TRUNCATED;
}

void icmp_decode(uint8_t family, const uint8_t *packet, size_t captured,
		 struct icmp_event *event)
{
	uint8_t protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	struct span s = { .data = packet, .size = captured };
	bool whole;

	memset(event, 0, sizeof(*event));
	whole = take_ip(&s, family, &event->ip);
	event->has |= event->ip.has & (HAS_ADDRESSES | IS_FRAGMENT);
	if (!whole)
		event->has |= IS_TRUNCATED;
	else if (!(event->has & IS_FRAGMENT) && event->ip.protocol == protocol)
		decode_icmp(s, event);
}
