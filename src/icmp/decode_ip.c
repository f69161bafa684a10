// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "decode_ip.h"

/* RFC 791: a fixed header, and options up to the header length. */
static bool take_ipv4(struct span *s, struct ip_packet *ip,
		      struct ip_payload *payload)
{
	const uint8_t *h = take(s, 20);
	size_t header, total;
	uint16_t fragment;

	if (!h || h[0] >> 4 != 4)
		return false;
	header = (size_t)(h[0] & 0xf) * 4;
	total = be16(h + 2);
	fragment = be16(h + 6);
	ip->has |= HAS_ADDRESSES;
	ip->tos = h[1];
	ip->length = (uint32_t)total;
	ip->ttl = h[8];
	ip->protocol = h[9];
	memcpy(ip->src, h + 12, 4);
	memcpy(ip->dst, h + 16, 4);
	if (fragment & 0x1fff)
		ip->has |= IS_FRAGMENT;
	payload->partial = (fragment & 0x3fff) || total < header;
	payload->length = total < header ? 0 : total - header;
	return header >= 20 && take(s, header - 20);
}

/*
 * The length of the IPv6 extension header at @h, or 0 if @protocol is not an extension
 * header: RFC 8200, RFC 4302 (authentication) and the others in RFC 7045. Each of them
 * has at least eight bytes.
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

/*
 * RFC 6554: addresses leave out the bytes that they share with the destination. The
 * last address has its own count, and padding follows it.
 */
static bool last_of_rpl_route(const uint8_t *h, size_t length, uint8_t dst[16])
{
	size_t shared = h[4] & 0xf, padding = h[5] >> 4;
	size_t own = 16 - shared;

	if (length < 8 + own + padding)
		return false;
	memcpy(dst + shared, h + length - padding - own, own);
	return true;
}

/*
 * While segments are left, the destination is the next hop; the final one is in the
 * routing header @h. Types: RFC 5095 (0), RFC 6275 (2), RFC 6554 (3), RFC 8754 (4).
 */
static bool final_destination(const uint8_t *h, size_t length, uint8_t dst[16])
{
	bool any = length >= 24;

	switch (h[2]) {
	case 0:
	case 2:
		if (any)
			memcpy(dst, h + length - 16, 16);
		return any && length % 16 == 8;
	case 3:
		return last_of_rpl_route(h, length, dst);
	case 4:
		if (any)
			memcpy(dst, h + 8, 16);
		return any;
	default:
		return false;
	}
}

/* RFC 6275, section 6.3: the option has the home address of a mobile source. */
static void find_home_address(const uint8_t *h, size_t length, uint8_t src[16])
{
	struct span s = { .data = h + 2, .size = length - 2 };

	while (s.size >= 2) {
		const uint8_t *option;

		if (s.data[0] == 0) { /* Pad1 */
			take(&s, 1);
			continue;
		}
		option = take(&s, (size_t)s.data[1] + 2);
		if (!option)
			return;
		if (option[0] == 201 && option[1] == 16)
			memcpy(src, option + 2, 16);
	}
}

/* @h is a complete extension header. */
static void note_extension(const uint8_t *h, size_t length,
			   struct ip_packet *ip, struct ip_payload *payload)
{
	switch (ip->protocol) {
	case IPPROTO_FRAGMENT:
		if (be16(h + 2) & 0xfff8)
			ip->has |= IS_FRAGMENT;
		if (be16(h + 2) & 0xfff9)
			payload->partial = true;
		break;
	case IPPROTO_ROUTING:
		if (h[3] && !final_destination(h, length, payload->pseudo[1]))
			payload->unsure = true;
		break;
	case IPPROTO_DSTOPTS:
		find_home_address(h, length, payload->pseudo[0]);
		break;
	default:
		break;
	}
	if (payload->length < length)
		payload->partial = true;
	else
		payload->length -= length;
	ip->protocol = h[0];
}

static bool take_extensions(struct span *s, struct ip_packet *ip,
			    struct ip_payload *payload)
{
	while (is_extension(ip->protocol)) {
		const uint8_t *h = s->data;
		size_t length;

		if (s->size < 8)
			return false;
		length = extension_length(ip->protocol, h);
		if (!take(s, length))
			return false;
		note_extension(h, length, ip, payload);
		/* In a later fragment, data follows, not a header. */
		if (ip->has & IS_FRAGMENT)
			break;
	}
	return true;
}

/* RFC 8200: a fixed header, and extension headers up to the payload. */
static bool take_ipv6(struct span *s, struct ip_packet *ip,
		      struct ip_payload *payload)
{
	const uint8_t *h = take(s, 40);

	if (!h || h[0] >> 4 != 6)
		return false;
	ip->has |= HAS_ADDRESSES;
	ip->tos = (uint8_t)(be16(h) >> 4);
	ip->length = be16(h + 4) ? be16(h + 4) + 40U : 0;
	ip->ttl = h[7];
	ip->protocol = h[6];
	memcpy(ip->src, h + 8, 16);
	memcpy(ip->dst, h + 24, 16);
	memcpy(payload->pseudo, h + 8, 32);
	payload->length = be16(h + 4);
	/* A jumbogram, RFC 2675, has its length in an option. */
	payload->partial = !payload->length;
	return take_extensions(s, ip, payload);
}

bool ip_take(struct span *s, uint8_t family, struct ip_packet *ip,
	     struct ip_payload *payload)
{
	ip->family = family;
	if (family == AF_INET)
		return take_ipv4(s, ip, payload);
	return take_ipv6(s, ip, payload);
}

uint64_t internet_sum(uint64_t sum, struct span s)
{
	const uint8_t *odd;

	/* RFC 1071: the check is independent of byte order. */
	while (s.size >= 4) {
		uint32_t word;

		memcpy(&word, take(&s, 4), 4);
		sum += word;
	}
	if (s.size >= 2) {
		uint16_t word;

		memcpy(&word, take(&s, 2), 2);
		sum += word;
	}
	odd = take(&s, 1);
	if (odd) {
		uint16_t word = 0;

		memcpy(&word, odd, 1);
		sum += word;
	}
	return sum;
}

bool internet_checksum(uint64_t sum, struct span s)
{
	sum = internet_sum(sum, s);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}
