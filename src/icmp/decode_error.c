// SPDX-License-Identifier: GPL-2.0-or-later
/* Error messages and the packets that they quote */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decode_body.h"
#include "decode_ip.h"
#include "names.h"

/*
 * Bytes of the quoted packet in front of extensions: RFC 4884, at least that many
 * (section 3), and that many if no length is given (section 5.5).
 */
#define LEGACY_QUOTE 128

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

static bool take_ports(struct span *s, struct ip_packet *ip)
{
	const uint8_t *h = take(s, 4);

	if (!h)
		return false;
	ip->has |= HAS_PORTS;
	ip->src_port = be16(h);
	ip->dst_port = be16(h + 2);
	return true;
}

/* Type, code, identifier and sequence number of a quoted ICMP message. */
static bool take_icmp(struct span *s, struct ip_packet *ip)
{
	const struct icmp_type *type;
	const uint8_t *h = take(s, 2);

	if (!h)
		return false;
	ip->has |= HAS_TYPE;
	ip->type = h[0];
	ip->code = h[1];
	type = icmp_type_find(ip->family, ip->type);
	if (!type || !icmp_layout_has_id(type->layout))
		return true;
	h = take(s, 6);
	if (!h)
		return false;
	ip->has |= HAS_ID;
	ip->id = be16(h + 2);
	if (!icmp_layout_has_seq(type->layout))
		return true;
	ip->has |= HAS_ECHO_SEQ;
	ip->echo_seq = icmp_layout_is_extended(type->layout) ? h[4] :
							       be16(h + 4);
	return true;
}

/* RFC 792 quotes 8 bytes of payload, RFC 4443 as much as fits. */
void decode_quoted(struct icmp_body *b)
{
	struct ip_packet *ip = &b->e->quoted;
	struct ip_payload payload = { 0 };
	uint8_t icmp;
	bool whole = ip_take(&b->s, b->e->ip.family, ip, &payload);

	icmp = ip->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	if (ip->has & HAS_ADDRESSES)
		b->e->has |= HAS_QUOTED;
	if (whole && !(ip->has & IS_FRAGMENT)) {
		if (has_ports(ip->protocol))
			whole = take_ports(&b->s, ip);
		else if (ip->protocol == icmp)
			whole = take_icmp(&b->s, ip);
	}
	if (!whole)
		b->e->has |= IS_TRUNCATED;
}

/* The length of the quoted packet, RFC 4884, section 4: in words of 4 or of 8 bytes. */
static size_t announced_length(const struct icmp_body *b)
{
	return b->e->ip.family == AF_INET ? (size_t)b->h[1] * 4 :
					    (size_t)b->h[0] * 8;
}

/* Check if extensions certainly follow @length bytes of the quoted packet. */
static bool extensions_at(const struct icmp_body *b, size_t length)
{
	struct span s = b->s;

	return s.size == b->length && take(&s, length) &&
	       is_extension_structure(s);
}

static void decode_extensions_at(struct icmp_body *b, size_t length)
{
	struct icmp_body extensions = *b;

	take(&extensions.s, length);
	extensions.length -= length;
	decode_extensions(&extensions);
}

/* Decode extensions to which the length field does not point; @announced is its value. */
static void decode_misplaced(struct icmp_body *b, size_t announced)
{
	b->e->misplaced = LEGACY_QUOTE;
	b->e->announced = (uint16_t)announced;
	decode_extensions_at(b, LEGACY_QUOTE);
}

/* Extensions at the offset in the length field, if the packet has any. */
static void decode_announced(struct icmp_body *b, size_t announced)
{
	struct span s = b->s;

	if (b->length == announced)
		return;
	if (take(&s, announced) && has_extension_version(s))
		decode_extensions_at(b, announced);
	else
		b->e->has |= IS_TRUNCATED;
}

/*
 * RFC 4884: extensions follow the quoted packet, which is padded to at least 128 bytes.
 * Senders from before that RFC leave the length zero and quote 128 bytes (section 5.5).
 * Others are known to leave the padding out of the length, or to count bytes where words
 * are due. Their extensions are at 128 bytes, too, so where the length leads to no
 * correct checksum, one behind 128 bytes decides: a correct version and checksum
 * distinguish extensions from more of the packet.
 */
void decode_multipart(struct icmp_body *b)
{
	size_t announced = announced_length(b);
	struct icmp_body quoted = *b;
	size_t length = announced;

	if (announced && extensions_at(b, announced)) {
		decode_extensions_at(b, announced);
	} else if (announced != LEGACY_QUOTE &&
		   extensions_at(b, LEGACY_QUOTE)) {
		decode_misplaced(b, announced);
		length = LEGACY_QUOTE;
	} else if (announced) {
		decode_announced(b, announced);
	}
	if (length && length < quoted.s.size)
		quoted.s.size = length;
	decode_quoted(&quoted);
}

void decode_unreachable(struct icmp_body *b)
{
	if (b->e->code == 4) { /* RFC 1191 */
		b->e->mtu = be16(b->h + 2);
		b->e->has |= HAS_MTU;
	}
	decode_multipart(b);
}

void decode_too_big(struct icmp_body *b)
{
	b->e->mtu = be32(b->h);
	b->e->has |= HAS_MTU;
	decode_quoted(b);
}

void decode_problem4(struct icmp_body *b)
{
	if (b->e->code == 0) { /* RFC 792: other codes have no pointer */
		b->e->pointer = b->h[0];
		b->e->has |= HAS_POINTER;
	}
	decode_multipart(b);
}

void decode_problem6(struct icmp_body *b)
{
	b->e->pointer = be32(b->h);
	b->e->has |= HAS_POINTER;
	decode_quoted(b);
}

/* RFC 2521 */
void decode_photuris(struct icmp_body *b)
{
	b->e->pointer = be16(b->h + 2);
	b->e->has |= HAS_POINTER;
	decode_quoted(b);
}

void decode_redirect4(struct icmp_body *b)
{
	memcpy(b->e->gateway, b->h, 4);
	b->e->has |= HAS_GATEWAY;
	decode_quoted(b);
}

/*
 * RFC 4861, section 4.5: the target is the better first hop. The destination follows,
 * and the packet is in the redirected-header option (type 4).
 */
void decode_redirect6(struct icmp_body *b)
{
	const uint8_t *target = take(&b->s, 16);
	const uint8_t *destination = target ? take(&b->s, 16) : NULL;
	struct icmp_body quoted = *b;

	if (!destination) {
		b->e->has |= IS_TRUNCATED;
		return;
	}
	memcpy(b->e->gateway, target, 16);
	memcpy(b->e->neighbor.address, destination, 16);
	b->e->has |= HAS_GATEWAY | HAS_BODY;
	quoted.s = find_redirected(b->s);
	decode_options(b);
	if (!quoted.s.data)
		return;
	/* A truncated option can still contain the headers of the packet. */
	decode_quoted(&quoted);
}
